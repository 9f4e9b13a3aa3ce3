"""A workspace between two environments that are full of secrets, and all that ``migrate`` leaves of them anywhere."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyrage

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.lab import composer_updates
from migrator.workspace.keys import create_identity
from tests.planted import estate
from tests.planted.estate import answered
from tests.planted.sightings import sightings
from tests.workspace.users import Ran, migrate_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrator.lab.model import Lab
    from tests.environments.stand_in import StandIn

KEY = pyrage.x25519.Identity.generate()
SEALED = ("secrets", ".auto.tfvars")
"""Files that hold secrets on purpose: ``secrets*.age``, and the values that Terraform is given when asked for."""
USERS_OWN = ("dags/source/", "plugins/source/", "dags/target/", "plugins/target/")
EXACT = (".migrate/journal.db",)
"""What a resume needs exactly; its owner alone may read it, and its copy in the bucket is searched."""
OWN_OBJECTS = ("dags/", "plugins/", "data/migrate/answers/")
"""The user's own objects of a bucket, and answers that the played agent leaves there."""


@dataclass
class Desk:
    """Runs ``migrate``; ``leaks`` gathers where a secret was seen, by the command after which it was."""

    root: Path
    lab: Lab
    source: StandIn
    target: StandIn
    rest: Any
    seen: dict[Path, int] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)
    objects: dict[str, str] = field(default_factory=dict)
    leaks: dict[str, list[str]] = field(default_factory=dict)
    failing: bool = False

    def begin(self) -> None:
        """The configuration, the settings that the Composer API answers, and the agents' usual answers."""
        self.root.mkdir()
        (self.root / "migrate.toml").write_text(self.config())
        for side in (self.source, self.target):
            changed = {"airflowConfigOverrides": estate.overrides(), "envVariables": estate.env_variables()}
            composer_updates._path(side.side).write_text(json.dumps(changed))
        recipient = create_identity(self.root / ".migrate" / "identity.txt")
        self.usual = {
            "*": answered({}),
            "describe": answered(estate.described(recipient)),
            "names": answered({"variables": [], "connections": [], "pools": ["default_pool"]}),
            "pause_if_idle": answered({one: {"paused": False, "reason": text} for one, text in _one_each()}),
            "runs": answered({"runs": estate.runs()}),
            "edits": answered({"edits": []}),
            "sealing_key": answered({"recipient": str(KEY.to_public())}),
            "parity": answered(parity()),
            "import_resources": answered(imported()),
        }
        self.play()
        self.source.upload(estate.FILES)

    def config(self) -> str:
        endpoints = f'api_endpoint = "{self.lab.api_endpoint}"\nstorage_endpoint = "{self.lab.gcs_endpoint}"\n'
        sides = "".join(
            f'[{name}]\nenvironment = "{side.side.environment}"\nchannel = "local"\n{endpoints}'
            f'[{name}.local]\nairflow = "{side.side.airflow}"\n'
            for name, side in (("source", self.source), ("target", self.target))
        )
        (self.root / "password").write_text("secret\n")
        return (
            f'{sides}[target.rest]\nurl = "{self.rest.url}"\nauth = "basic"\nuser = "admin"\n'
            'password_file = "password"\n'
            "[plan]\nbridge_waits = true\npins = { d00 = 1, d10 = 2 }\n"
            'callers = { "d*" = "people" }\n'
            "[cutover]\nmargin_seconds = 0\nsettle_seconds = 0\ndrain_timeout_seconds = 0.2\npoll_seconds = 0.1\n"
            "observe_seconds = 0.2\nverify = false\n"
            '[freshness.dags]\nd00 = "00:01"\n'
            + "".join(
                f'[fleet.{name}.source]\nenvironment = "{self.source.side.environment}"\nchannel = "api"\n{endpoints}'
                for name in ("a", "b")
            )
        )

    def play(self, *, busy: bool = False, errors: bool = False, back: bool = False) -> None:
        """Both agents answer as usual; ``busy``: manual runs are under way where the DAGs are unpaused.

        ``errors``: the other side can't load the files; ``back``: the DAGs are unpaused in the target.
        """
        if self.failing:
            return
        unpaused, paused = (self.target, self.source) if back else (self.source, self.target)
        unpaused.plays({**self.usual, "observe": answered(estate.observed(active=busy))}, stays=200)
        there = {"observe": answered(estate.observed(paused=True, errors=errors))}
        paused.plays({**self.usual, **there}, stays=200)

    def prepare(self) -> None:
        """What the commands need that go on from an inventory and a plan."""
        for command in ("inventory", "rewrite", "plan"):
            assert self.run(command).code == 0

    def reach(self, api: str) -> None:
        """From now on the Composer API is the one at that address."""
        self.failing = True
        path = self.root / "migrate.toml"
        path.write_text(path.read_text().replace(self.lab.api_endpoint, api))

    def fail(self, text: str) -> None:
        """Every answer of both agents is an error from now on."""
        self.failing = True
        for side in (self.source, self.target):
            side.plays({"*": estate.error(text)}, stays=200)

    def moved(self, *dag_ids: str) -> None:
        """As if a wave had moved these."""
        self._attempt(dag_ids, State.OBSERVED, {}, "moved")

    def under_way(self, *dag_ids: str) -> None:
        """As if a wave that moves these was interrupted while they drained."""
        facts = {"kept_paused": False, "quiescing_since": datetime.now(UTC).isoformat()}
        self._attempt(dag_ids, State.QUIESCING, facts, "")

    def _attempt(self, dag_ids: tuple[str, ...], state: State, facts: dict[str, Any], outcome: str) -> None:
        now = datetime.now(UTC)
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            attempt = journal.begin(1, Direction.FORWARD, dag_ids, now, "anna")
            journal.write(attempt, now, "done", [(one, state, facts, "") for one in dag_ids])
            if outcome:
                journal.end(attempt, now, outcome)

    def run(self, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
        """Run it, and look everywhere."""
        ran = migrate_here(self.root, *before, *arguments)
        command = " ".join((*before, *arguments))
        self.count += Counter(runs=1, streams=2)
        self._note(f"{command}: stdout", sightings(ran.out))
        self._note(f"{command}: stderr", sightings(ran.err))
        self._note(f"{command}: journal", self._notes())
        self.look(command)
        return ran

    def _notes(self) -> list[str]:
        """Secrets in what the journal holds for people: it is exact in what a resume needs, and in nothing else."""
        path = self.root / ".migrate" / "journal.db"
        if not path.is_file():
            return []
        with closing(sqlite3.connect(path)) as found:
            rows = [*found.execute("SELECT note FROM events"), *found.execute("SELECT reason FROM acts")]
        return [one for (text,) in rows for one in sightings(text or "")]

    def look(self, command: str) -> None:
        """Look into each file of the workspace that is new or another, and into each object of both buckets."""
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_file() and not _on_purpose(name) and self.seen.get(path) != path.stat().st_mtime_ns:
                self.seen[path] = path.stat().st_mtime_ns
                self.count["files"] += 1
                self._note(f"{command}: {name}", sightings(path.read_bytes()))
        for side in (self.source, self.target):
            with closing(GcsBucket(side.side.bucket, "lab", Endpoint(self.lab.gcs_endpoint))) as bucket:
                for one in bucket.files(""):
                    if not one.path.startswith(OWN_OBJECTS) and self.objects.get(one.path) != one.md5:
                        self.objects[one.path] = one.md5
                        self.count["objects"] += 1
                        self._note(f"{command}: gs://{side.side.name}/{one.path}", _of_object(bucket, one.path))

    def _note(self, where: str, found: list[str]) -> None:
        if found:
            self.leaks[where] = found

    def open_to_others(self) -> list[str]:
        """What holds secrets on purpose and is not its owner's alone."""
        return [
            one.name
            for one in self.root.rglob("*")
            if one.is_file()
            and _on_purpose(one.relative_to(self.root).as_posix())
            and not one.relative_to(self.root).as_posix().startswith(USERS_OWN)
            and stat.S_IMODE(one.stat().st_mode) != 0o600
        ]


def _of_object(bucket: GcsBucket, path: str) -> list[str]:
    with contextlib.suppress(Exception):
        return sightings(bucket.read(path) or b"")
    return []


def _on_purpose(name: str) -> bool:
    last = name.rpartition("/")[2]
    sealed = last.startswith(SEALED[0]) and last.endswith(".age")
    return sealed or last.endswith(SEALED[1]) or name.startswith((*USERS_OWN, *EXACT))


def _one_each() -> zip[tuple[str, str]]:
    return zip(estate.IDS, estate.chunks(estate.texts()), strict=True)


def parity() -> dict[str, Any]:
    """What an agent answers to ``parity``: texts of its own in each part."""
    texts = iter(estate.texts() * 3)
    return {
        "dags": {
            dag_id: {
                **estate.dag_row(
                    dag_id, file="etl.py", description=next(texts), owners=[next(texts)], tasks=_tasks(texts)
                ),
                "settings": {"doc_md": next(texts), "params": next(texts)},
                "rendered_for": estate.NOW.isoformat(),
            }
            if number
            else {"error": next(texts)}
            for number, dag_id in enumerate(estate.IDS)
        },
        "broken_files": [{"file": f"bad{n}.py", "message": next(texts)} for n in range(30)],
        "variables": {f"v{n}": {"value": f"m{n}", "description": next(texts)} for n in range(60)},
        "connections": {},
        "pools": {f"p{n}": {"slots": n, "description": next(texts)} for n in range(60)},
        "users": {},
    }


def _tasks(texts: Iterator[str]) -> list[dict[str, Any]]:
    settings = {"doc_md": next(texts), "env": next(texts), "email": [next(texts)]}
    fields = {"bash_command": {"mark": next(texts), "variables": [next(texts)], "dates": []}, "env": {"left_out": "x"}}
    task = {"task_id": "t", "operator": "airflow.operators.bash.BashOperator", "pool": next(texts), "queue": "default"}
    more = {"trigger_rule": "all_success", "retries": 0, "depends_on_past": False, "wait_for_downstream": False}
    return [{**task, **more, "downstream": [], "settings": settings, "fields": fields}]


def imported() -> dict[str, Any]:
    """What an agent answers to ``import_resources``: every item failed, and says why."""
    return {"variables": {f"v{n}": {"error": text} for n, text in enumerate(estate.texts())}}
