"""One whole migration of the small estate, with everything that can go wrong on the way, and what was seen of it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.cutover.machine import State
from migrator.cutover.sides import observe, runs_adapter
from migrator.inventory.reach import reached
from migrator.lab import estate
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from migrator.lab.lab import Lab

BUSY = ("minute_report", "minute_catchup", "delta_ingest", "once_bootstrap", "long_running", "none_child")
MOVING = ("minute_report", "delta_ingest", "sensor_downstream", "none_child", "long_running", "kill_one", "kill_three")
"""v1 has to finish a run of these after the inventory, so that each side has something in the ledger."""
PINS = {"delta_ingest": 0, "long_running": 1, "kill_one": 2, "kill_two": 3, "kill_three": 4}
FIRST_KILL = "2"
KILLS = {FIRST_KILL: ("done", State.PAUSED), "3": ("intent", State.CARRIED_OVER), "4": ("intent", State.UNPAUSED)}
"""After which journal entry of which wave the process is killed: paused in v1; while carrying; while switching on."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One command as it ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"$ migrate {' '.join(self.arguments)}\nexit {self.code}\n{self.out}\n{self.err}"


@dataclass(slots=True)
class Journey:
    """The workspace of a migration, and every command that was run on it, by name."""

    root: Path
    ran: dict[str, Ran] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "migrator.cli", "--workspace", str(self.root), *arguments]

    def run(self, *arguments: str, code: int | None = 0, name: str = "") -> Ran:
        done = subprocess.run(
            self.command(*arguments), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        ran = Ran(arguments, done.returncode, done.stdout, done.stderr)
        self.ran[name or arguments[0]] = ran
        print(ran, flush=True)
        assert code is None or ran.code == code, str(ran)
        return ran

    def kill_when(self, reached: Callable[[], bool], *arguments: str) -> None:
        """Start a command, and end it with SIGKILL once ``reached``."""
        process = subprocess.Popen(self.command(*arguments), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 600
        while not reached():
            assert process.poll() is None, f"it ended with {process.returncode} before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL

    def has_event(self, wave: str, phase: str, state: State) -> bool:
        path = self.root / ".migrate" / "journal.db"
        if not path.exists():
            return False
        query = (
            "SELECT COUNT(*) FROM events JOIN attempts ON attempts.id = events.attempt WHERE wave = ? AND phase = ? "
            "AND state = ? AND direction = 'forward' AND ended IS NULL"
        )
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as db:
            try:
                return bool(db.execute(query, (int(wave), phase, state.name)).fetchone()[0])
            except sqlite3.OperationalError:
                return False

    def audit(self, name: str = "audit", code: int | None = None) -> dict[str, Any]:
        ran = self.run("audit", "--format", "json", name=name, code=code)
        found: dict[str, Any] = json.loads(ran.out)
        return found

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "plan.json").read_text("utf-8"))
        return found


def travel(lab: Lab, root: Path, *, back: bool) -> Journey:
    """Carry the small estate over: three kills, two at once, the audit. ``back``: the first wave goes both ways."""
    journey = Journey(root)
    estate.fill(lab, "small", print)
    write_workspace(lab, root, observe=15, pins=PINS)
    wait_until(lambda: has_history(root, BUSY), 420)
    prepare(journey)
    journey.run("cutover", "--wave", "0", "--dry-run", name="rehearsal")
    journey.seen["after rehearsal"] = paused(root)
    if not back:
        wait_until(lambda: has_history(root, MOVING, since=taken_at(root)), 300)
    journey.run("cutover", "--wave", "0", "--yes", name="forward")
    if back:
        there_and_back(journey)
    for wave in sorted(str(wave["number"]) for wave in journey.plan()["waves"] if wave["number"]):
        if wave == str(PINS["long_running"]):
            wait_until(lambda: in_flight(root, "long_running"), 180)
        cut_over(journey, wave)
    journey.seen["end"] = paused(root)
    wait_until(lambda: has_history(root, MOVING, since=taken_at(root), side=1), 300)
    journey.seen["audit"] = journey.audit()
    return journey


def there_and_back(journey: Journey) -> None:
    """The first wave back to v1, until v1 has run everything again, and forward once more."""
    root = journey.root
    journey.seen["forward"] = paused(root)
    journey.run("rollback", "--wave", "0", "--yes", name="back")
    journey.seen["back"] = paused(root)
    wait_until(lambda: has_history(root, MOVING, since=taken_at(root)), 300)
    journey.run("cutover", "--wave", "0", "--yes", name="forward again")


def prepare(journey: Journey) -> None:
    """Everything before the first wave."""
    for command in ("inventory", "rewrite", "plan", "transfer", "deploy"):
        journey.run(command)


def cut_over(journey: Journey, wave: str) -> None:
    """Cut a wave over; some are killed on the way and resumed, one meets a second cutover."""
    if wave not in KILLS:
        journey.run("cutover", "--wave", wave, "--yes", name=f"wave {wave}")
        return
    phase, state = KILLS[wave]

    def reached() -> bool:
        if wave == FIRST_KILL and "second" not in journey.ran and journey.has_event(wave, "intent", State.QUIESCING):
            journey.run("cutover", "--wave", "3", "--yes", name="second", code=None)
        return journey.has_event(wave, phase, state)

    journey.kill_when(reached, "cutover", "--wave", wave, "--yes")
    if wave == FIRST_KILL:
        journey.run("cutover", "--wave", "3", "--yes", name="while open", code=None)
    journey.run("resume", name=f"resume {wave}")


def paused(root: Path) -> dict[str, tuple[bool, bool]]:
    """Whether each DAG of the plan is paused, in v1 and in v2, as both databases say."""
    workspace = open_workspace(root)
    plan = json.loads(workspace.plan.read_text("utf-8"))
    ids = [dag["dag_id"] for wave in plan["waves"] for dag in wave["dags"]]
    with connected(workspace) as (source, target):
        here, there = observe(source.agent, ids), observe(target.agent, ids)
    return {dag_id: (here[dag_id].paused, there[dag_id].paused) for dag_id in ids}


def has_history(root: Path, dag_ids: tuple[str, ...], since: str = "2025-01-01T00:00:00+00:00", side: int = 0) -> bool:
    """Whether a side itself finished a run of each of these DAGs; none_child has triggered runs only."""
    with reached(open_workspace(root)) as sides:
        answer = sides[side].agent.call("runs", dag_ids=list(dag_ids), since=since)
    runs = runs_adapter().validate_python(answer.result["runs"])
    done = {run.dag_id for run in runs if run.state == "success" and not run.carried}
    return done >= set(dag_ids)


def taken_at(root: Path) -> str:
    """When the inventory was taken: the ledger begins there."""
    found: str = json.loads((root / "inventory.json").read_text("utf-8"))["captured_at"]
    return found


def in_flight(root: Path, dag_id: str) -> bool:
    """Whether a task of it is running in v1."""
    with connected(open_workspace(root)) as (source, _):
        active = observe(source.agent, [dag_id])[dag_id].active
    return any(state == "running" for run in active for state in run.tasks.values())


def wait_until(check: Callable[[], bool], seconds: float, every: float = 3) -> None:
    """Poll until it is so; AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)
