"""Queued runs that hold their DAG for minutes: what comes due meanwhile is run, or the ledger says that it was not."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.sides import Seen, View
from migrator.cutover.steps import held, observation
from migrator.cutover.verdict import Observed, Verdict
from migrator.cutover.wave import cut_over, move_of, resume, roll_back
from migrator.inventory.store import fingerprint
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.run import Run
from tests.cutover.harness import DAGS, MINUTE, SETTINGS, Crash, Harness
from tests.cutover.model_airflow import START
from tests.cutover.real.intervals import V1, V2

if TYPE_CHECKING:
    from migrator.cutover.ledger import DagLedger

SLOW = timedelta(seconds=45)
FILLED = [{"logical_date": (START - MINUTE).isoformat(), "interval_end": START.isoformat()}]


def off_for(harness: Harness, off: timedelta) -> None:
    """There, and on the way back a process that dies when both are off; then runs in v1 take most of a minute."""
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
        harness.world.advance(3 * MINUTE)
        harness.world.point = lambda: die_once_off(harness)
        with pytest.raises(Crash):
            roll_back(harness.trip(journal), 1)
    harness.world.point = lambda: None
    harness.world.advance(off)
    harness.v1.duration = SLOW


def die_once_off(harness: Harness) -> None:
    if all(harness.v1.paused.values()) and all(harness.v2.paused.values()):
        raise Crash


def resumed(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        assert resume(harness.trip(journal))["minutely"].state is State.OBSERVED


def settled(harness: Harness) -> DagLedger:
    """The account of what is due each minute, when all settled; nothing ran twice, and nothing is passed over."""
    harness.world.advance(8 * MINUTE)
    line = next(line for line in harness.ledger().dags if line.dag_id == "minutely")
    assert (line.duplicates, line.extras, line.skipped) == ((), (), ())
    assert line.expected + line.pending == harness.due(harness.v1.dags["minutely"])
    return line


def test_what_comes_due_while_filled_runs_hold_the_dag_is_run(harness: Harness) -> None:
    off_for(harness, 4 * MINUTE)
    resumed(harness)
    assert settled(harness).gaps == ()


@pytest.mark.parametrize("how", ["not at all", "too short a time"])
def test_what_is_left_out_because_of_them_is_a_gap_and_not_skipped(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    if how == "not at all":
        monkeypatch.setattr(held, "fill", lambda *_: {})
    harness.settings = replace(SETTINGS, drain_timeout=2 * MINUTE)
    off_for(harness, 4 * MINUTE)
    resumed(harness)
    assert settled(harness).gaps


@pytest.mark.parametrize(
    ("action", "times", "later"),
    [
        ("switch_on", 1, 1.5 * MINUTE),  # what was queued still holds the DAG then
        ("fill_held", 20, 0 * MINUTE),
        *(
            pytest.param(action, times, later, marks=pytest.mark.soak)
            for action, times in (("switch_on", 1), ("fill_held", 1), ("fill_held", 5), ("fill_held", 50))
            for later in (0 * MINUTE, 3 * MINUTE)
        ),
    ],
)
def test_a_process_that_dies_meanwhile_loses_nothing_unnoticed(
    harness: Harness, action: str, times: int, later: timedelta
) -> None:
    """What it did is in no journal: the resume goes by what is there, and tells what Airflow left out until then."""
    off_for(harness, 4 * MINUTE)
    real, left = getattr(harness.v1, action), times

    def dies(dags: dict[str, Any]) -> dict[str, Any]:
        nonlocal left
        left -= 1
        done: dict[str, Any] = real(dags)
        if not left:
            raise Crash
        return done

    setattr(harness.v1, action, dies)
    with pytest.raises(Crash):
        resumed(harness)
    setattr(harness.v1, action, real)
    harness.world.advance(later)
    resumed(harness)
    line = settled(harness)
    assert line.gaps == () or later > 2 * MINUTE, line


HELD = {"filled": FILLED, "switched_at": START.isoformat(), "quiescing_since": START.isoformat()}
LONG_SINCE = (START - 61 * MINUTE).isoformat()


def asked(harness: Harness, facts: dict[str, Any], open_runs: int, at_once: int, **usual: float) -> list[str]:
    """What is held, of what came due each minute, when it has so many open runs and may have so many."""
    record = Record("minutely", State.UNPAUSED, {**HELD, **facts})
    runs = tuple(Run("minutely", f"{n}", START - n * MINUTE, "running", True) for n in range(open_runs))
    view = View(START, {"minutely": Seen(exists=True, max_active_runs=at_once, active=runs)})
    with closing(Journal(harness.path)) as journal:
        attempt = journal.begin(1, Direction.BACK, ["minutely"], harness.world.now, "me")
        move = move_of(harness.trip(journal), attempt, ["minutely"])
    harness.v1.runs += runs
    return [*held.fill(move, [record], view, usual)]


@pytest.mark.parametrize(
    ("facts", "open_runs", "at_once", "usual", "expected"),
    [
        ({}, 1, 1, {"minutely": 59.0}, True),
        ({}, 1, 1, {"minutely": 60.0}, False),  # 1.10 leaves intervals out of such a DAG without any backlog
        ({}, 1, 1, {}, False),  # and perhaps of this one
        ({}, 2, 2, {"minutely": 119.0}, True),
        ({}, 1, 2, {"minutely": 59.0}, False),  # nothing holds it
        ({}, 3, 1, {"minutely": 59.0}, True),
        ({}, 4, 1, {"minutely": 59.0}, False),  # there are more and more
        ({"filled": []}, 1, 1, {"minutely": 59.0}, False),  # its own run, as always
        ({"filled": []}, 2, 1, {"minutely": 59.0}, True),  # the process died before it knew what was queued
        ({"switched_at": None}, 1, 1, {"minutely": 59.0}, False),
        ({"switched_at": LONG_SINCE}, 1, 1, {"minutely": 59.0}, False),
    ],
)
def test_only_a_backlog_that_comes_to_an_end_is_filled_up(
    harness: Harness, facts: dict[str, Any], open_runs: int, at_once: int, usual: dict[str, float], expected: bool
) -> None:
    assert asked(harness, facts, open_runs, at_once, **usual) == ["minutely"] * expected


@pytest.mark.parametrize(("version", "expected"), [(V1, True), (V2, False)])
def test_a_timedelta_without_catchup_is_filled_up_in_1_10_alone(harness: Harness, version: str, expected: bool) -> None:
    """2.10 would go on from where the runs that are at work end."""
    delta = Schedule(ScheduleKind.DELTA, seconds=60)
    harness.inventory = replace(harness.inventory, dags=(replace(DAGS["minutely"], schedule=delta),))
    assert harness.plan is not None
    harness.plan = replace(harness.plan, inventory_fingerprint=fingerprint(harness.inventory))
    harness.v1.version = version
    harness.v1.fill_held = lambda dags: {dag_id: {"held": True} for dag_id in dags}  # type: ignore[method-assign]
    assert asked(harness, {}, 1, 1, minutely=30.0) == ["minutely"] * expected


def test_it_is_asked_again_when_the_scheduler_made_the_run_at_the_same_moment(harness: Harness) -> None:
    harness.v1.fill_held = lambda dags: {dag_id: {"error": "IntegrityError"} for dag_id in dags}  # type: ignore[method-assign]
    assert asked(harness, {}, 1, 1, minutely=30.0) == ["minutely"]


def test_nothing_is_queued_for_a_dag_whose_first_run_failed(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observation, "judge", lambda *_: Observed(Verdict.FAILED, ("it failed",)))
    off_for(harness, 4 * MINUTE)
    resumed(harness)
    assert any(run.dag_id == "minutely" and not run.finished for run in harness.v1.runs), "it was not waited for"
