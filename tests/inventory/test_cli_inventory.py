"""``migrate inventory`` as a person uses it."""

from __future__ import annotations

import base64
import json

import jsonschema
import pyrage
import pytest

from migrator.inventory.store import load
from migrator.workspace.keys import create_identity
from tests.environments.servers import closed_port
from tests.environments.stand_in import answered
from tests.inventory.estates import dag_row, described
from tests.workspace.users import configure, migrate, migrate_here


@pytest.fixture
def workspace(composer, tmp_path):
    lab, source, _ = composer
    root = tmp_path / "ws"
    configure(root, lab)
    recipient = pyrage.x25519.Recipient.from_str(create_identity(root / ".migrate" / "identity.txt"))
    content = {"fingerprint_key": "00", "variables": [{"key": "k", "value": "hunter2"}]}
    sealed = base64.b64encode(pyrage.encrypt(json.dumps(content).encode(), [recipient])).decode()
    source.plays(
        {
            "observe": answered({}),
            "describe": answered(described(dags=[dag_row("00123"), dag_row("a", paused=True)], sealed=sealed)),
        }
    )
    source.upload(
        {
            "dags/00123.py": b"x = 1\n",
            "dags/team/a.py": b"y\r\n",
            "dags/airflow_monitoring.py": b"",
            "plugins/p.py": b"p",
        }
    )
    return root


def test_the_estate_in_the_workspace(workspace):
    ran = migrate(workspace, "inventory").ended(0)
    inventory = load(workspace / "inventory.json")
    assert [dag.dag_id for dag in inventory.dags] == ["00123", "a"]
    assert (workspace / "dags/source/team/a.py").read_bytes() == b"y\r\n"
    assert (workspace / "plugins/source/p.py").read_bytes() == b"p"
    assert sorted(path.name for path in (workspace / "dags/source").iterdir()) == ["00123.py", "team"]
    assert "00123 0 3 * * * team 1" in [" ".join(line.split()) for line in ran.out.splitlines()]
    assert "ImportError: no gone" in ran.out
    assert "warning: a thing" in ran.out
    assert "hunter2" not in ran.out + ran.err + (workspace / "inventory.json").read_text()


def test_json_on_stdout_fits_the_published_schema(workspace):
    ran = migrate_here(workspace, "inventory", "--format", "json").ended(0)
    published = json.loads(migrate_here(workspace, "inventory", "--schema").ended(0).out)
    jsonschema.validate(json.loads(ran.out), published)
    assert ran.out == (workspace / "inventory.json").read_text()


def test_another_place_for_the_file(workspace):
    migrate_here(workspace, "inventory", "-o", str(workspace / "elsewhere.json")).ended(0)
    assert (workspace / "elsewhere.json").exists()
    assert not (workspace / "inventory.json").exists()


def test_twice_is_the_same_bytes_and_follows_deletions(workspace, composer, bucket):
    migrate_here(workspace, "inventory").ended(0)
    before = (workspace / "inventory.json").read_bytes()
    ran = migrate_here(workspace, "inventory").ended(0)
    assert (workspace / "inventory.json").read_bytes() == before
    assert "dags/ 0 downloaded, 2 unchanged, 0 removed" in ran.err
    bucket.name = composer[1].side.bucket
    bucket.delete("dags/team/a.py")
    migrate_here(workspace, "inventory").ended(0)
    assert [path.name for path in (workspace / "dags/source").iterdir()] == ["00123.py"]


def test_no_workspace(tmp_path):
    ran = migrate_here(tmp_path, "inventory").ended(2)
    assert "there is no workspace" in ran.err
    assert "migrate init" in ran.err


def test_an_environment_that_does_not_answer(workspace, composer):
    text = (workspace / "migrate.toml").read_text()
    (workspace / "migrate.toml").write_text(text.replace(composer[0].api_endpoint, f"http://127.0.0.1:{closed_port()}"))
    ran = migrate_here(workspace, "inventory").ended(2)
    assert "does not answer" in ran.err
    assert "Connection refused" in ran.err
    assert "gcloud composer environments describe v1" in ran.err
    assert not (workspace / "inventory.json").exists()


def test_an_agent_that_fails_leaves_the_old_inventory(workspace, composer):
    migrate_here(workspace, "inventory").ended(0)
    before = (workspace / "inventory.json").read_bytes()
    error = {"kind": "OperationalError", "message": "no database", "traceback": "..."}
    composer[1].plays({"*": {"ok": False, "error": error}})
    ran = migrate_here(workspace, "inventory").ended(3)
    assert "no database" in ran.err
    assert (workspace / "inventory.json").read_bytes() == before


def test_without_a_key_one_is_made(workspace):
    (workspace / ".migrate" / "identity.txt").unlink()
    migrate_here(workspace, "inventory").ended(0)
    assert (workspace / ".migrate" / "identity.txt").exists()
