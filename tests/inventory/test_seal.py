"""secrets.age, kept and opened."""

from __future__ import annotations

import json

import pyrage
import pytest

from migrator.errors import WorkspaceError
from migrator.inventory.seal import seal, unseal
from migrator.workspace.keys import create_identity
from migrator.workspace.workspace import Workspace

CONTENT = {
    "fingerprint_key": "00ff",
    "variables": [{"key": "k", "value": "1e5", "description": None}],
    "connections": [{"conn_id": "c", "conn_type": "http", "host": "h", "schema": None, "login": "me",
                     "password": "hunter2", "port": 80, "extra": '{"a": 1, "a": 2}', "description": None}],
    "pools": [{"name": "p", "slots": 3, "description": ""}],
}  # fmt: skip


def sealed(workspace, content):
    recipient = pyrage.x25519.Recipient.from_str(create_identity(workspace.identity))
    seal(workspace, pyrage.encrypt(content, [recipient]))


def test_what_was_sealed_comes_out_exactly(tmp_path):
    workspace = Workspace(tmp_path)
    sealed(workspace, json.dumps(CONTENT).encode())
    secrets = unseal(workspace)
    assert secrets.variables[0].value == "1e5"
    assert secrets.connections[0].extra == '{"a": 1, "a": 2}'
    assert secrets.pools[0].slots == 3
    assert b"hunter2" not in workspace.secrets.read_bytes()


def test_no_secret_shows_in_a_repr(tmp_path):
    workspace = Workspace(tmp_path)
    sealed(workspace, json.dumps(CONTENT).encode())
    shown = repr(unseal(workspace))
    assert not any(secret in shown for secret in ("hunter2", "1e5", "00ff", "me'", '"a"'))


def test_there_are_none(tmp_path):
    with pytest.raises(WorkspaceError, match=r"there are no secrets at .*secrets\.age") as caught:
        unseal(Workspace(tmp_path))
    assert caught.value.fix == "migrate inventory"


def test_the_wrong_key(tmp_path):
    workspace = Workspace(tmp_path)
    sealed(workspace, b"{}")
    workspace.identity.unlink()
    create_identity(workspace.identity)
    with pytest.raises(WorkspaceError, match="cannot be decrypted") as caught:
        unseal(workspace)
    assert caught.value.exit_code == 2


def test_something_else_inside_is_told_without_showing_it(tmp_path):
    workspace = Workspace(tmp_path)
    sealed(workspace, json.dumps(CONTENT | {"variables": [{"key": 7, "value": "hunter2"}]}).encode())
    with pytest.raises(WorkspaceError, match="unreadable") as caught:
        unseal(workspace)
    assert "variables.0.key" in caught.value.why
    assert "hunter2" not in str(caught.value)
