"""The inventory and the doctor on two real Airflows, with the agent in both."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrator.inventory.seal import unseal
from migrator.inventory.store import fingerprint, load
from migrator.lab import estate
from migrator.lab import lab as labs
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.workspace.users import migrate

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def lab():
    """A lab with the small estate."""
    folder = Path(tempfile.mkdtemp(prefix="migrate-"))
    try:
        running = labs.up(folder / "lab", print)
        estate.fill(running, "small", print)
        yield running
    finally:
        labs.reset(folder / "lab", print)
        shutil.rmtree(folder)


@pytest.fixture
def workspace(lab, tmp_path):
    write_workspace(lab, tmp_path)
    return tmp_path


def test_the_doctor_finds_all_well(workspace):
    ran = migrate(workspace, "doctor").ended(0)
    assert "Airflow 1.10.15 on Python 3.8" in ran.out
    assert "Airflow 2.10.5 on Python 3.11" in ran.out


def test_the_small_estate(workspace):
    migrate(workspace, "inventory").ended(0)
    inventory = load(workspace / "inventory.json")
    expected = estate.small(datetime.now(UTC))
    assert {file.path.removeprefix("dags/") for file in inventory.files} == set(expected)
    assert [one.file for one in inventory.broken_files] == ["broken.py"]
    assert {str(dag.schedule) for dag in inventory.dags} >= {"* * * * *", "every 2 min", "(once)", "(none)"}
    assert inventory.dag("paused_legacy").paused
    secrets = unseal(open_workspace(workspace))
    assert {one.key for one in secrets.variables} >= {one.key for one in inventory.variables}
    text = (workspace / "inventory.json").read_text()
    passwords = {one.password for one in secrets.connections if one.password} - {"airflow"}
    assert "gate way" in passwords
    assert not any(password in text for password in passwords)


def test_the_same_through_gcloud(workspace, lab):
    migrate(workspace, "inventory").ended(0)
    before = fingerprint(load(workspace / "inventory.json"))
    config = workspace / "migrate.toml"
    config.write_text(
        config.read_text().replace('channel = "local"', f'channel = "gcloud"\ngcloud = "{lab.gcloud}"', 1)
    )
    migrate(workspace, "inventory").ended(0)
    assert fingerprint(load(workspace / "inventory.json")) == before


def test_the_real_web_server_answers_the_rest_adapter(workspace):
    with connected(open_workspace(workspace)) as (_, target):
        target.agent.call("observe", dag_ids=[], history=0)
        assert target.rest.import_errors() == {}
        assert set(target.rest.dags()) <= {"composer_migrator_agent"}
