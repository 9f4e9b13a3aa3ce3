"""How far a wave is: counts, what is off longest, what drains, and how long it may still take."""

from datetime import UTC, datetime, timedelta

from migrator.cutover.journal import Attempt
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.progress import Pace, Progress, Stage, stage, status_line, usual_seconds
from migrator.model.run import Run

BEGAN = datetime(2026, 3, 10, 12, tzinfo=UTC)
PACE = Pace({"slow": 600.0}, settle=timedelta(seconds=20), observe=timedelta(seconds=100))


def at(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat()


def progress(*records: Record, after: float = 60, pace: Pace = PACE, ended: str = "") -> Progress:
    attempt = Attempt(1, 3, Direction.FORWARD, BEGAN.isoformat(), "", ended)
    return Progress(attempt, BEGAN + timedelta(seconds=after), {r.dag_id: r for r in records}, pace=pace)


def test_each_state_is_in_one_stage() -> None:
    found = {state.name: stage(Record("a", state)) for state in State}
    assert found == {
        "PLANNED": Stage.PLANNED, "PREFLIGHT": Stage.PLANNED, "QUIESCING": Stage.WAITING, "PAUSED": Stage.OFF,
        "DRAINED": Stage.OFF, "WATERMARKED": Stage.OFF, "CARRIED_OVER": Stage.OFF, "REPARSED": Stage.OFF,
        "UNPAUSED": Stage.ON, "OBSERVED": Stage.OBSERVED, "COMPLETE": Stage.OBSERVED,
        "BACKED_OUT": Stage.FAILED, "NEEDS_PERSON": Stage.FAILED,
    }  # fmt: skip


def test_what_drains_is_expected_to_take_as_long_as_in_v1() -> None:
    waiting = Record("slow", State.QUIESCING, {"quiescing_since": at(0)})
    assert progress(waiting, after=60).eta == 540 + 50 + 50  # the rest of its run, the move, half of the watching
    assert progress(waiting, after=700).eta == 50 + 50  # longer than ever: it may end any moment
    assert progress(waiting, after=60).draining == {"slow": 60}


def test_the_pace_so_far_counts_for_what_is_not_begun() -> None:
    done = [Record(f"d{n}", State.OBSERVED, {"paused_at": at(0), "switched_at": at(4), "observed_at": at(6)}) for n in
            range(10)]  # fmt: skip
    planned = [Record(f"p{n}", State.PREFLIGHT) for n in range(20)]
    assert progress(*done, *planned, after=60).eta == 120
    assert progress(*done, planned[0], after=60).eta == 6
    waiting = [Record(f"w{n}", State.QUIESCING, {"quiescing_since": at(0)}) for n in range(10)]
    assert progress(*done, *planned, *waiting, after=60).eta == 180, "what waits is not begun either"


def test_what_is_off_longest_is_told_and_what_stays_paused_is_not_off() -> None:
    kept = Record("kept", State.PAUSED, {"paused_at": at(0), "kept_paused": True})
    off = Record("off", State.CARRIED_OVER, {"paused_at": at(40), "kept_paused": False})
    assert progress(kept, off, after=60).off_seconds == 20
    longer = Record("longer", State.PAUSED, {"paused_at": at(10)})
    assert progress(off, longer, after=60).off_seconds == 50
    assert progress(after=60).off_seconds == 0


def test_nothing_is_left_when_all_is_observed_and_the_time_stands_still() -> None:
    ended = progress(Record("a", State.OBSERVED), Record("b", State.BACKED_OUT), after=500, ended=at(30))
    assert (ended.eta, ended.elapsed) == (0, 30)


def test_the_line_can_be_grepped() -> None:
    line = status_line(progress(Record("a", State.UNPAUSED, {"switched_at": at(50)}), Record("b", State.QUIESCING)))
    assert line == (
        "wave=3 dir=forward elapsed=60s planned=0 waiting=1 off=0 on=1 observed=0 failed=0 alarms=0 eta=100s"
    )


def test_the_usual_duration_is_the_median_of_what_ended_and_worked() -> None:
    def run(seconds: float | None, *, carried: bool = False) -> Run:
        ended = None if seconds is None else BEGAN + timedelta(seconds=seconds)
        return Run("a", "r", BEGAN, "success", True, carried=carried, started=BEGAN, ended=ended)

    assert usual_seconds([run(10), run(None), run(0, carried=True), run(1000), run(20)]) == {"a": 20}
    assert usual_seconds([run(None)]) == {}
