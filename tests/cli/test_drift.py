"""``migrate drift``, ``transfer --drifted`` and ``verify`` as a person runs them.

The bucket and the Composer API server are real; a stand-in for ``airflow`` plays the agents. The lab runs real ones.
"""

from __future__ import annotations

import base64
import json

import pyrage
import pytest

from migrator.cli import transfer
from migrator.workspace.keys import create_identity
from tests.environments.stand_in import answered
from tests.inventory.estates import dag_row, described
from tests.workspace.users import configure, migrate_here

KEY = pyrage.x25519.Identity.generate()
SEALING = {"recipient": str(KEY.to_public())}
EDITS = [{"kind": "variable", "name": "k", "who": "ann", "at": "2026-03-02T10:00:00.000000+00:00", "how": "cli_x"}]


class Desk:
    """A workspace between two played environments; ``hold`` sets what the source's Airflow holds."""

    def __init__(self, root, lab, source, target):
        self.root, self.source, self.target = root, source, target
        configure(root, lab)
        self.recipient = pyrage.x25519.Recipient.from_str(create_identity(root / ".migrate" / "identity.txt"))
        self.hold(k="1", same="s")

    def hold(self, **variables):
        rows = [{"key": key, "value": value, "description": None} for key, value in variables.items()]
        content = json.dumps({"fingerprint_key": "00", "variables": rows, "connections": [], "pools": []}).encode()
        shown = described(
            dags=[dag_row("a")],
            variables=[{"key": one["key"], "fingerprint": f"f{one['value']}", "size": 1} for one in rows],
            sealed=base64.b64encode(pyrage.encrypt(content, [self.recipient])).decode(),
        )
        self.source.plays({"describe": answered(shown), "edits": answered({"edits": EDITS}), "observe": answered({})})

    def run(self, *arguments, code=0):
        return migrate_here(self.root, *arguments).ended(code)

    def accept(self, **more):
        """Answer for the lab's own settings, and more."""
        lines = {"override *": "not here", "env *": "not here", **more}
        with (self.root / "migrate.toml").open("a") as file:
            file.write("\n".join(["[verify.accept]", *(f'"{what}" = "{why}"' for what, why in lines.items())]))

    def imported(self):
        """What reached the target, opened with its key."""
        for request in self.target.requests:
            if request["action"] == "import_resources":
                sealed = base64.b64decode(request["params"]["sealed"])
                yield request["params"]["policy"], json.loads(pyrage.decrypt(sealed, [KEY]))


@pytest.fixture
def desk(composer, tmp_path) -> Desk:
    lab, source, target = composer
    source.upload({"dags/a.py": b"x = 1\n"})
    made = Desk(tmp_path / "ws", lab, source, target)
    made.run("inventory")
    return made


def test_nothing_changed(desk):
    ran = desk.run("drift")
    assert (ran.out, ran.err) == ("", "0 changes\n")


def test_what_changed_is_told_with_who_and_when_and_nothing_is_written(desk):
    before = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    desk.hold(k="hunter2", same="s")
    desk.source.upload({"dags/a.py": b"x = 2\n"})
    ran = desk.run("drift", code=1)
    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[0] == ["kind", "name", "what", "waves", "who", "when", "(UTC)"]
    assert rows[2][:4] == ["file", "dags/a.py", "md5", "unknown"]
    assert rows[3] == ["variable", "k", "value", "ann", "(cli_x)", "2026-03-02", "10:00:00"]
    assert "2 changes; to take them over: migrate inventory" in ran.err
    assert "hunter2" not in ran.out + ran.err
    assert {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()} == before


def test_json_has_every_field_and_says_unknown_where_nobody_knows(desk):
    desk.hold(k="2")
    shown = json.loads(desk.run("drift", "--format", "json", code=1).out)
    assert shown["schema_version"] == 1
    assert shown["changes"] == [
        {"kind": "variable", "name": "k", "what": "value", "waves": [], "who": "ann", "when": EDITS[0]["at"],
         "how": "cli_x"},
        {"kind": "variable", "name": "same", "what": "gone", "waves": [], "who": "unknown", "when": "unknown",
         "how": ""},
    ]  # fmt: skip


def test_drift_before_the_inventory(desk):
    (desk.root / "inventory.json").unlink()
    assert "fix: migrate inventory" in desk.run("drift", code=2).err


def test_a_transfer_of_what_drifted_carries_just_that_once(desk):
    desk.hold(k="2", same="s", new="n")
    assert "ann (cli_x)" in desk.run("inventory").err
    waiting = desk.root / "reports" / "drift.json"
    assert json.loads(waiting.read_text())["to_transfer"]["variables"] == ["k", "new"]
    desk.target.plays(
        {
            "*": answered({}),
            "sealing_key": answered(SEALING),
            "import_resources": answered({"variables": {"k": "replaced", "new": "created"}}),
        },
        stays=5,
    )
    desk.run("transfer", "--drifted", "--dry-run")
    assert waiting.exists()
    ran = desk.run("transfer", "--drifted")
    assert [line.split() for line in ran.out.splitlines()[2:]] == [
        ["variables", "k", "replaced"],
        ["variables", "new", "created"],
    ]
    policy, content = list(desk.imported())[-1]
    assert policy == "replace"
    assert {one["key"]: one["value"] for one in content["variables"]} == {"k": "2", "new": "n"}
    assert not waiting.exists()
    assert "nothing to transfer" in desk.run("transfer", "--drifted").err


def test_what_failed_waits_for_the_next_transfer(desk):
    desk.hold(k="2", same="s")
    desk.run("inventory")
    failed = {"variables": {"k": {"error": "no room"}}}
    desk.target.plays(
        {"sealing_key": answered(SEALING), "import_resources": answered(failed), "*": answered({})}, stays=5
    )
    assert "variables k: no room" in desk.run("transfer", "--drifted", code=3).err
    assert (desk.root / "reports" / "drift.json").exists()


def parity(slots, mark):
    shown = {
        "dags": {}, "broken_files": [], "connections": {},
        "variables": {"k": {"value": mark, "description": None}},
        "pools": {"p": {"slots": slots, "description": None}},
    }  # fmt: skip
    return {"*": answered({}), "sealing_key": answered(SEALING), "parity": answered(shown)}


def test_verify_is_silent_on_equals_and_names_what_differs(desk):
    desk.accept()
    desk.source.plays(parity(2, "m"))
    desk.target.plays(parity(2, "m"))
    desk.run("verify")
    record = json.loads((desk.root / "reports" / "verify.json").read_text())
    assert {one["verdict"] for one in record["objects"] if one["kind"] in {"variable", "pool"}} == {"equal"}
    desk.target.plays(parity(3, "other"))
    ran = desk.run("verify", code=1)
    assert "2 of " in ran.err
    shown = json.loads(desk.run("verify", "--format", "json", "-o", str(desk.root / "v.json"), code=1).out)
    assert shown == json.loads((desk.root / "v.json").read_text())
    different = {(one["kind"], one["name"]) for one in shown["objects"] if one["verdict"] == "different"}
    assert different == {("variable", "k"), ("pool", "p")}


def test_verify_takes_an_answer_for_a_difference(desk):
    desk.source.plays(parity(2, "m"))
    desk.target.plays(parity(3, "m"))
    desk.accept(**{"pool p": "wider on purpose"})
    ran = desk.run("verify")
    assert "wider on purpose" in (desk.root / "reports" / "verify.json").read_text()
    assert "differ" not in ran.err


def test_what_an_inventory_finds_while_the_transfer_runs_waits_too(desk, monkeypatch):
    desk.hold(k="2", same="s")
    desk.run("inventory")
    waiting = desk.root / "reports" / "drift.json"
    desk.target.plays(
        {
            "*": answered({}),
            "sealing_key": answered(SEALING),
            "import_resources": answered({"variables": {"k": "replaced"}}),
        },
        stays=5,
    )
    carried = transfer._transfer

    def meanwhile(*arguments):
        items = carried(*arguments)
        waiting.write_text(waiting.read_text().replace('"k"', '"k", "later"'))
        return items

    monkeypatch.setattr(transfer, "_transfer", meanwhile)
    assert "rewritten meanwhile" in desk.run("transfer", "--drifted").err
    assert "later" in waiting.read_text()
