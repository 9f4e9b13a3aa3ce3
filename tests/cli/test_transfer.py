"""``migrate transfer`` as a person runs it; the agents are played, the bucket and the Composer API server are real."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pyrage
import pytest

from migrator.inventory import store
from migrator.model.usage import Usage, User
from tests.environments.stand_in import answered
from tests.transfer.targets import NOW, inventory
from tests.workspace.users import configure, migrate_here

KEY = pyrage.x25519.Identity.generate()
USERS = (
    User("ann", "a@example.com", roles=("Op", "Keepers")),
    User("ben", "b@example.com", roles=("Op",)),
    User("eve", "e@example.com"),
)


@pytest.fixture
def desk(composer, tmp_path):
    """A workspace with three users in its inventory and no secrets; runs ``migrate transfer``."""
    lab, _, target = composer
    root = tmp_path / "ws"
    configure(root, lab)
    store.save(replace(inventory({}), usage=Usage(NOW, users=USERS)), root / "inventory.json")
    outcome = {"users": {"ann": "created", "ben": "created"}, "without_role": {"ann": ["Keepers"]}}
    target.plays(
        {
            "*": answered({}),
            "sealing_key": answered({"recipient": str(KEY.to_public())}),
            "import_resources": answered(outcome),
        },
        stays=5,
    )
    return lambda *arguments, code: migrate_here(root, "transfer", *arguments).ended(code)


def test_users_need_no_key_and_a_missing_role_is_told_with_its_fix(desk, composer):
    ran = desk("--only", "users", code=1)
    fates = {line.split()[1]: line.split()[2] for line in ran.out.splitlines()[2:]}
    assert fates == {"ann": "created", "ben": "created", "eve": "kept"}
    assert "user ann: the target has no role Keepers; airflow roles create ROLE, then: migrate transfer" in ran.err
    (sent,) = [one["params"] for one in composer[2].requests if one["action"] == "import_resources"]
    content = json.loads(pyrage.decrypt(base64.b64decode(sent["sealed"]), [KEY]))
    assert [one["identity"] for one in content["users"]] == ["ann", "ben"]
    assert sent["only"] == ["users"]


def test_merging_files_is_refused_before_anything_is_done(desk, composer):
    assert "files cannot be merged" in desk("--only", "files", "--policy", "merge", code=2).err
    assert composer[2].requests == []


def test_a_configured_merge_of_files_is_refused_with_the_line_to_correct(desk, tmp_path):
    with (tmp_path / "ws" / "migrate.toml").open("a") as file:
        file.write('[transfer.policy]\nfiles = "merge"\n')
    assert "[transfer.policy] of migrate.toml" in desk(code=2).err
