"""Any odd value in any column of any table is a problem by table and key, and the rest is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.environments.folder import FolderBucket
from migrator.inventory.snapshot.layout import Layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.inventory.store import FORM
from tests.inventory.snapshot.dumps import CONNECTION, DAG, KEY, RUN, copy_form, insert_form, sealed, tables

RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
DATA = {"dag": {"_dag_id": "d", "fileloc": "/home/airflow/gcs/dags/d.py", "tasks": [{"task_id": "t"}], "catchup": True}}
STORED = {"dag_id": "d", "fileloc": "/home/airflow/gcs/dags/d.py", "data": json.dumps(DATA)}
ROWS = {
    "variable": {"id": "1", "key": "k", "val": sealed("v"), "is_encrypted": "t", "description": "d"},
    "connection": CONNECTION | {"password": sealed("p"), "is_encrypted": "t"},
    "slot_pool": {"id": "1", "pool": "p", "slots": "1", "description": None},
    "dag": DAG,
    "dag_run": RUN | {"run_type": "scheduled", "data_interval_start": None, "data_interval_end": None},
    "dag_tag": {"name": "tag", "dag_id": "d"},
    "serialized_dag": STORED,
    "import_error": {"id": "1", "filename": "/home/airflow/gcs/dags/bad.py", "stacktrace": "boom"},
    "alembic_version": {"version_num": "03afc6b6f902"},
}
KEYS = {"variable": "key", "connection": "conn_id", "slot_pool": "pool", "dag": "dag_id", "dag_run": "run_id"}
ODD = ["", "many", "-1", "9" * 30, "9" * 5000, "infinity", "-infinity", "2026-11-24 00:00:00 BC", "1e400", "NaN",
       "294276-12-31 23:59:59.999999+00", "0000-00-00 00:00:00", "0001-01-01 00:00:00+09", "2026-11-24 00:00:00+25",
       "null", "[]", "{}", '{"dag": null}', '{"dag": []}', "x" * 70_000, "[" * 100_000, "٣", "🎉",
       "a\nb\t\\c'\"", "%s", "\\x00", "pass\udce9word", None]  # fmt: skip
JSON = ["many", 5, -1, None, True, [], {}, [[]], [5], {"__var": 5}, {"__var": {"__var": []}}, 10**400, 1e308, "",
        "@once", "2026", [{"task_id": 5}], [{"task_id": "t", "retries": "x"}], [None],
        {"__type": "timedelta", "__var": "x"}, {"__type": 5}, {"__var": {"a": 1}}]  # fmt: skip
FIELDS = ["dag", "tasks", "default_args", "start_date", "end_date", "catchup", "tags", "max_active_runs", "timezone",
          "_description", "schedule_interval", "timetable", "fileloc"]  # fmt: skip
TASK = ["task_id", "_task_module", "_task_type", "pool", "queue", "trigger_rule", "retries", "depends_on_past", "owner",
        "downstream_task_ids", "subdag", "start_date", "trigger_dag_id", "external_dag_id"]  # fmt: skip
FORMS = {
    "postgres": copy_form,
    "mysql": lambda content: insert_form(content, mysql=True).replace("00+00'", "00'"),
}


def second(table):
    """Another row of the table, that nothing is wrong with."""
    column = {"dag_tag": "name", "serialized_dag": "dag_id"}.get(table, KEYS.get(table, "filename"))
    return ROWS[table] | {column: f"{ROWS[table][column]}2"}


def taken(folder, form, content):
    (folder / "dags").mkdir(exist_ok=True)
    for name in ("d.py", "e.py"):
        (folder / "dags" / name).write_text("x = 1\n")
    (folder / "dump.sql").write_bytes(FORMS[form](content).encode("utf-8", "surrogateescape"))
    (folder / "key").write_text(KEY)
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    layout = Layout(FolderBucket(folder), folder / "dump.sql", folder / "key", None, moment)
    result = of_snapshot(layout, name="n", recipient=RECIPIENT, weeks=4)
    return FORM.decode(FORM.encode(result.collected.inventory, "x"), "x"), list(map(str, result.problems))


def content_with(table, *rows):
    return tables(**{name: [row] for name, row in ROWS.items()}) | {table: list(rows)}


def named(inventory):
    return {
        "variable": {one.key for one in inventory.variables},
        "connection": {one.conn_id for one in inventory.connections},
        "slot_pool": {one.name for one in inventory.pools},
        "dag": {one.dag_id for one in inventory.dags},
        "dag_run": {one.run_id for one in inventory.runs},
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_odd_value(tmp_path_factory, form, table, data):
    column = data.draw(st.sampled_from(sorted(ROWS[table])))
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
    odd = ROWS[table] | {column: data.draw(st.sampled_from(ODD) | texts)}
    rows = (odd, second(table)) if table != "alembic_version" else (odd,)
    inventory, problems = taken(tmp_path_factory.mktemp("odd"), form, content_with(table, *rows))
    found = named(inventory)
    if table in KEYS:
        assert second(table)[KEYS[table]] in found[table]
        assert str(odd[KEYS[table]]) in found[table] or problems or inventory.warnings or table in {"dag", "dag_run"}
    for other, names in found.items():
        assert names or other in {table, "dag", "dag_run"}, (other, problems)


@pytest.mark.parametrize(
    ("table", "column", "value", "why"),
    [
        ("slot_pool", "slots", "many", "slot_pool p was left out: slots holds no whole number"),
        ("connection", "port", "abc", "connection c was left out: port holds no whole number"),
        ("dag_run", "execution_date", "infinity", "was left out: execution_date is no date"),
        ("dag_run", "execution_date", "0044-03-15 00:00:00 BC", "was left out: execution_date is no date"),
        ("dag_run", "end_date", "294276-12-31 23:59:59+00", "was left out: end_date is no date"),
        ("dag_run", "execution_date", None, "was left out: execution_date is NULL"),
        ("variable", "key", None, "variable number 1 was left out: key is NULL"),
        ("connection", "conn_id", None, "connection number 1 was left out: conn_id is NULL"),
        ("slot_pool", "pool", None, "slot_pool number 1 was left out: pool is NULL"),
        ("dag", "dag_id", None, "dag number 1 was left out: dag_id is NULL"),
        ("dag_run", "run_id", None, "was left out: run_id is NULL"),
        ("dag_tag", "name", None, "was left out: name is NULL"),
        ("serialized_dag", "dag_id", None, "serialized_dag number 1 was left out: dag_id is NULL"),
        ("import_error", "filename", None, "import_error number 1 was left out: filename is NULL"),
        ("dag", "is_paused", "maybe", "dag d was left out: is_paused is neither true nor false"),
        ("variable", "is_encrypted", "maybe", "variable k was left out: is_encrypted is neither true nor false"),
        ("dag_run", "external_trigger", "2", "was left out: external_trigger is neither true nor false"),
        ("connection", "host", "pass\udce9word", "connection c was left out: host holds bytes that are no text"),
        ("serialized_dag", "data", '{"dag": null}', "serialized_dag d was left out: data is no stored DAG"),
        ("serialized_dag", "data", '{"dag": {"tasks": 5}}', "serialized_dag d was left out"),
        ("serialized_dag", "data", "[" * 100_000, "serialized_dag d was left out: data is no stored DAG: lists and"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", FORMS)
def test_the_problem_names_table_key_and_column(tmp_path, form, table, column, value, why):
    odd = ROWS[table] | {column: value}
    inventory, problems = taken(tmp_path, form, content_with(table, odd, second(table)))
    assert any(why in one for one in problems), problems
    assert "abc" not in str(problems)
    assert set(problems) <= set(inventory.warnings)


def test_half_a_pickle(tmp_path):
    odd = ROWS["dag_run"] | {"conf": "\\x8004952d00"}
    _, problems = taken(tmp_path, "postgres", content_with("dag_run", odd, second("dag_run")))
    assert problems == ["dag_run d scheduled__2026-11-24T00:00:00+00:00 was left out: conf is no pickle"]


@pytest.mark.parametrize("table", ["variable", "slot_pool", "dag", "dag_run", "serialized_dag"])
def test_a_key_that_is_there_twice(tmp_path, table):
    _, problems = taken(tmp_path, "postgres", content_with(table, ROWS[table], ROWS[table]))
    assert any(table in one and "another row of this key" in one for one in problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_stored_dag_of_any_shape(tmp_path_factory, data):
    value, stored = data.draw(st.sampled_from(JSON)), json.loads(STORED["data"])
    holder, names = data.draw(
        st.sampled_from([(stored["dag"], FIELDS), (stored["dag"]["tasks"][0], TASK), (stored, ["dag"])])
    )
    holder[data.draw(st.sampled_from(names))] = value
    rows = (STORED | {"data": json.dumps(stored)}, STORED | {"dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py"})
    dags = [DAG, DAG | {"dag_id": "e", "fileloc": "/home/airflow/gcs/dags/e.py"}]
    inventory, _ = taken(
        tmp_path_factory.mktemp("odd"), "postgres", content_with("serialized_dag", *rows) | {"dag": dags}
    )
    assert inventory.dag("e").tasks[0].task_id == "t"
    assert inventory.dag("d") is not None
