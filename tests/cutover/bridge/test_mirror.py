"""Passes over two modelled Airflows: both directions at once, cut off at every point, and what the ledger says then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from migrator.cutover.bridge.edges import Split, Wait
from migrator.cutover.bridge.mirror import Status, serve
from migrator.cutover.ledger import Window, account
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.report.bridge import as_json, as_line, as_table
from tests.cutover.model_airflow import START, ModelAirflow, World

MINUTE = timedelta(minutes=1)
BEGUN = START - timedelta(minutes=5)
WORK = (Task("work", "x.BashOperator"),)
NAMES = ("east_up", "east_down", "west_up", "west_down")
DAGS = {n: Dag(n, f"{n}.py", Schedule(ScheduleKind.CRON, "* * * * *"), BEGUN, catchup=False, tasks=WORK) for n in NAMES}
ON_V2 = {"east_up", "west_down"}
SPLITS = (Split(Wait("east_up", "east_down", MINUTE), from_v2=True), Split(Wait("west_up", "west_down"), from_v2=False))


class Crash(BaseException):
    """The process dies here."""


class Halves:
    """Each environment runs its half of the DAGs, and has done so for five minutes."""

    def __init__(self):
        self.world = World(now=BEGUN)
        self.v1 = ModelAirflow(self.world, DAGS, {n: n in ON_V2 for n in NAMES})
        self.v2 = ModelAirflow(self.world, DAGS, {n: n not in ON_V2 for n in NAMES})
        self.world.sides = [self.v1, self.v2]
        self.world.advance(timedelta(minutes=5, seconds=15))

    def serve(self, moving=frozenset(), **options):
        return serve(self.v1, self.v2, SPLITS, lambda: moving, **options)

    def mirrored(self):
        return {
            name: {r.logical_date for r in side.runs if r.dag_id == name and r.carried}
            for name, side in (("east_up", self.v1), ("west_up", self.v2))
        }

    def lost(self):
        """The newest finished upstream runs, where the twin does not know them."""
        missing = []
        for name, here, there in (("east_up", self.v2, self.v1), ("west_up", self.v1, self.v2)):
            known = {r.logical_date for r in there.runs if r.dag_id == name}
            own = [r for r in here.runs if r.dag_id == name and r.state == "success" and not r.carried]
            missing += [r for r in own[-1:] if r.logical_date not in known]
        return missing


def test_both_directions_are_in_step_after_one_pass():
    halves = Halves()
    assert halves.lost()
    served = halves.serve()
    assert halves.lost() == []
    assert {(one.status, one.lag_runs, one.lag_seconds) for one in served} == {(Status.IN_STEP, 0, 0.0)}
    assert all(one.mirrored and one.took_seconds is not None for one in served)


def test_a_second_pass_finds_it_done():
    halves = Halves()
    halves.serve()
    before = halves.mirrored()
    again = serve(halves.v1, halves.v2, SPLITS, frozenset, dry=True)
    assert {one.lag_runs for one in again} <= {0, 1}
    assert halves.mirrored() == before


def test_the_lag_grows_while_nobody_mirrors_and_a_dry_pass_tells_it():
    halves = Halves()
    halves.serve()
    halves.world.advance(timedelta(minutes=5))
    halves.v1.paused["east_down"] = halves.v2.paused["west_down"] = True
    behind = halves.serve(dry=True)
    assert {one.lag_runs for one in behind} <= {1, 2}
    assert max(one.lag_seconds for one in behind) >= 60.0
    assert halves.lost()


@pytest.mark.parametrize("point", range(16))
def test_cut_off_anywhere_the_next_pass_completes_it(point):
    halves, seen = Halves(), []

    def die():
        seen.append(1)
        if len(seen) == point + 1:
            raise Crash

    halves.world.point = die
    with pytest.raises(Crash):
        halves.serve()
    halves.world.point = lambda: None
    halves.serve()
    assert halves.lost() == []
    window = Window(START, halves.world.now)
    ledger = account(DAGS.values(), halves.v1.runs, halves.v2.runs, window)
    assert ledger.clean


def test_a_dag_that_a_wave_moves_is_left_alone_and_named():
    halves = Halves()
    served = {one.split.wait.upstream: one for one in halves.serve(frozenset({"west_up"}))}
    assert served["west_up"].status is Status.MOVING
    assert "a wave moves it" in served["west_up"].note
    assert halves.mirrored()["west_up"] == set()
    assert served["east_up"].status is Status.IN_STEP


def test_a_consumer_that_a_wave_moves_is_still_served_so_that_it_can_drain():
    halves = Halves()
    assert {one.status for one in halves.serve(frozenset({"west_down"}))} == {Status.IN_STEP}


def test_a_twin_that_is_on_is_not_written_to():
    halves = Halves()
    halves.v2.paused["west_up"] = False
    (served,) = [one for one in halves.serve() if one.split.wait.upstream == "west_up"]
    assert (served.status, halves.mirrored()["west_up"]) == (Status.FAILED, set())
    assert "unpaused in both environments" in served.note


def test_a_twin_that_is_not_there_is_named():
    halves = Halves()
    halves.v2.dags = {name: one for name, one in DAGS.items() if name != "west_up"}
    served = {one.split.wait.upstream: one for one in halves.serve()}
    assert served["west_up"].note == "there is no west_up on the side of west_down"
    assert served["west_up"].lag_runs > 0


def test_runs_that_have_not_ended_and_runs_by_hand_stay_where_they_are():
    halves = Halves()
    halves.v1.duration = timedelta(hours=1)
    last = max((r for r in halves.v1.runs if r.dag_id == "west_up"), key=lambda r: r.logical_date)
    halves.v1.runs += [
        replace(last, run_id="by hand", logical_date=last.logical_date + timedelta(seconds=7), automated=False),
        replace(last, run_id="works", logical_date=last.logical_date + MINUTE, state="running", tasks={"work": None}),
    ]
    halves.serve()
    assert halves.mirrored()["west_up"] <= {r.logical_date for r in halves.v1.runs if r.automated}
    assert max(halves.mirrored()["west_up"]) < max(r.logical_date for r in halves.v1.runs if r.run_id == "works")


def test_what_is_told_holds_each_wait():
    served = Halves().serve()
    told = as_json(served)
    assert [(e["upstream"], e["mirrored_from"], e["lag_runs"]) for e in told["edges"]] == [
        ("west_up", "v1", 0), ("east_up", "v2", 0)
    ]  # fmt: skip
    assert "v1 to v2" in as_table(served)
    assert as_line(served).startswith("bridge status=on edges=2 in_step=2 moving=0 failed=0 mirrored=")
    assert as_line(()).startswith("bridge status=on edges=0 ")
