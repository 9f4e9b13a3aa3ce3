"""``migrate transfer`` from a snapshot or a folder, with no v1: the bucket and the Composer API server are real."""

from __future__ import annotations

import base64
import gzip
import json

import pyrage
import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.inventory.snapshot.layout import ENVIRONMENT
from migrator.workspace.keys import create_identity
from tests.environments.stand_in import answered
from tests.inventory.snapshot.dumps import CONNECTION, KEY, copy_form, sealed, tables
from tests.inventory.snapshot_of import environment
from tests.workspace.users import configure, migrate_here

TARGET_KEY = pyrage.x25519.Identity.generate()
BIG = b"0123456789abcdef" * 600_000
DATA = {"data/a.csv": b"1,2\n", "data/deep/b c.txt": "é".encode(), "data/big.bin": BIG}
USER = {"first_name": "F", "last_name": "L", "active": "t", "last_login": None, "password": "pbkdf2:hunter2"}
PEOPLE = {
    "ab_user": [
        {"id": "1", "username": "ann", "email": "a@example.com", **USER},
        {"id": "2", "username": "eve", "email": "e@example.com", **USER},
    ],
    "ab_role": [{"id": "7", "name": "Op"}],
    "ab_user_role": [{"id": "1", "user_id": "1", "role_id": "7"}],
}
SETTINGS = {"airflowConfigOverrides": {"core-parallelism": "7", "acme-api_password": "hunter2"},
            "envVariables": {"TEAM": "blue", "API_TOKEN": "hunter2"}}  # fmt: skip


class Desk:
    """A workspace whose only environment is the target, and what is left of the source beside it."""

    def __init__(self, root, left, lab, target):
        self.root, self.left, self.target, self.lab = root, left, target, lab
        configure(root, lab)
        whole = (root / "migrate.toml").read_text()
        (root / "migrate.toml").write_text(whole[whole.index("[target]") :])
        create_identity(root / ".migrate" / "identity.txt")
        target.plays({"*": answered({}), "sealing_key": answered({"recipient": str(TARGET_KEY.to_public())}),
                      "import_resources": answered({})}, stays=5)  # fmt: skip

    def write(self, files):
        for path, data in files.items():
            place = self.left / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def snapshot(self, content, *, key=KEY, settings=True):
        self.write({"dags/d.py": b"x = 1\n", "airflow-database.postgres.sql.gz": gzip.compress(content.encode())})
        if key:
            self.write({"fernet-key.txt": key.encode()})
        facts = environment("composer-1.20.12-airflow-1.10.15")
        facts["config"]["softwareConfig"] |= SETTINGS
        if settings:
            self.write({ENVIRONMENT: json.dumps(facts).encode()})

    def run(self, *arguments, code=0):
        ran = migrate_here(self.root, *arguments).ended(code)
        assert "hunter2" not in ran.out + ran.err
        return ran

    def items(self, *arguments, code):
        ran = self.run("transfer", "--format", "json", *arguments, code=code)
        return {(one["kind"], one["name"]): one["status"] for one in json.loads(ran.out)["items"]}, ran

    @property
    def sent(self):
        """What reached the target's agent, opened with its key."""
        asked = [one["params"] for one in self.target.requests if one["action"] == "import_resources"]
        opened = [pyrage.decrypt(base64.b64decode(one["sealed"]), [TARGET_KEY]) for one in asked]
        return {kind: rows for one in opened for kind, rows in json.loads(one).items()}


@pytest.fixture
def desk(composer, tmp_path, bucket):
    lab, _, target = composer
    made = Desk(tmp_path / "ws", tmp_path / "left_2026-11-25T16-00-00", lab, target)
    made.bucket = bucket
    return made


def rows(**more):
    variable = {"id": "1", "key": "k", "val": sealed("s3cret"), "is_encrypted": "t"}
    return tables(variable=[variable], **more)


def test_all_that_a_snapshot_holds_is_carried_and_no_v1_is_asked(desk):
    desk.snapshot(copy_form(rows(**PEOPLE)))
    desk.write(DATA)
    desk.run("inventory", "--from-snapshot", str(desk.left))
    items, _ = desk.items(code=0)
    assert {kind for kind, _ in items} == {"overrides", "env", "files", "users"}, "the agent is played"
    assert items["overrides", "acme-api_password"] == items["env", "API_TOKEN"] == "created"
    assert items["users", "eve"] == "kept"
    assert {name for kind, name in items if kind == "files"} == set(DATA)
    assert [(one["key"], one["value"]) for one in desk.sent["variables"]] == [("k", "s3cret")]
    assert [(one["conn_id"], one["password"]) for one in desk.sent["connections"]] == [("c", "pa55")]
    assert [one["name"] for one in desk.sent["pools"]] == ["default_pool"]
    assert [(one["identity"], one["roles"]) for one in desk.sent["users"]] == [("ann", ["Op"])]
    again, _ = desk.items("--only", "files", "--only", "overrides", "--only", "env", code=0)
    assert set(again.values()) == {"equal"}


def test_a_large_file_arrives_whole(desk, gcs):
    desk.snapshot(copy_form(rows()))
    desk.write({"data/big.bin": BIG})
    desk.run("inventory", "--from-snapshot", str(desk.left))
    desk.items("--only", "files", code=0)
    there = GcsBucket(desk.lab.target.bucket, "lab", Endpoint(gcs))
    assert there.read("data/big.bin") == BIG
    there.close()


def test_without_a_key_what_is_sealed_is_unknown_and_the_rest_goes(desk):
    encrypted = CONNECTION | {"password": sealed("pa55"), "is_encrypted": "t"}
    desk.snapshot(copy_form(rows(connection=[encrypted])), key="", settings=False)
    desk.run("inventory", "--from-snapshot", str(desk.left), code=3)
    items, ran = desk.items(code=1)
    unknown = {name for name, status in items.items() if status == "unknown"}
    kinds = ("variables", "connections", "users", "overrides", "env", "files")
    assert unknown == {(kind, "(all)") for kind in kinds}
    assert [one["name"] for one in desk.sent["pools"]] == ["default_pool"]
    assert "6 of the rows are unknown in v1" in ran.err


def test_of_a_folder_only_files_are_known(desk):
    desk.write({"dags/d.py": b"x = 1\n", "data/a.csv": b"1"})
    desk.run("inventory", "--from-folder", str(desk.left))
    items, _ = desk.items(code=1)
    assert items == {("files", "data/a.csv"): "created"} | {
        (kind, "(all)"): "unknown" for kind in ("variables", "connections", "pools", "users", "overrides", "env")
    }
    assert desk.items("--only", "files", code=0)[0] == {("files", "data/a.csv"): "equal"}


def test_files_that_are_in_no_copy_are_unknown_until_one_is_named(desk, tmp_path):
    desk.write({"d.py": b"x = 1\n", "data/of_a_dag.csv": b"1"})
    desk.run("inventory", "--from-folder", str(desk.left))
    items, ran = desk.items("--only", "files", code=1)
    assert items == {("files", "(all)"): "unknown"}
    assert "--from DIR" in ran.out
    desk.bucket.write("data/c.csv", b"c")
    assert desk.items("--only", "files", "--from", f"gs://{desk.bucket.name}", code=0)[0] == {
        ("files", "data/c.csv"): "created"
    }
    (tmp_path / "other/data").mkdir(parents=True)
    (tmp_path / "other/data/e.csv").write_text("e")
    assert ("files", "data/e.csv") in desk.items("--only", "files", "--from", str(tmp_path / "other"), code=0)[0]
    assert "there is no folder" in desk.run("transfer", "--from", str(tmp_path / "none"), code=2).err
