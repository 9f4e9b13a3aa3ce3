"""secrets.age, kept and opened."""

from __future__ import annotations

import json

import pyrage
import pytest

from migrator.errors import WorkspaceError
from migrator.inventory.seal import enclosed, seal, unseal
from migrator.inventory.sealing import Exact
from migrator.workspace.keys import create_identity
from migrator.workspace.workspace import Workspace

CONTENT = {
    "fingerprint_key": "00ff",
    "variables": [{"key": "k", "value": "1e5", "description": None}],
    "connections": [{"conn_id": "c", "conn_type": "http", "host": "h", "schema": None, "login": "me",
                     "password": "hunter2", "port": 80, "extra": '{"a": 1, "a": 2}', "description": None}],
    "pools": [{"name": "p", "slots": 3, "description": ""}],
}  # fmt: skip


NO_SETTINGS = Exact()


def sealed(workspace, content, settings=NO_SETTINGS):
    recipient = pyrage.x25519.Recipient.from_str(create_identity(workspace.identity))
    data = pyrage.encrypt(content, [recipient])
    seal(workspace.secrets, enclosed(data, settings, str(recipient)) if settings else data)


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


def test_settings_lie_in_it_beside_what_the_agent_sealed(tmp_path):
    workspace = Workspace(tmp_path)
    settings = Exact({"smtp-smtp_pass": "hunter3"}, {"DSN": "x\ud800\u00e9"})
    sealed(workspace, json.dumps(CONTENT).encode(), settings)
    assert b"hunter3" not in workspace.secrets.read_bytes()
    secrets = unseal(workspace)
    assert (secrets.overrides, secrets.env_variables) == (settings.overrides, settings.env_variables)
    assert secrets.variables[0].value == "1e5"
    assert "hunter3" not in repr(secrets) + repr(settings)


def test_another_key_for_the_inner_file_is_told(tmp_path):
    workspace = Workspace(tmp_path)
    other = pyrage.x25519.Identity.generate().to_public()
    inner = pyrage.encrypt(b"{}", [other])
    seal(workspace.secrets, enclosed(inner, Exact({"a-b": "c"}), create_identity(workspace.identity)))
    with pytest.raises(WorkspaceError, match="cannot be decrypted"):
        unseal(workspace)
