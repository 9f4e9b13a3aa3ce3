"""What somebody changed in v1 between two inventories, by object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.inventory.drift import FORM, Drift, drift, names, pending, remember
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.model.inventory import Inventory
from migrator.model.plan import Plan, PlannedDag, Wave
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.sealed import Sealed
from tests.inventory.estates import FACTS, WHEN

DAG = Dag("etl", "etl.py", Schedule(ScheduleKind.CRON, "0 3 * * *"), tasks=(Task("load", "x.B", pool="narrow"),))
BEFORE = Inventory(
    WHEN,
    replace(FACTS, overrides={"core-a": "1"}, env_variables={"A": "1"}),
    "1.10.15",
    "3.8",
    dags=(DAG,),
    files=(StoredFile("dags/etl.py", 1, "m1"),),
    variables=(Variable("k", "f1", 1), Variable("old", "f2", 1)),
    connections=(Connection("db", "mysql", "f3", host="h"),),
    pools=(Pool("narrow", 2),),
)
PLANNED = PlannedDag("etl", "etl.py", "m1", paused_in_source=False, risk=1, reasons=())
PLAN = Plan("f", "a", "b", (Wave(0, "canary", ()), Wave(3, "rest", (PLANNED,))))


def test_nothing_changed_when_only_time_passed_and_dags_were_paused():
    later = replace(BEFORE, captured_at=WHEN.replace(year=2027), dags=(replace(DAG, paused=True),))
    assert drift(BEFORE, later, PLAN) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"dags": (replace(DAG, catchup=False),)}, Drift("dag", "etl", "catchup", (3,))),
        ({"dags": ()}, Drift("dag", "etl", "gone", (3,))),
        ({"files": (StoredFile("dags/etl.py", 1, "m2"),)}, Drift("file", "dags/etl.py", "md5", (3,))),
        ({"variables": (Variable("k", "f9", 1), BEFORE.variables[1])}, Drift("variable", "k", "value")),
        ({"variables": BEFORE.variables[:1]}, Drift("variable", "old", "gone")),
        ({"connections": (Connection("db", "mysql", "f4", host="i"),)}, Drift("connection", "db", "value, host")),
        ({"pools": (Pool("narrow", 3),)}, Drift("pool", "narrow", "slots", (3,))),
        ({"pools": (*BEFORE.pools, Pool("new", 1))}, Drift("pool", "new", "new")),
        ({"environment": replace(BEFORE.environment, overrides={})}, Drift("override", "core-a", "gone")),
        ({"environment": replace(BEFORE.environment, env_variables={"A": "2"})}, Drift("env", "A", "value")),
    ],
)
def test_each_change_is_told_by_object_with_the_waves_it_touches(change, expected):
    assert drift(BEFORE, replace(BEFORE, **change), PLAN) == (expected,)
    (without,) = drift(BEFORE, replace(BEFORE, **change))
    assert without.waves == ()


def test_a_value_that_was_sealed_without_a_key_is_no_drift():
    sides = [
        replace(
            BEFORE,
            environment=replace(FACTS, env_variables={"A": Sealed(mark)}),
            connections=(Connection("db", "mysql", "f3", host=Sealed(mark), login=Sealed(mark)),),
        )
        for mark in ("", "m1", "m2")
    ]
    assert drift(sides[0], sides[1]) == ()
    assert [one.what for one in drift(sides[1], sides[2])] == ["host, login", "value"]


def test_what_waits_for_a_transfer_adds_up_over_inventories(tmp_path):
    path = tmp_path / "drift.json"
    assert pending(path) == {}
    first = [Drift("variable", "k", "value"), Drift("variable", "old", "gone"), Drift("file", "dags/a.py", "md5")]
    FORM.save(remember(path, first), path)
    FORM.save(remember(path, [Drift("variable", "a", "new"), Drift("pool", "p", "slots")]), path)
    assert pending(path) == {"variables": ["a", "k"], "connections": [], "pools": ["p"], "users": []}
    assert names(first) == {"variables": ["k"], "connections": [], "pools": [], "users": []}
