"""What ``[inventory] plain`` opens, and what becomes of an inventory that was in clear, as a person sees both."""

from __future__ import annotations

import base64
import json

import pyrage
import pytest

from migrator.inventory.store import load
from migrator.lab import composer_updates
from migrator.model.sealed import Sealed
from migrator.workspace.keys import create_identity
from tests.environments.stand_in import answered
from tests.inventory.estates import dag_row, described
from tests.workspace.users import configure, migrate_here

CONNECTIONS = [
    {"conn_id": "db", "conn_type": "postgres", "host": "db.example.com", "schema": "sales", "login": "me",
     "password": "hunter2", "port": 5432, "extra": "{}"},
    {"conn_id": "odd", "conn_type": "mysql", "host": "h", "schema": "password=hunter2", "login": "hunter2",
     "password": "hunter2", "port": None, "extra": None},
]  # fmt: skip
ENV = {
    "TEAM_NAME": "blue",
    "TEAM_TOKEN": "hunter2",
    "MAX_ROWS": "500",
    "DEBUG": "true",
    "DB_PASS": "1234",
    "RATIO": "0.5",
}


@pytest.fixture
def workspace(composer, tmp_path):
    lab, source, _ = composer
    root = tmp_path / "ws"
    configure(root, lab)
    recipient = create_identity(root / ".migrate" / "identity.txt")
    content = {"fingerprint_key": "00", "variables": [], "connections": CONNECTIONS, "pools": []}
    sealed = pyrage.encrypt(json.dumps(content).encode(), [pyrage.x25519.Recipient.from_str(recipient)])
    shown = [
        {"conn_id": one["conn_id"], "conn_type": one["conn_type"], "port": one["port"], "fingerprint": "f"}
        | {part: {"fingerprint": f"{one['conn_id']} {part}"} for part in ("host", "schema", "login")}
        for one in CONNECTIONS
    ]
    answer = described(dags=[dag_row("a")], connections=shown, sealed=base64.b64encode(sealed).decode())
    source.plays({"*": answered({}), "describe": answered(answer), "edits": answered({"edits": []})})
    source.upload({"dags/a.py": b"x = 1\n"})
    composer_updates._path(source.side).write_text(json.dumps({"envVariables": ENV, "airflowConfigOverrides": {}}))
    return root


def plain(root, *names):
    with (root / "migrate.toml").open("a") as file:
        file.write(f"[inventory]\nplain = {json.dumps(names)}\n")


def taken(root, *more):
    ran = migrate_here(root, "inventory", *more).ended(0)
    assert "hunter2" not in (root / "inventory.json").read_text() + ran.out + ran.err
    found = load(root / "inventory.json")
    return {one.conn_id: one for one in found.connections}, found.environment.env_variables, ran


def test_nothing_of_a_connection_is_in_clear_unless_it_is_named(workspace):
    connections, env, _ = taken(workspace)
    parts = [getattr(one, part) for one in connections.values() for part in ("host", "schema", "login")]
    assert all(isinstance(part, Sealed) for part in parts)
    assert isinstance(env["TEAM_NAME"], Sealed)


def test_numbers_and_switches_are_plain_by_nature_unless_their_name_speaks_of_a_secret(workspace):
    _, env, _ = taken(workspace)
    assert (env["MAX_ROWS"], env["DEBUG"], env["RATIO"]) == ("500", "true", "0.5")
    assert isinstance(env["DB_PASS"], Sealed)


def test_a_pattern_opens_a_part_of_all_connections_but_no_secret(workspace):
    plain(workspace, "connections.*.schema", "connections.*.login", "TEAM_*")
    connections, env, _ = taken(workspace)
    assert connections["db"].schema == "sales"
    assert isinstance(connections["odd"].schema, Sealed), "its text holds a password"
    assert all(isinstance(one.login, Sealed) for one in connections.values()), "a login speaks of a secret"
    assert all(isinstance(one.host, Sealed) for one in connections.values())
    assert env["TEAM_NAME"] == "blue"
    assert isinstance(env["TEAM_TOKEN"], Sealed)


def test_a_name_in_full_opens_just_that(workspace):
    plain(workspace, "connections.db.login", "connections.db.host")
    connections, _, _ = taken(workspace)
    assert (connections["db"].login, connections["db"].host) == ("me", "db.example.com")
    assert isinstance(connections["odd"].host, Sealed)
    migrate_here(workspace, "local", "init", "--no-packages").ended(0)
    stubs = [one.read_bytes() for one in (workspace / "local").rglob("*") if one.is_file()]
    assert not any(b"hunter2" in one for one in stubs)
    assert any(b"db.example.com" in one for one in stubs)


def test_patterns_of_settings_open_no_connection(workspace):
    plain(workspace, "*")
    connections, _, _ = taken(workspace)
    assert isinstance(connections["db"].schema, Sealed)


def test_what_is_open_has_not_drifted(workspace):
    plain(workspace, "connections.*.schema")
    taken(workspace)
    assert migrate_here(workspace, "drift").ended(0).err == "0 changes\n"


def test_with_the_recipient_of_another_all_stays_sealed(workspace):
    other = pyrage.x25519.Identity.generate()
    plain(workspace, "connections.*.schema")
    with (workspace / "migrate.toml").open("a") as file:
        file.write(f'[secrets]\nrecipient = "{other.to_public()}"\n')
    connections, _, _ = taken(workspace)
    assert isinstance(connections["db"].schema, Sealed)


def test_an_inventory_in_clear_is_sealed_at_the_next_save_with_a_word_on_git(workspace):
    taken(workspace)
    path = workspace / "inventory.json"
    old = json.loads(path.read_text())
    old["schema_version"] = 1
    old["environment"]["env_variables"] = ENV
    old["connections"] = [
        {**one, "host": exact["host"], "schema": exact["schema"], "login": None}
        for one, exact in zip(old["connections"], CONNECTIONS, strict=True)
    ]
    path.write_text(json.dumps(old))
    connections, env, ran = taken(workspace)
    assert "held 7 values in clear" in ran.err
    assert "git's history may still hold them" in ran.err
    assert "git filter-repo" in ran.err
    assert json.loads(path.read_text())["schema_version"] == 2
    assert all(isinstance(one, Sealed) for one in (env["TEAM_TOKEN"], env["DB_PASS"], connections["db"].host))
    assert "in clear" not in taken(workspace)[2].err
