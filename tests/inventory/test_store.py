"""inventory.json: stable bytes, its schema, and files that are refused."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings

from migrator.errors import WorkspaceError
from migrator.inventory.store import dumps, fingerprint, held_in_clear, load, save, schema
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.inventory import Inventory
from migrator.model.resources import StoredFile, Variable
from migrator.model.run import Run
from migrator.model.sealed import Sealed
from tests.inventory.estates import FACTS, WHEN, inventories

DAG = Dag("a", "a.py", Schedule(ScheduleKind.CRON, "0 3 * * *"))
ONE = Inventory(WHEN, FACTS, "1.10.15", "3.8.12", dags=(DAG,), files=(StoredFile("dags/a.py", 1, "m"),))


@settings(deadline=None)
@pytest.mark.no_cover  # tracing is most of its time
@given(inventories)
def test_stored_loaded_and_stored_again_gives_the_same_bytes(tmp_path_factory, inventory):
    path = tmp_path_factory.mktemp("store") / "inventory.json"
    save(inventory, path)
    before = path.read_bytes()
    loaded = load(path)
    save(loaded, path)
    assert path.read_bytes() == before
    assert loaded == inventory


@settings(deadline=None)
@pytest.mark.no_cover  # tracing is most of its time
@given(inventories)
def test_every_inventory_fits_the_schema(inventory):
    jsonschema.validate(json.loads(dumps(inventory)), schema())


def test_the_schema_is_a_schema_and_names_its_version():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert "schema version 2" in schema()["title"]


def test_the_file_reads_well():
    text = dumps(ONE)
    assert text.endswith("}\n")
    assert '"captured_at": "2026-01-02T03:04:05.000006Z"' in text
    assert text.index('"airflow_version"') < text.index('"captured_at"') < text.index('"warnings"')


def test_there_is_no_inventory(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no inventory") as caught:
        load(tmp_path / "inventory.json")
    assert caught.value.fix == "migrate inventory"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{", "cannot be read"),
        ("[]", "is not an inventory"),
        ("{}", "is not an inventory"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_damaged_file(tmp_path, content, what):
    path = tmp_path / "inventory.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(WorkspaceError, match=what) as caught:
        load(path)
    assert caught.value.exit_code == 2
    assert "migrate inventory" in caught.value.fix


def test_a_newer_version_names_both(tmp_path):
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps({"schema_version": 9}))
    with pytest.raises(WorkspaceError, match="has schema version 9") as caught:
        load(path)
    assert "up to 2" in caught.value.why


def test_keys_that_a_later_version_added_are_passed_over(tmp_path):
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(json.loads(dumps(ONE)) | {"more": 1}))
    assert load(path) == ONE


def test_the_fingerprint_is_of_what_is_planned():
    run = Run("a", "r", WHEN, "success", automated=True)
    same = [
        replace(ONE, captured_at=WHEN.replace(year=2027)),
        replace(ONE, runs=(run,)),
        replace(ONE, warnings=("w",)),
        replace(ONE, variables=(Variable("k", "other", 1),)),
        replace(ONE, dags=(replace(DAG, paused=True),)),
    ]
    other = [
        replace(ONE, dags=(replace(DAG, catchup=False),)),
        replace(ONE, files=(StoredFile("dags/a.py", 1, "n"),)),
        replace(ONE, dags=()),
        replace(ONE, environment=replace(FACTS, name="x")),
    ]
    assert {fingerprint(one) for one in same} == {fingerprint(ONE)}
    assert fingerprint(ONE) not in {fingerprint(one) for one in other}


OLD = {
    "captured_at": "2026-01-02T03:04:05Z", "airflow_version": "1.10.15", "python_version": "3.8", "schema_version": 1,
    "environment": {
        "name": "e", "image": "i", "state": "RUNNING", "bucket": "b", "airflow_uri": "",
        "overrides": {"core-parallelism": "18", "smtp-smtp_pass": "hunter2"},
        "env_variables": {"DSN": "postgres://u:hunter2@h/", "KEY": "(redacted)"},
    },
    "connections": [{"conn_id": "c", "conn_type": "http", "fingerprint": "f", "host": "hunter2.example", "port": 1}],
    "broken_files": [{"file": "a.py", "message": "password=hunter2"}],
}  # fmt: skip


def test_an_inventory_of_before_is_read_with_its_values_sealed(tmp_path):
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(OLD))
    found = load(path, b"k" * 32)
    assert found.environment.overrides["core-parallelism"] == "18"
    assert isinstance(found.environment.env_variables["DSN"], Sealed)
    assert found.connections[0].host == Sealed("")
    assert "hunter2" not in dumps(found) + repr(found)
    assert json.loads(dumps(found))["schema_version"] == 2
    assert held_in_clear(path) == 4


def test_nothing_is_said_of_an_inventory_of_today_or_of_none(tmp_path):
    save(ONE, tmp_path / "inventory.json")
    assert held_in_clear(tmp_path / "inventory.json") == held_in_clear(tmp_path / "none.json") == 0
