"""The bridge on modelled Airflows: every finished run is in the twin, once, killed or not, and nothing else changes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.bridge import HISTORY, Span, cross, spans
from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.cutover.wave import cut_over, roll_back
from migrator.model.plan import Edge, EdgeKind, Strength, Wave
from migrator.report.bridge import as_json, line
from tests.cutover.test_lifecycle import MINUTE, Crash, Harness

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.cutover.bridge import Crossed
    from migrator.cutover.wave import Trip

WAITS = Edge("minutely", "eager", EdgeKind.WAITS_FOR, Strength.ORDERED, "wait", bridge="migrate bridge")
EACH = timedelta(seconds=20)


class Split:
    """``eager`` waits for ``minutely``; one of them is in v2, the other still in v1."""

    def __init__(self, path: Path, moved: str) -> None:
        self.harness = Harness(path)
        self.journal = Journal(path)
        self.trip: Trip = self.harness.trip(self.journal)
        [wave] = self.trip.plan.waves
        waves = tuple(Wave(n, d.dag_id, (d,)) for n, d in enumerate(wave.dags))
        self.trip = replace(self.trip, plan=replace(self.trip.plan, waves=waves, edges=(WAITS,)))
        self.move(moved)

    def wave_of(self, dag_id: str) -> int:
        return next(wave.number for wave in self.trip.plan.waves if wave.dags[0].dag_id == dag_id)

    def move(self, dag_id: str) -> None:
        cut_over(self.trip, self.wave_of(dag_id))

    def look(self) -> tuple[Crossed, ...]:
        found = spans(self.trip.plan.edges, self.journal)
        return cross(found, self.trip.source, self.trip.target, lambda: self.harness.world.now)

    def upstream(self) -> tuple[list[object], list[object]]:
        """What ran of ``minutely``, and what its twin holds of it: dates and states."""
        here, there = self.harness.v1, self.harness.v2
        if not there.paused["minutely"]:
            here, there = there, here
        ran = [(r.logical_date, r.state) for r in here.runs if r.dag_id == "minutely" and r.finished and not r.carried]
        mirrored = [(r.logical_date, r.state) for r in there.runs if r.dag_id == "minutely" and r.carried]
        return sorted(ran), sorted(mirrored)


@pytest.fixture(params=["eager", "minutely"])
def split(tmp_path: Path, request: pytest.FixtureRequest):
    made = Split(tmp_path / "journal.db", request.param)
    with closing(made.journal):
        yield made


def test_each_finished_run_is_mirrored_while_it_goes_on(split: Split) -> None:
    longest = 0.0
    for _ in range(36):
        split.harness.world.advance(EACH)
        [one] = split.look()
        longest = max([longest, *one.delays]) if _ else 0.0
        assert (one.behind, one.trouble) == (0, "")
    ran, mirrored = split.upstream()
    assert len(mirrored) >= 12
    assert set(ran[-12:]) <= set(mirrored)
    assert len(set(mirrored)) == len(mirrored)
    assert 0 < longest < 60
    split.harness.settles()


def test_killed_anywhere_and_started_again(split: Split) -> None:
    count = 0

    def point() -> None:
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise Crash

    for _ in range(30):
        split.harness.world.advance(EACH)
        split.harness.world.point = point
        try:
            split.look()
        except Crash:
            pass
        finally:
            split.harness.world.point = lambda: None
    split.look()
    ran, mirrored = split.upstream()
    assert set(ran[-9:]) <= set(mirrored)
    assert len(set(mirrored)) == len(mirrored)
    split.harness.settles()


def test_a_twin_that_is_far_behind_gets_all_of_it(split: Split) -> None:
    split.look()
    split.harness.world.advance((HISTORY + 15) * MINUTE)
    [one] = split.look()
    assert one.mirrored >= HISTORY + 14
    ran, mirrored = split.upstream()
    assert set(ran[-HISTORY - 14 :]) <= set(mirrored)


def test_a_run_that_was_cleared_and_ended_otherwise_is_mirrored_anew(split: Split) -> None:
    split.harness.world.advance(2 * MINUTE)
    split.look()
    side = split.harness.v1 if split.harness.v2.paused["minutely"] else split.harness.v2
    index = max(n for n, r in enumerate(side.runs) if r.dag_id == "minutely" and r.finished and not r.carried)
    side.runs[index] = replace(side.runs[index], state="failed", tasks={"work": "failed"})
    [one] = split.look()
    assert one.mirrored == 1
    ran, mirrored = split.upstream()
    assert ran[-1][1] == mirrored[-1][1] == "failed"
    assert split.look()[0].mirrored == 0


def test_the_upstream_moves_after_it_was_bridged_and_goes_on_exactly(tmp_path: Path) -> None:
    made = Split(tmp_path / "journal.db", "eager")
    with closing(made.journal):
        for _ in range(9):
            made.harness.world.advance(EACH)
            made.look()
        made.move("minutely")
        assert made.look() == ()
        made.harness.settles()
        roll_back(made.trip, made.wave_of("minutely"))
        made.harness.world.advance(2 * MINUTE)
        assert made.look()[0].mirrored >= 1
        made.harness.settles()


def test_what_is_on_the_move_rests_and_what_is_together_needs_no_bridge(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "journal.db")) as journal:
        harness = Harness(tmp_path / "journal.db")
        now = harness.world.now
        assert spans((WAITS,), journal) == ()
        arrived = journal.begin(1, Direction.FORWARD, ["eager"], now, "me")
        journal.write(arrived, now, "done", [("eager", State.OBSERVED, {}, "")])
        journal.end(arrived, now, "complete")
        assert spans((WAITS,), journal) == (Span("minutely", "v1", ("eager",)),)
        assert spans((replace(WAITS, kind=EdgeKind.TRIGGERS),), journal) == ()
        moving = journal.begin(2, Direction.FORWARD, ["minutely"], now, "me")
        journal.write(moving, now, "done", [("minutely", State.PAUSED, {}, "")])
        [resting] = spans((WAITS,), journal)
        trip = harness.trip(journal)
        calls = len(harness.v1.order), len(harness.v2.runs)
        [one] = cross([resting], trip.source, trip.target, lambda: now)
        assert (resting.resting, one.trouble, one.mirrored) == (True, "is being moved just now", 0)
        assert (len(harness.v1.order), len(harness.v2.runs)) == calls
        assert "resting=1 trouble=0" in line([one])


def test_a_twin_that_refuses_is_named_with_its_lag(split: Split) -> None:
    split.harness.world.advance(3 * MINUTE)
    twin = split.harness.v2 if split.harness.v2.paused["minutely"] else split.harness.v1
    twin.carry_over = lambda dags: {d: {"error": "another run is there"} for d in dags}  # type: ignore[method-assign]
    [one] = split.look()
    assert one.behind >= 2
    assert one.lag > 60
    assert as_json([one])["spans"][0]["trouble"] == "another run is there"
    assert "trouble=1 minutely: another run is there" in line([one])
