"""The last runs of an environment that is gone: which ended last, which did not end, and of which nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.model.history import History, HistoryRun, Source, ordered
from migrator.model.inventory import Inventory
from migrator.model.past import history_of
from migrator.model.run import Run
from tests.inventory.estates import FACTS
from tests.inventory.test_drift import DAG

FIRST = datetime(2026, 9, 14, tzinfo=UTC)


def run(hours, state="success", *, automated=True, tasks=None, dag_id="a", source=Source.RECORDED):
    date = FIRST + timedelta(hours=hours)
    return HistoryRun(dag_id, date, f"scheduled__{hours}", state, automated, None, tasks or {}, source)


def test_by_dag_and_newest_first():
    runs = [run(1), run(5, dag_id="b"), run(3), run(2)]
    assert [(one.dag_id, one.run_id) for one in ordered(runs)] == [
        ("a", "scheduled__3"), ("a", "scheduled__2"), ("a", "scheduled__1"), ("b", "scheduled__5"),
    ]  # fmt: skip


def test_the_last_that_ended_is_automated_and_may_have_failed():
    runs = ordered([run(1), run(2, "failed"), run(3, automated=False), run(4, automated=None), run(5, "running")])
    assert History(runs).last_done("a") == run(2, "failed")
    assert History(runs).last_done("b") is None
    assert History(runs, unknown=("a",)).last_done("a") is None


@pytest.mark.parametrize(
    ("state", "tasks", "half"),
    [
        ("running", {}, True),
        ("queued", {}, True),
        (None, {"t": "success"}, True),
        ("failed", {"t": "up_for_retry"}, True),
        ("success", {"t": "running"}, True),
        ("success", {"t": "success", "u": "skipped"}, False),
        ("failed", {"t": "failed", "u": "upstream_failed", "v": None}, False),
        ("success", {}, False),
    ],
)
def test_a_run_is_half_done_while_it_or_a_task_that_it_began_is(state, tasks, half):
    found = History((run(1, state, tasks=tasks),))
    assert bool(found.half_done("a")) is half
    assert (found.last_done("a") is None) is half


def test_an_inventory_without_a_history_tells_what_its_runs_do():
    runs = (Run("etl", "scheduled__1", FIRST, "success", automated=True, tasks={"t": "success"}),)
    taken = Inventory(FIRST, FACTS, "1.10.15", "3.8", dags=(DAG,), runs=runs)
    assert history_of(taken) == History((HistoryRun.of(runs[0]),), () if DAG.dag_id == "etl" else (DAG.dag_id,))


def test_without_a_run_nobody_knows_whether_there_was_one():
    assert history_of(Inventory(FIRST, FACTS, "1.10.15", "3.8", dags=(DAG,))).unknown == (DAG.dag_id,)
