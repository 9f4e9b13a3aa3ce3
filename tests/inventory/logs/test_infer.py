"""What the logs of its tasks prove of a run, and what they leave open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.inventory.logs.endings import Ending
from migrator.inventory.logs.infer import automated, run_state, task_states
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task

EMPTY = "airflow.operators.dummy_operator.DummyOperator"
FIRST = datetime(2026, 9, 14, tzinfo=UTC)
OK, BAD, SKIP, RETRY = Ending("success"), Ending("failed"), Ending("skipped"), Ending("up_for_retry")


def dag(*edges, empty=(), rules=None, unknown=(), schedule=None):
    """A DAG whose edges are written ``a>b``."""
    pairs = [edge.split(">") for edge in edges]
    names = sorted({name for pair in pairs for name in pair})
    tasks = tuple(
        Task(name, EMPTY if name in empty else "x.Y", trigger_rule=(rules or {}).get(name, "all_success"),
             downstream=tuple(sorted(pair[1] for pair in pairs if len(pair) > 1 and pair[0] == name)))
        for name in names
    )  # fmt: skip
    return Dag("d", "d.py", schedule or Schedule(ScheduleKind.CRON, "0 * * * *"), tasks=tasks, unknown=unknown)


def judged(of, **endings):
    states = task_states(of, endings)
    return run_state(of, states), states


LINE = dag("a>b", "b>c")


@pytest.mark.parametrize(
    ("endings", "state", "states"),
    [
        ({"a": OK, "b": OK, "c": OK}, "success", ["success", "success", "success"]),
        ({"a": OK, "b": OK, "c": BAD}, "failed", ["success", "success", "failed"]),
        ({"a": BAD}, "failed", ["failed", "upstream_failed", "upstream_failed"]),
        ({"a": SKIP}, "success", ["skipped", "skipped", "skipped"]),
        ({"a": OK}, None, ["success", None, None]),
        ({"a": OK, "b": RETRY}, "running", ["success", "up_for_retry", None]),
        ({"a": OK, "b": Ending("running")}, "running", ["success", "running", None]),
        ({"a": OK, "c": OK}, "success", ["success", "skipped", "success"]),
        ({"a": Ending("success", skips="all")}, "success", ["success", "skipped", "skipped"]),
        ({"a": Ending("success", skips="next")}, "success", ["success", "skipped", "skipped"]),
        ({"a": Ending("running", skips="all")}, "running", ["running", None, None]),
    ],
)
def test_in_a_line(endings, state, states):
    assert judged(LINE, **endings) == (state, dict(zip("abc", states, strict=True)))


def test_a_branch_skips_what_it_did_not_choose():
    fork = dag("a>b", "a>c", "b>d", "c>d", rules={"d": "none_failed"})
    chose = Ending("success", follows=frozenset({"b"}))
    assert judged(fork, a=chose, b=OK, d=OK)[0] == "success"
    assert judged(fork, a=chose, b=OK)[0] is None
    assert judged(fork, a=chose) == (None, {"a": "success", "b": None, "c": "skipped", "d": None})
    assert judged(fork, a=OK, b=OK)[0] is None


def test_a_cut_skips_all_that_is_behind_it_whatever_its_rule():
    assert judged(dag("a>b", "b>c", rules={"c": "all_done"}), a=Ending("success", skips="all"))[0] == "success"
    assert judged(dag("a>b", "b>c", rules={"c": "all_done"}), a=Ending("success", skips="next"))[0] is None


def test_what_runs_before_all_that_it_follows_ended_proves_nothing():
    early = dag("a>c", "b>c", rules={"c": "one_success"})
    assert judged(early, a=OK, c=OK) == (None, {"a": "success", "b": None, "c": "success"})


def test_an_empty_task_is_done_by_the_scheduler_without_a_log():
    empty = dag("a>b", "b>c", empty=("a", "c"))
    assert judged(empty, b=OK) == ("success", {"a": "success", "b": "success", "c": "success"})
    assert judged(empty, b=RETRY)[1]["c"] is None
    assert judged(dag("a>b", empty=("b",), rules={"b": "one_failed"}), a=OK)[0] is None


def test_a_run_of_a_dag_whose_tasks_nobody_knows():
    hidden = dag("a", unknown=("tasks", "edges"))
    states = task_states(hidden, {"a": OK, "x": OK})
    assert run_state(hidden, states) is None
    assert run_state(hidden, states, every={"a", "x", "y"}) is None
    assert run_state(hidden, states, every={"a", "x"}) == "success"
    assert run_state(hidden, task_states(hidden, {"a": OK, "x": BAD}), every={"a", "x"}) is None
    assert run_state(hidden, task_states(hidden, {"a": OK, "x": RETRY}), every={"a", "x"}) == "running"


def test_a_task_that_is_in_the_code_no_more_counts_too():
    assert judged(LINE, a=OK, b=OK, c=OK, gone=RETRY)[0] == "running"


def test_who_made_a_run_by_its_date():
    hour = timedelta(hours=1)
    cron = dag("a")
    typed = FIRST + timedelta(minutes=7)
    assert automated(cron, [FIRST, FIRST + hour, typed]) == {FIRST: True, FIRST + hour: True, typed: False}
    rome = Schedule(ScheduleKind.CRON, "0 3 * * *", timezone="Europe/Rome")
    assert automated(dag("a", schedule=rome), [FIRST + hour]) == {FIRST + hour: True}
    every = Schedule(ScheduleKind.DELTA, seconds=3600)
    assert automated(dag("a", schedule=every), [typed, typed + hour, FIRST]) == {
        typed: True, typed + hour: True, FIRST: False
    }  # fmt: skip
    assert automated(dag("a", schedule=every), [typed]) == {typed: None}
    assert automated(dag("a", schedule=Schedule(ScheduleKind.NONE)), [typed]) == {typed: False}
    assert automated(dag("a", unknown=("schedule",)), [FIRST]) == {FIRST: None}
    odd = Schedule(ScheduleKind.CRON, "0 0 * * *", timezone="Mars/Base")
    assert automated(dag("a", schedule=odd), [FIRST]) == {FIRST: None}
