"""Whatever stands in a field, what the model allows is kept, and the rest is named."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.inventory.sound import Loss, sound, sound_rows
from migrator.inventory.store import FORM, load, save
from migrator.model.dag import Dag, Facts, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.inventory import Inventory
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.run import Run
from tests.inventory.estates import FACTS, WHEN, inventories

DAG = Dag(
    "a", "a.py", Schedule(ScheduleKind.CRON, "0 3 * * *"), start_date=WHEN, owners=("me",), description="d",
    tasks=(Task("t", "m.Op", downstream=("u",), reference=Reference(ReferenceKind.TRIGGERS, "b")), Task("u", "m.Op")),
)  # fmt: skip
RUN = Run("a", "r", WHEN, "success", automated=True, tasks={"t": "success"})
NAIVE = WHEN.replace(tzinfo=None)
ODD = st.sampled_from(
    [None, True, 5, -1, 10**30, 10**6000, 0.5, float("nan"), float("inf"), "", "no way", "\udc80", b"\xff", [], {},
     [[]], {"a": 1}, ("x",), {1, 2}, object(), type, NAIVE, datetime.max.replace(tzinfo=UTC), timedelta(1),
     datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), ScheduleKind.CRON, DAG, lambda: 1]
)  # fmt: skip
FILE = StoredFile("dags/a.py", 1, "m")
ROWS = (DAG, RUN, Variable("k", "f", 1), Connection("c", "http", "f", port=1), Pool("p", 1), FILE)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_value_in_any_field(row, data):
    name = data.draw(st.sampled_from([field.name for field in fields(row)]))
    odd = asdict(row) | {name: data.draw(ODD)}
    kept, losses = sound_rows(type(row), [asdict(row), odd])
    assert kept[0] == row
    assert kept[1:] or losses
    assert sound_rows(type(row), kept) == (kept, [])
    assert all(f"{loss.table} {loss.key}" in str(loss) for loss in losses)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_an_inventory_with_one_odd_value_is_written_and_read(tmp_path_factory, data):
    place, value = data.draw(st.sampled_from([*range(6)])), data.draw(ODD)
    whole = Inventory(WHEN, FACTS, "", "", dags=(DAG,), runs=(RUN,), pools=(Pool("p", 1),), variables=(ROWS[2],))
    name = ("dags", "runs", "pools", "variables", "warnings", "files")[place]
    row = {"warnings": "w", "files": FILE}.get(name) or getattr(whole, name)[0]
    field = data.draw(st.sampled_from([one.name for one in fields(row)])) if name != "warnings" else ""
    odd = value if name == "warnings" else replace(row, **{field: value})
    path = tmp_path_factory.mktemp("sound") / "inventory.json"
    made = sound(replace(whole, **{name: (row, odd)}))
    save(made, path)
    assert load(path) == made
    assert getattr(made, name)[0] == row or name == "warnings"


@settings(deadline=None)
@given(inventories)
def test_what_is_sound_stays_as_it_is(inventory):
    known = {ScheduleKind.CRON: {"expression": "0 3 * * *"}, ScheduleKind.DELTA: {"seconds": 60.0}}
    dags = [replace(dag, schedule=replace(dag.schedule, **known.get(dag.schedule.kind, {}))) for dag in inventory.dags]
    loaded = FORM.decode(FORM.encode(replace(inventory, dags=tuple(dags)), "x"), "x")
    assert replace(sound(loaded), warnings=()) == replace(loaded, warnings=())


@pytest.mark.parametrize(
    ("change", "field", "unknown"),
    [
        ({"catchup": "no way"}, "catchup", "catchup"),
        ({"catchup": "no"}, "catchup", "catchup"),
        ({"description": 5}, "description", "description"),
        ({"max_active_runs": "many"}, "max_active_runs", "max_active_runs"),
        ({"start_date": "infinity"}, "start_date", "start_date"),
        ({"schedule": 5}, "schedule", "schedule"),
        ({"schedule": Schedule(ScheduleKind.CRON)}, "schedule", "schedule"),
        ({"schedule": Schedule(ScheduleKind.CRON, "<script>")}, "schedule", "schedule"),
        ({"schedule": Schedule(ScheduleKind.CRON, "0 0 30 2 *")}, "schedule", "schedule"),
        ({"schedule": Schedule(ScheduleKind.CRON, "* " * 5000)}, "schedule", "schedule"),
        ({"schedule": Schedule(ScheduleKind.DELTA, seconds=float("nan"))}, "schedule.seconds", "schedule"),
        ({"tasks": 5}, "tasks", "tasks"),
        ({"tasks": (Task("t", "m.Op", retries="many"),)}, "tasks.0.retries", "tasks.retries"),
        ({"tasks": (Task("t", "m.Op", downstream=(5,)),)}, "tasks.0.downstream.0", "edges"),
        ({"tasks": (Task(5, "m.Op"),)}, "tasks.0.task_id", "tasks"),
        ({"tasks": (Task("t", "m.Op", reference=Reference("odd", "b")),)}, "tasks.0.reference.kind", "references"),
    ],
)
def test_an_odd_field_of_a_dag_is_unknown(change, field, unknown):
    (dag,), losses = sound_rows(Dag, [replace(DAG, **change)])
    assert losses[0].field == field
    assert unknown in dag.unknown
    assert (dag.dag_id, dag.file) == ("a", "a.py")
    assert str(losses[0]).startswith(f"dag a: {field} is left out: ")


def test_a_row_without_a_key_is_named_by_its_number():
    assert sound_rows(Pool, [Pool("p", 1), Pool(None, 2)]) == (
        [Pool("p", 1)],
        [Loss("pool", "number 2", "", "name: Input should be a valid string")],
    )
    assert str(sound_rows(Pool, [Pool("p", "many")])[1][0]) == (
        "pool p is left out: slots: Input should be a valid integer"
    )


def test_what_needs_no_mending_keeps_its_order_and_kinds():
    kept, losses = sound_rows(Dag, [DAG, replace(DAG, facts=Facts.STATIC, unknown=("tasks",))])
    assert (kept[0], kept[1].facts, kept[1].unknown, losses) == (DAG, Facts.STATIC, ("tasks",), [])
