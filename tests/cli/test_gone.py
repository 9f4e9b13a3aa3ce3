"""What each command says of a v1 that no longer runs: when it was seen last, and nothing as if it ran."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_transfer_gone import PEOPLE, TARGET_KEY, desk, rows  # noqa: F401 - a fixture
from tests.environments.stand_in import answered
from tests.inventory.snapshot.dumps import copy_form

NOTHING = {"dags": {}, "broken_files": [], "variables": {}, "connections": {}, "pools": {}}
SEEN = {"snapshot": "last seen 2026-11-25 16:00 UTC", "folder": "known from a copy that was read 20"}


@pytest.fixture(params=["snapshot", "folder"])
def kind(request, desk):  # noqa: F811
    """A workspace whose inventory is of what is left of v1; the target answers and holds nothing."""
    if request.param == "snapshot":
        desk.snapshot(copy_form(rows(**PEOPLE)))
    else:
        desk.write({"dags/d.py": b"from airflow import DAG\ndag = DAG('d', schedule_interval='@daily')\n"})
    desk.run("inventory", f"--from-{request.param}", str(desk.left))
    desk.target.plays({"*": answered({}), "sealing_key": answered({"recipient": str(TARGET_KEY.to_public())}),
                       "parity": answered(NOTHING)}, stays=5)  # fmt: skip
    return request.param


def test_verify_compares_with_what_is_known_and_names_what_is_not(desk, kind):  # noqa: F811
    ran = desk.run("verify", "--format", "json", code=1)
    assert SEEN[kind] in ran.err
    told = json.loads(ran.out)
    missing = {f"{one['kind']} {one['name']}" for one in told["objects"] if one["verdict"] == "different"}
    resources = {"variable k", "connection c", "pool default_pool", "user ann"}
    assert {"dag d"} | (resources if kind == "snapshot" else set()) <= missing
    assert any("variables are not all known" in one for one in told["warnings"]) is (kind == "folder")
    assert "reading both environments" not in ran.err


@pytest.mark.parametrize("words", [
    ("drift",), ("inventory",), ("freshness", "--side", "source"),
], ids=" ".join)  # fmt: skip
def test_what_only_a_running_v1_answers_is_refused_with_when_it_was_seen(desk, kind, words):  # noqa: F811
    with (desk.root / "migrate.toml").open("a") as file:
        file.write('[freshness.dags]\nd = "06:00"\n')
    ran = desk.run(*words, code=4)
    assert f"v1 no longer runs; it is {SEEN[kind]}" in ran.err
    assert f"comes from a {kind}" in ran.err
    assert ran.out == ""
