"""``migrate doctor`` as a person uses it."""

from __future__ import annotations

import shutil

import pytest

from migrator.workspace.keys import create_identity
from tests.environments.servers import in_turn, scripted
from tests.environments.stand_in import answered
from tests.workspace.users import configure, migrate


@pytest.fixture
def workspace(composer, tmp_path):
    root = tmp_path / "ws"
    with scripted(in_turn((200, {"dags": [], "total_entries": 0}))) as rest:
        configure(root, composer[0], rest=rest.url)
        create_identity(root / ".migrate" / "identity.txt")
        yield root


def states(ran):
    return {tuple(line.split()[:2]): "FAILED" not in line for line in ran.out.splitlines()[2:] if line.split()}


def test_all_is_well(workspace):
    ran = migrate(workspace, "doctor").ended(0)
    assert "FAILED" not in ran.out
    assert [line.split()[0] for line in ran.out.splitlines()[2:]] == ["workspace", *["source"] * 3, *["target"] * 4]


def test_a_dead_agent_is_told_with_its_output(workspace, composer):
    composer[1].plays({"*": {"ok": False, "error": {"kind": "OperationalError", "message": "no database"}}})
    composer[2].plays({"*": answered({})})
    ran = migrate(workspace, "doctor").ended(1)
    assert "no database" in ran.out
    assert "fix source agent" in ran.err
    assert states(ran)["target", "agent"]
    assert not states(ran)["source", "agent"]


def test_everything_else_is_tried_when_one_side_is_gone(workspace):
    text = (workspace / "migrate.toml").read_text()
    (workspace / "migrate.toml").write_text(text.replace("environments/v1", "environments/gone"))
    shutil.rmtree(workspace / ".migrate")
    ran = migrate(workspace, "doctor").ended(1)
    assert "there is no environment projects/lab/locations/local/environments/gone" in " ".join(ran.out.split())
    assert ran.out.count("ok") >= 4
    assert "fix workspace key" in ran.err
