"""A desk between two environments of that estate: runs ``migrate``, and judges all that each command left."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyrage

from migrator.lab import composer_updates
from tests.hostile import checks, estate
from tests.hostile.texts import ALL, CANARY, NAMES, TEXTS
from tests.inventory.estates import dag_row
from tests.planted import estate as planted
from tests.planted.desk import Desk, parity
from tests.planted.estate import answered
from tests.workspace.users import Ran, migrate_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CODES = frozenset({0, 1, 2, 3, 4, 5, 6})
THEIRS = ("dags/", "plugins/", ".migrate/", "password")
"""The estate's own files, carried as they are; what only the tool reads; what the test wrote."""
BY_FORMAT: dict[str, Callable[[str], Iterable[str]]] = {
    "json": checks.in_json, "sarif": checks.in_sarif, "html": checks.in_html, "markdown": checks.in_markdown,
    "openmetrics": checks.in_openmetrics,
}  # fmt: skip


@dataclass
class HostileDesk(Desk):
    """``faults`` says what was more than text, by the command that left it."""

    faults: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """As the other desk, and then every answer is hostile."""
        super().begin()
        for side in (self.source, self.target):
            changed = {"airflowConfigOverrides": estate.overrides(), "envVariables": estate.env_variables()}
            composer_updates._path(side.side).write_text(json.dumps(changed))
        recipient = re.search(r"age1\w+", (self.root / ".migrate" / "identity.txt").read_text())
        assert recipient
        self.usual |= {
            "describe": answered(described(recipient[0])),
            "names": answered({"variables": list(TEXTS), "connections": list(TEXTS), "pools": list(TEXTS)}),
            "pause_if_idle": answered({one: {"paused": False, "reason": text} for one, text in _each()}),
            "runs": answered({"runs": runs()}),
            "parity": answered(parity_of()),
            "import_resources": answered({"variables": {one: {"error": one} for one in TEXTS if one}}),
        }
        self.play()

    def play(self, *, busy: bool = False, errors: bool = False, back: bool = False) -> None:
        """As the other desk, of this estate."""
        if self.failing or "describe" not in self.usual:
            return
        unpaused, paused = (self.target, self.source) if back else (self.source, self.target)
        unpaused.plays({**self.usual, "observe": answered(observed(active=busy))}, stays=200)
        paused.plays({**self.usual, "observe": answered(observed(paused=True, errors=errors))}, stays=200)

    def run(self, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
        """Run it, and judge its code, both streams and every file of the workspace that is new or another."""
        ran = migrate_here(self.root, *before, *arguments)
        command = " ".join((*before, *arguments))
        self.codes[command] = ran.code
        wrong = [f"it ended with {ran.code}"] if ran.code not in CODES else []
        if "Traceback (most" in ran.err and not before:
            wrong.append("a traceback")
        judge = next((BY_FORMAT[one] for one in arguments if one in BY_FORMAT), checks.on_terminal)
        wrong += judge(ran.out) if ran.out.strip() else []
        wrong += checks.on_terminal(ran.err)
        self.faults += [f"{command}: {ascii(one)[:600]}" for one in (*wrong, *self._files(), *self._ran())]
        return ran

    def _files(self) -> Iterable[str]:
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(THEIRS) or path.suffix == ".age" or path.is_symlink() or not path.is_file():
                continue
            if self.seen.get(path) != path.stat().st_mtime_ns:
                self.seen[path] = path.stat().st_mtime_ns
                self.count["files"] += 1
                yield from (f"{name}: {one}" for one in checks.in_file(path))

    def _ran(self) -> Iterable[str]:
        for path in self.root.parent.rglob(f"*{CANARY}"):
            if path.is_file() and not path.suffix:
                path.unlink()
                yield f"code of the estate ran: {path}"


def _each() -> Iterable[tuple[str, str]]:
    return ((one, TEXTS[number % len(TEXTS)]) for number, one in enumerate(estate.IDS))


def runs() -> list[dict[str, Any]]:
    """Runs whose ids are texts."""
    rows = planted.runs()
    for number, (row, text) in enumerate(zip(rows * 3, ALL, strict=False)):
        row |= {"run_id": f"{text} {number}", "dag_id": estate.IDS[number % len(estate.IDS)]}
    return rows


def described(recipient: str) -> dict[str, Any]:
    """What the agent answers to ``describe``."""
    opened = pyrage.encrypt(json.dumps(_secrets()).encode(), [pyrage.x25519.Recipient.from_str(recipient)])
    files = (
        "etl.py",
        "../../../evil.py",
        "/etc/evil.py",
        "--help.py",
        "a\nevilline.py",
        "<script>window.evil=1</script>",
    )
    texts = [one for one in ALL if one]
    return {
        "dags": [
            dag_row(one, file=files[n % len(files)] if n % 3 else "etl.py", description=text, owners=[text],
                    tags=[text], catchup=False, tasks=_tasks(n, text))
            for n, (one, text) in enumerate(_each())
        ],
        "broken_files": [{"file": text, "message": f"Traceback\n{text}"} for text in texts],
        "runs": [{key: value for key, value in run.items() if key != "tasks"} for run in runs()],
        "variables": [{"key": one, "fingerprint": "f", "size": 9, "description": one} for one in texts],
        "connections": [
            {"conn_id": one, "conn_type": one, "fingerprint": "f", "port": 1, "host": one, "schema": one, "login": one}
            for one in texts
        ],
        "pools": [{"name": one, "slots": 3, "description": one} for one in (*texts, *NAMES)],
        "sealed": base64.b64encode(opened).decode(),
        "warnings": list(ALL),
    }  # fmt: skip


def _secrets() -> dict[str, Any]:
    texts = [one for one in ALL if one]
    return {
        "fingerprint_key": "00",
        "variables": [{"key": one, "value": one, "description": one} for one in texts],
        "connections": [
            {"conn_id": one, **dict.fromkeys(planted.FIELDS, one), "port": 1, "extra": estate.DEEP} for one in texts
        ],
        "pools": [],
    }


def _tasks(number: int, text: str) -> list[dict[str, Any]]:
    other = estate.IDS[number - 1] if number > len(planted.IDS) else "gone"
    task = {"task_id": text or "t", "operator": text or "x.Y", "downstream": [text or "t"]}
    waits = {"kind": "waits_for", "dag_id": other, "task_id": text}
    return [task, task | {"task_id": "w", "reference": waits, "operator": "x.ExternalTaskSensor"}]


def observed(*, active: bool = False, errors: bool = False, paused: bool = False) -> dict[str, Any]:
    """What the agent answers to ``observe``, by the DAG."""
    found = planted.observed(active=True)
    one = next(iter(found.values()))
    running = one["active"][:1] if active else []
    return {
        dag_id: one | {
            "paused": paused, "import_error": text if errors else None, "task_ids": [text],
            "active": [run | {"dag_id": dag_id, "run_id": text, "tasks": {text: "running"}} for run in running],
        }
        for dag_id, text in _each()
    }  # fmt: skip


def parity_of() -> dict[str, Any]:
    """What an agent answers to ``parity``."""
    found = parity()
    row = found["dags"]["d01"]
    return found | {
        "dags": {
            dag_id: row | {"dag_id": dag_id, "description": text, "owners": [text], "settings": {text: text}}
            for dag_id, text in _each()
        },
        "broken_files": [{"file": text, "message": text} for text in TEXTS],
        "variables": {text: {"value": text, "description": text} for text in TEXTS},
        "pools": {text: {"slots": 1, "description": text} for text in TEXTS},
    }
