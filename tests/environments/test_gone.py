"""An environment that no longer answers: what was known of it, and nothing more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from migrator.cutover.sides import observe
from migrator.environments.agent_answers import RESULTS
from migrator.environments.gone import gone
from migrator.errors import RefusedError
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.history import History, HistoryRun
from migrator.model.inventory import Inventory, Origin
from migrator.model.run import Run
from tests.plan.estates import cron, dag, inventory

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DATE = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def ran(dag_id: str, day: int, state: str = "success", *, automated: bool = True) -> Run:
    date = DATE + day * DAY
    return Run(dag_id, f"r{day}", date, state, automated, date + DAY, started=date + DAY, ended=date + DAY)


RUNS = (ran("d", 0), ran("d", 2), ran("d", 1, "failed"), ran("d", 3, "running"), ran("d", 4, automated=False))
HELD = replace(
    inventory(dag("d"), dag("off", paused=True), dag("odd", unknown=("paused", "schedule", "tasks"))),
    runs=RUNS,
    origin=Origin.SNAPSHOT,
)


def call(action: str, held: Inventory = HELD, **params: Any) -> Any:
    result = gone(held, lambda: NOW).agent.call(action, **params).result
    TypeAdapter(RESULTS.get(action, dict)).validate_python(result)
    return result


def test_every_dag_is_off_and_nothing_is_at_work() -> None:
    view = observe(gone(HELD, lambda: NOW).agent, ["d", "off", "odd", "new"])
    assert view.now == NOW
    assert [view[one].paused for one in ("d", "off", "odd")] == [True] * 3
    assert [view[one].was_paused for one in ("d", "off", "odd")] == [False, True, None]
    assert [view[one].active for one in ("d", "off")] == [(), ()]
    assert not view["new"].exists


def test_what_nobody_knows_is_not_its_default() -> None:
    view = observe(gone(HELD, lambda: NOW).agent, ["d", "odd"])
    assert (view["d"].schedule, view["odd"].schedule) == (cron(), None)
    assert (view["d"].task_ids, view["odd"].task_ids) == (("t",), ())


@pytest.mark.parametrize(("history", "days"), [(0, []), (1, [2]), (2, [2, 1]), (9, [2, 1, 0])])
def test_the_newest_ended_automated_runs_are_told(history: int, days: list[int]) -> None:
    view = observe(gone(HELD, lambda: NOW).agent, ["d"], history)
    assert [run.logical_date for run in view["d"].finished] == [DATE + day * DAY for day in days]


def test_runs_of_its_history_are_told_with_their_tasks() -> None:
    old = HistoryRun("d", DATE - 300 * DAY, "old", "success", automated=True, tasks={"t": "success"})
    held = replace(HELD, runs=(), history=History((old,)))
    (run,) = observe(gone(held, lambda: NOW).agent, ["d"], 5)["d"].finished
    assert (run.run_id, run.tasks) == ("old", {"t": "success"})


@pytest.mark.parametrize(("since", "days"), [(DATE - DAY, [0, 1, 2, 3, 4]), (DATE + 3 * DAY, [2, 3, 4])])
def test_runs_since_a_date_by_their_date_or_start(since: datetime, days: list[int]) -> None:
    found = call("runs", dag_ids=["d", "off"], since=since.isoformat())["runs"]
    assert [run["run_id"] for run in found] == [f"r{day}" for day in days]


def test_a_dag_that_runs_by_datasets_does_so() -> None:
    held = inventory(dag("d", schedule=Schedule(ScheduleKind.DATASET)))
    assert call("observe", held, dag_ids=None)["d"]["by_datasets"]


@pytest.mark.parametrize("action", ["pause_if_idle", "set_paused", "switch_on", "carry_over", "remove_carried"])
def test_there_is_nothing_to_change(action: str) -> None:
    assert call(action, dags={"d": {}})["d"]["paused"] is True


def test_what_its_runs_left_is_unknown_or_as_it_was_sealed() -> None:
    unknown = call("past", dags={"d": ["2026-01-01"]}, recipient="age1")
    assert unknown["sealed"] == ""
    assert "which only the database of v1 knew" in unknown["left_out"]["d"][0]
    kept = gone(HELD, lambda: NOW, lambda dags, recipient: {"sealed": f"{recipient} {sorted(dags)}", "left_out": {}})
    assert kept.agent.call("past", dags={"d": []}, recipient="age1").result["sealed"] == "age1 ['d']"


@pytest.mark.parametrize("action", ["describe", "parity", "edits", "sealing_key", "import_resources", "made_up"])
def test_what_only_a_living_environment_tells_is_refused(action: str) -> None:
    with pytest.raises(RefusedError, match="no longer answers"):
        gone(HELD, lambda: NOW).agent.call(action)


def test_its_bucket_has_names_and_no_contents() -> None:
    bucket = gone(HELD, lambda: NOW).bucket
    assert [file.path for file in bucket.files("dags/")] == [f.path for f in HELD.files if f.path.startswith("dags/")]
    assert (bucket.read("dags/d.py"), bucket.updated("dags/d.py")) == (None, None)
    for act in (lambda: bucket.write("x", b""), lambda: bucket.delete("x"), lambda: bucket.create("x", b"")):
        with pytest.raises(RefusedError, match="no longer answers"):
            act()
