"""``migrate deploy`` and its undo as a person runs them, on a real bucket and a real Composer API server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.inventory import store
from migrator.transfer.parse import Patience
from tests.environments.servers import scripted
from tests.transfer.targets import NOW, inventory
from tests.workspace.users import configure, migrate_here


class Desk:
    """A workspace whose target shows every DAG parsed anew at each look; ``on``: those that are not paused."""

    def __init__(self, root, lab, url):
        self.root, self.on, self.clock = root, set(), NOW
        configure(root, lab, rest=url)
        store.save(inventory({"a": "a.py", "b": "b.py"}), root / "inventory.json")
        self.bucket = GcsBucket(lab.target.bucket, "lab", Endpoint(lab.gcs_endpoint))
        self.write(a="a = 1", b="b = 1")

    def write(self, **files):
        for name, text in files.items():
            path = self.root / "dags" / "target" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def rest(self, _method, path, _body):
        if "importErrors" in path:
            return 200, {"import_errors": [], "total_entries": 0}
        self.clock += timedelta(minutes=1)
        parsed = self.clock.isoformat()
        rows = [
            {"dag_id": dag_id, "is_paused": dag_id not in self.on, "last_parsed_time": parsed} for dag_id in ("a", "b")
        ]
        return 200, {"dags": rows, "total_entries": 2}

    def run(self, *arguments, code=0):
        return migrate_here(self.root, "deploy", *arguments).ended(code)

    def close(self):
        self.bucket.close()

    @property
    def dags(self):
        return {file.path: self.bucket.read(file.path) for file in self.bucket.files("dags/")}


@pytest.fixture
def desk(composer, tmp_path, monkeypatch):
    monkeypatch.setattr("migrator.transfer.parse.Patience", partial(Patience, poll=0.02))
    lab, _, _ = composer
    with scripted(lambda *_: (500, {})) as server, closing(Desk(tmp_path / "ws", lab, server.url)) as made:
        server.answer = made.rest
        yield made


def test_a_deploy_is_shown_done_and_undone(desk):
    desk.run()
    desk.write(a="a = 2", new="n = 1")
    desk.run()
    shown = desk.run("--undo", "--dry-run")
    assert [line.split() for line in shown.out.splitlines()[2:]] == [
        ["dags/a.py", "restore"],
        ["dags/new.py", "delete"],
    ]
    assert desk.dags["dags/a.py"] == b"a = 2"
    assert desk.run("--undo").out == shown.out
    assert desk.dags == {"dags/a.py": b"a = 1", "dags/b.py": b"b = 1"}
    record = json.loads((desk.root / "reports" / "deploy-undo.json").read_text())
    assert record["changes"] == [
        {"object": "dags/a.py", "undo": "restore"},
        {"object": "dags/new.py", "undo": "delete"},
    ]
    again = desk.run("--undo")
    assert "was undone already" in again.err
    assert again.out == ""


def test_what_somebody_changed_since_is_named_with_exit_3_and_the_rest_is_undone(desk):
    desk.run()
    desk.bucket.write("dags/a.py", b"their fix")
    ran = desk.run("--undo", code=3)
    assert "dags/a.py: somebody changed it since" in ran.err
    assert "fix: look at each; to undo those too, whoever changed them: migrate deploy --undo --overwrite" in ran.err
    assert desk.dags == {"dags/a.py": b"their fix"}


def test_nothing_to_undo_and_a_part_of_it_are_refused(desk):
    assert "there is nothing to undo" in desk.run("--undo", code=4).err
    assert "--undo and --wave exclude each other" in desk.run("--undo", "--wave", "1", code=2).err


def test_a_dag_that_is_on_is_named_and_nothing_changes_unless_asked(desk):
    desk.run()
    desk.on = {"a"}
    refused = desk.run("--undo", code=4)
    assert "a is unpaused" in refused.err
    assert "migrate rollback" in refused.err
    assert set(desk.dags) == {"dags/a.py", "dags/b.py"}
    desk.run("--undo", "--live")
    assert desk.dags == {}


@pytest.mark.parametrize(("state", "ended", "why"), [
    (State.OBSERVED, "moved", "b was cut over in wave 1"),
    (State.CARRIED_OVER, "", "b is being moved by wave 1"),
    (State.BACKED_OUT, "failed", ""),
])  # fmt: skip
@pytest.mark.parametrize("where", ["workspace", "bucket"])
def test_a_dag_that_a_cutover_took_there_is_named_though_it_is_paused(desk, state, ended, why, where):
    desk.run()
    with closing(Journal(desk.root / ".migrate" / "journal.db")) as journal:
        attempt = journal.begin(1, Direction.FORWARD, ["b"], NOW, "anna")
        journal.write(attempt, NOW, "done", [("b", state, {}, "")])
        if ended:
            journal.end(attempt, NOW, ended)
        desk.bucket.write("data/migrate/journal.db", journal.snapshot())
    if where == "bucket":
        (desk.root / ".migrate" / "journal.db").unlink()
    assert why in desk.run("--undo", code=4 if why else 0).err
    assert bool(desk.dags) is bool(why)


def test_a_deploy_that_was_killed_is_undone(desk):
    desk.run()
    before = desk.dags
    desk.write(**{f"m{number}": f"m = {number}" for number in range(60)}, a="a = 2")
    command = [sys.executable, "-m", "migrator.cli", "-w", str(desk.root), "deploy"]
    dying = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ)
    for line in dying.stderr:
        if line.startswith("new"):
            dying.kill()
            break
    assert dying.wait(10) == -9
    dying.stderr.close()
    assert 2 < len(desk.dags) < 62
    assert "was interrupted" in desk.run("--undo").err
    assert desk.dags == before
    desk.run()
    assert len(desk.dags) == 62
