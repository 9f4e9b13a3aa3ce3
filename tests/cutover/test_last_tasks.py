"""DAGs that are never idle: paused while the last tasks of their runs are running, and never with more left to do."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.drains import DrainRule, Policy
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.wave import cut_over, resume
from migrator.cutover.whereabouts import left_behind
from tests.cutover.harness import MINUTE, SETTINGS, Crash, Harness

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.cutover.context import CutoverContext

LASTING = timedelta(minutes=4)
EAGER = replace(SETTINGS, last_tasks=timedelta(seconds=30), drain_timeout=timedelta(minutes=20))


@pytest.fixture
def busy(tmp_path: Path) -> Harness:
    """What is due each minute takes longer than that, and 1.10 leaves runs open that end while their DAG is paused."""
    harness = Harness(tmp_path / "journal.db")
    harness.v1.duration, harness.v1.leaves_open = LASTING, True
    harness.world.advance(timedelta(minutes=3))
    return harness


def moved(harness: Harness, journal: Journal) -> tuple[CutoverContext, list[str]]:
    said: list[str] = []
    return replace(harness.trip(journal), settings=EAGER, say=said.append), said


def test_it_is_paused_on_its_last_tasks_and_they_are_waited_for(busy: Harness) -> None:
    with closing(Journal(busy.path)) as journal:
        trip, said = moved(busy, journal)
        records = cut_over(trip, 1)
    assert {record.state for record in records.values()} == {State.OBSERVED}
    assert any("is on its last tasks (work)" in line for line in said), said
    assert all(run.finished for run in busy.v1.runs)
    assert not busy.v1.paused.items() - dict.fromkeys(busy.v1.paused, True).items()
    busy.settles()


def test_a_task_that_has_to_be_retried_has_the_dag_switched_on_again(busy: Harness) -> None:
    with closing(Journal(busy.path)) as journal:
        trip, said = moved(busy, journal)

        def say(line: str) -> None:
            said.append(line)
            if "while the last tasks" in line and not any("has more to do" in one for one in said):
                busy.v1.fails_first = 1

        cut_over(replace(trip, say=say), 1)
    assert any("has more to do; unpaused again" in line for line in said), said
    assert all(run.finished for run in busy.v1.runs)
    busy.settles()


def test_the_time_of_its_rule_holds_for_last_tasks_too(busy: Harness) -> None:
    busy.v1.duration = timedelta(hours=3)
    with closing(Journal(busy.path)) as journal:
        trip, _ = moved(busy, journal)
        records = cut_over(replace(trip, settings=replace(EAGER, drain_timeout=timedelta(minutes=5))), 1)
    assert records["minutely"].state is State.BACKED_OUT
    assert not busy.v1.paused["minutely"]
    assert busy.v2.paused["minutely"]


def test_what_may_be_left_behind_is_left_on_its_last_tasks_too(busy: Harness) -> None:
    busy.v1.duration = timedelta(hours=3)
    rules = (DrainRule("*", Policy.FREEZE, timedelta(minutes=5)),)
    with closing(Journal(busy.path)) as journal:
        trip, _ = moved(busy, journal)
        records = cut_over(replace(trip, settings=replace(EAGER, drains=rules)), 1)
        frozen = {dag_id for dag_id, _ in left_behind(journal)}
    assert records["minutely"].state is State.OBSERVED
    assert "minutely" in frozen
    busy.settles()


@pytest.mark.parametrize("late", [timedelta(0), 4 * MINUTE])
def test_a_crash_just_after_the_pause(busy: Harness, late: timedelta) -> None:
    """The pause went through and nobody noted it: the run may have ended by the time of the resume, or be frozen."""
    with closing(Journal(busy.path)) as journal:
        trip, _ = moved(busy, journal)
        real = busy.v1.pause_if_idle

        def dies(dags: dict[str, dict[str, object]]) -> dict[str, Any]:
            done = real(dags)
            if any(one["paused"] and one["active"] for one in done.values()):
                raise Crash
            return done

        busy.v1.pause_if_idle = dies  # type: ignore[method-assign]
        with pytest.raises(Crash):
            cut_over(trip, 1)
    busy.v1.pause_if_idle = real  # type: ignore[method-assign]
    busy.v1.fails_first = 1000
    busy.world.advance(late)
    busy.v1.fails_first = 0
    frozen = [r for r in busy.v1.runs if "up_for_retry" in r.tasks.values() and busy.v1.paused[r.dag_id]]
    assert bool(frozen) == bool(late)
    with closing(Journal(busy.path)) as journal:
        records = resume(moved(busy, journal)[0])
    assert {record.state for record in records.values()} == {State.OBSERVED}
    busy.settles()
