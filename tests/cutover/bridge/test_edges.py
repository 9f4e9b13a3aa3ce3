from __future__ import annotations

from datetime import timedelta

from migrator.cutover.bridge.edges import FREE, Wait, find_waits, split
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task

WAITS = ReferenceKind.WAITS_FOR


def dag(dag_id, *references, kind=ScheduleKind.CRON):
    tasks = tuple(Task(f"t{at}", "x.Sensor", reference=one) for at, one in enumerate(references))
    return Dag(dag_id, f"{dag_id}.py", Schedule(kind, "* * * * *"), tasks=tasks)


def test_a_wait_looks_back_as_far_as_its_furthest_sensor():
    down = dag("down", Reference(WAITS, "up", "load", 60.0), Reference(WAITS, "up", None, 3600.0))
    assert find_waits([dag("up"), down], {"up", "down"}) == (Wait("up", "down", timedelta(hours=1)),)


def test_a_wait_for_a_later_run_looks_no_further_back():
    down = dag("down", Reference(WAITS, "up", "load", -60.0))
    assert find_waits([dag("up"), down], {"up", "down"})[0].back == timedelta(0)


def test_a_date_that_run_time_knows_may_be_a_month_back():
    down = dag("down", Reference(WAITS, "up", "load", dynamic=True))
    assert find_waits([dag("up"), down], {"up", "down"})[0].back == FREE


def test_runs_by_hand_count_where_a_dag_has_no_others():
    down = dag("down", Reference(WAITS, "up"))
    assert find_waits([dag("up", kind=ScheduleKind.NONE), down], {"up", "down"})[0].free


def test_what_is_no_wait_between_two_planned_dags_needs_no_bridge():
    down = dag("down", Reference(WAITS, "down"), Reference(WAITS, None), Reference(WAITS, "left_out"),
               Reference(ReferenceKind.TRIGGERS, "up"))  # fmt: skip
    assert find_waits([dag("up"), dag("left_out"), down], {"up", "down"}) == ()


def test_only_waits_whose_ends_are_apart_are_split():
    one, other = Wait("up", "down"), Wait("down", "last")
    assert split([one, other], set()) == ()
    assert split([one, other], {"up", "down", "last"}) == ()
    assert [(each.wait, each.way) for each in split([one, other], {"down"})] == [
        (one, "v1 to v2"), (other, "v2 to v1")
    ]  # fmt: skip
