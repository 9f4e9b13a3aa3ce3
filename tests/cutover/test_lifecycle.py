"""Every wave through one harness: apply, verify, undo, verify, apply; a crash at every single point, then resume."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.cutover.rehearse import rehearsal
from migrator.cutover.wave import cut_over, resume, roll_back
from migrator.model.plan import Wave
from migrator.model.run import Run
from tests.cutover.harness import DAGS, LONG_AGO, MINUTE, POINTS, POINTS_BACK, Crash, Harness, MortalJournal, with_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from migrator.cutover.context import CutoverContext


def test_forward_back_and_forward_again(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        assert {r.state for r in cut_over(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=True)
        assert {r.state for r in roll_back(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=False)
        assert {r.state for r in cut_over(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=True)


def crash_at(harness: Harness, number: int, act: Callable[[CutoverContext, int], object] = cut_over) -> bool:
    """Cut over, or roll back, with a crash at that point; whether there was such a point."""
    left = number

    def point() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash

    harness.world.point = point
    with closing(MortalJournal(harness.path, point)) as journal:
        try:
            act(harness.trip(journal), 1)
        except Crash:
            return True
        finally:
            harness.world.point = lambda: None
    return False


def test_a_crash_at_any_point_and_a_resume_soon_or_late(tmp_path: Path, number: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, number)
    harness.world.advance(timedelta(seconds=0 if number % 3 else 200))
    with closing(Journal(harness.path)) as journal:
        resume(harness.trip(journal))
    harness.verify(on_v2=True)


def test_no_point_is_left_out(tmp_path: Path) -> None:
    assert not crash_at(Harness(tmp_path / "journal.db"), POINTS + 1)


def test_a_crash_at_any_point_and_a_rollback(tmp_path: Path, taken_back_at: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, taken_back_at)
    with closing(Journal(harness.path)) as journal:
        roll_back(harness.trip(journal), 1)
        backed_out = {
            dag_id
            for attempt in journal.attempts()
            for dag_id, record in journal.records(attempt).items()
            if record.state is State.BACKED_OUT
        }
    left = {run.dag_id for run in harness.v2.runs if run.carried}
    assert not left & backed_out, "what never was on in v2 leaves nothing there"
    harness.verify(on_v2=False)


def crash_once_done(harness: Harness, action: str, times: int, act: Callable[[CutoverContext, int], object]) -> None:
    """Crash when an agent has acted for the nth time, and before the journal knows."""
    left = times

    def mortal(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(asked: str, **params: Any) -> Any:
            nonlocal left
            answer = call(asked, **params)
            left -= asked == action
            if left == 0 and asked == action:
                raise Crash
            return answer

        return called

    kept = harness.v1.call, harness.v2.call
    harness.v1.call, harness.v2.call = mortal(kept[0]), mortal(kept[1])  # type: ignore[method-assign]
    with closing(Journal(harness.path)) as journal, pytest.raises(Crash):
        act(harness.trip(journal), 1)
    harness.v1.call, harness.v2.call = kept  # type: ignore[method-assign]


def on_v2(path: Path) -> Harness:
    """A wave that is over, some minutes ago."""
    harness = Harness(path)
    with closing(Journal(path)) as journal:
        cut_over(harness.trip(journal), 1)
    harness.world.advance(2 * MINUTE)
    return harness


ACTED = [(action, times) for action in ("pause_if_idle", "carry_over", "switch_on") for times in (1, 2)]


@pytest.mark.parametrize(("action", "times"), ACTED)
@pytest.mark.parametrize("way", ["there and on", "there and back", "back and on"])
def test_what_was_done_and_not_noted_is_known_again(tmp_path: Path, action: str, times: int, way: str) -> None:
    """The crash between an act and its note, whichever points these are."""
    path = tmp_path / "journal.db"
    harness = on_v2(path) if way == "back and on" else Harness(path)
    crash_once_done(harness, action, times, roll_back if way == "back and on" else cut_over)
    on = {dag_id for dag_id in DAGS if not harness.v2.paused[dag_id]}
    with closing(Journal(path)) as journal:
        if way != "there and back":
            resume(harness.trip(journal))
        else:
            roll_back(harness.trip(journal), 1)
            assert {run.dag_id for run in harness.v2.runs if run.carried} <= on, "what never was on leaves nothing"
            back = [one for one in journal.attempts() if one.direction is Direction.BACK]
            assert {dag_id for one in back for dag_id in journal.records(one)} == on, "what is on moves back in steps"
    harness.verify(on_v2=way == "there and on")


def test_a_crash_at_any_point_of_the_way_back_and_a_resume(tmp_path: Path, on_the_way_back: int) -> None:
    harness = on_v2(tmp_path / "journal.db")
    assert crash_at(harness, on_the_way_back, roll_back)
    harness.world.advance(timedelta(seconds=0 if on_the_way_back % 3 else 200))
    with closing(Journal(harness.path)) as journal:
        resume(harness.trip(journal))
    harness.verify(on_v2=False)


def test_no_point_of_the_way_back_is_left_out(tmp_path: Path) -> None:
    assert not crash_at(on_v2(tmp_path / "journal.db"), POINTS_BACK + 1, roll_back)


def test_a_wave_is_taken_back_though_a_later_plan_numbers_it_anew(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        cut_over(trip, 1)
        harness.world.advance(timedelta(minutes=2))
        (wave,) = trip.files().plan.waves
        roll_back(with_files(trip, plan=replace(trip.files().plan, waves=(replace(wave, number=9),))), 1)
    order = harness.v2.order
    assert order.index("pause parent") < order.index("pause child")
    harness.verify(on_v2=False)


def test_who_triggers_is_paused_first_and_started_last(harness: Harness) -> None:
    harness.v1.duration = timedelta(seconds=25)  # the child is idle while its parent is at work
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
    paused, started = harness.v1.order, harness.v2.order
    assert paused.index("pause parent") < paused.index("pause child")
    assert started.index("start child") < started.index("start parent")


def test_a_dag_paused_on_purpose_moves_and_returns_with_its_frozen_run(harness: Harness) -> None:
    frozen = Run("eager", "scheduled__long_ago", LONG_AGO, "running", True, LONG_AGO, tasks={"work": None})
    harness.v1.runs = [frozen, *(run for run in harness.v1.runs if run.dag_id != "eager")]
    harness.v1.paused["eager"] = True
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        for move in (cut_over, roll_back, cut_over):
            assert move(trip, 1)["eager"].state is State.OBSERVED
            assert harness.v1.paused["eager"]
            assert harness.v2.paused["eager"]
    assert frozen in harness.v1.runs


@pytest.mark.parametrize("busy", [False, True])
def test_a_rehearsal_goes_all_the_way_without_waiting_and_changes_nothing(harness: Harness, busy: bool) -> None:
    if busy:
        harness.v1.duration = timedelta(minutes=30)
        harness.world.advance(timedelta(minutes=2))
    before, said, noted = harness.world.now, [], []
    with closing(Journal(None)) as journal:
        trip = replace(harness.trip(journal), dry=True, say=said.append)
        sides = {"source": rehearsal(trip.source, "v1", noted), "target": rehearsal(trip.target, "v2", noted)}
        assert {r.state for r in cut_over(replace(trip, **sides), 1).values()} == {State.OBSERVED}
    assert {("v1", "pause_if_idle", dag_id) for dag_id in DAGS} <= set(noted)
    assert {("v2", "switch_on", dag_id) for dag_id in DAGS} <= set(noted)
    assert any("would wait" in line for line in said) or not busy
    assert harness.world.now - before < timedelta(minutes=3)
    assert not any(harness.v1.paused.values())
    assert all(harness.v2.paused.values())
    assert not any(run.carried for run in harness.v2.runs)


def test_a_rehearsal_is_not_stopped_by_a_run_that_v1_makes_meanwhile(harness: Harness) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if "WATERMARKED" in line and "minutely" in line:
            harness.world.advance(2 * MINUTE)

    with closing(Journal(None)) as journal:
        trip = replace(harness.trip(journal), dry=True, say=say)
        sides = {"source": rehearsal(trip.source, "v1", []), "target": rehearsal(trip.target, "v2", [])}
        records = cut_over(replace(trip, **sides), 1)
    assert {record.state for record in records.values()} == {State.OBSERVED}, said


def test_the_harness_can_fail(harness: Harness) -> None:
    """The plain way: pause here, unpause there."""
    harness.v1.paused = dict.fromkeys(DAGS, True)
    harness.v2.paused = dict.fromkeys(DAGS, False)
    with pytest.raises(AssertionError, match="duplicates"):
        harness.verify(on_v2=True)


def test_what_is_switched_on_again_in_v1_while_a_wave_runs_is_paused_at_once(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        first, last = (
            tuple(d for d in trip.files().plan.waves[0].dags if (d.dag_id == "eager") is late) for late in (False, True)
        )
        waves = (Wave(1, "most", first), Wave(2, "last", last))
        trip = with_files(trip, plan=replace(trip.files().plan, waves=waves))
        cut_over(trip, 1)
        harness.v1.paused["minutely"] = False
        said: list[str] = []
        cut_over(replace(trip, say=said.append), 2)
    assert any("minutely" in line and "ALARM" in line for line in said)
    assert set(harness.v1.paused.values()) == {True}


def test_what_ran_in_v1_after_it_was_read_goes_back(harness: Harness) -> None:
    carry_over = harness.v2.carry_over

    def meddled(dags: dict[str, Any], past: str) -> dict[str, Any]:
        done = carry_over(dags, past)
        if "minutely" in dags:
            harness.v1.paused["minutely"] = False
            harness.world.advance(2 * MINUTE)
            harness.v1.paused["minutely"] = True
        return done

    harness.v2.carry_over = meddled  # type: ignore[method-assign]
    with closing(Journal(harness.path)) as journal:
        said: list[str] = []
        records = cut_over(replace(harness.trip(journal), say=said.append), 1)
    assert records["minutely"].state is State.BACKED_OUT
    assert any("ran in the origin while it was moved" in line for line in said)
    assert (harness.v1.paused["minutely"], harness.v2.paused["minutely"]) == (False, True)
    harness.settles()
