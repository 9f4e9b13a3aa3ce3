"""A few DAGs of every kind that go to v2 and back again and again, while processes, connections and servers fail."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.cutover.journal import Journal
from migrator.cutover.whereabouts import on_target
from migrator.lab import estate
from migrator.lab.workspace import write_workspace
from tests.lab.journey import Journey, Ran, has_history, prepare, taken_at, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.cutover.machine import State
    from migrator.lab.lab import Lab

MORTAL = Path(__file__).with_name("mortal.py")
ONLOOKER = Path(__file__).with_name("onlooker.py")
HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dagrun_operator import TriggerDagRunOperator
"""
ONE = """
dag = DAG("{name}", schedule_interval={schedule}, start_date=datetime({start}), catchup={catchup}, max_active_runs=1,
          default_args={{"owner": "hardship", "depends_on_past": {past}}})
work = BashOperator(task_id="work", bash_command="sleep 1", dag=dag)
"""
ASK = """
ask = TriggerDagRunOperator(task_id="ask", trigger_dag_id="hard_child", dag=dag)
work >> ask
"""
EVERY_TWO = '"*/2 * * * *"'
TIMED = ("hard_cron", "hard_delta", "hard_eager", "hard_parent")
DAGS = (*TIMED, "hard_child")


def files() -> dict[str, str]:
    """One DAG a file: cron, timedelta, catchup with depends_on_past, and one that triggers another."""
    from datetime import UTC, datetime, timedelta

    recent = f"{datetime.now(UTC) - timedelta(minutes=6):%Y, %-m, %-d, %-H, %-M}"
    old = "2026, 1, 1"
    rows = {
        "hard_cron": (EVERY_TWO, old, False, False),
        "hard_delta": ("timedelta(minutes=2)", old, False, False),
        "hard_eager": (EVERY_TWO, recent, True, True),
        "hard_parent": (EVERY_TWO, old, False, False),
        "hard_child": ("None", old, False, False),
    }
    found = {}
    for name, (schedule, start, catchup, past) in rows.items():
        text = ONE.format(name=name, schedule=schedule, start=start, catchup=catchup, past=past)
        found[f"{name}.py"] = HEAD + text + (ASK if name == "hard_parent" else "")
    return found


@dataclass(slots=True)
class Hardship:
    """The journey of that wave; ``there``: whether it is in v2 now."""

    lab: Lab
    journey: Journey
    points: dict[str, list[str]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.journey.root

    @property
    def there(self) -> bool:
        """Whether the journal says that the whole wave is v2's."""
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            return on_target(journal).keys() >= {*DAGS}

    @property
    def here(self) -> bool:
        """Whether nothing of it is v2's."""
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            return on_target(journal).keys().isdisjoint(DAGS)

    def arrived(self, *, forward: bool) -> bool:
        """Whether the whole wave is where it was to go, and nothing is left open."""
        return (self.there if forward else self.here) and self.command(forward=forward) != ("resume",)

    def has(self, phase: str, state: State) -> bool:
        """Whether the open attempt has such an entry."""
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            attempt = journal.open_attempt()
            events = journal.events(attempt) if attempt else []
        return any((event[3], event[2]) == (phase, state) for event in events)

    def command(self, *, forward: bool) -> tuple[str, ...]:
        """What an operator types now on the way there or back: to begin, or to go on."""
        with closing(Journal(self.root / ".migrate" / "journal.db")) as journal:
            begun = journal.open_attempt() is not None
        return ("resume",) if begun else ("cutover" if forward else "rollback", "--wave", "0", "--yes")

    def mortal(self, *arguments: str, **env: str) -> Ran:
        """A command by the launcher, with what the launcher is told in its environment."""
        command = [sys.executable, str(MORTAL), "--workspace", str(self.root), *arguments]
        more = {f"MIGRATE_{key.upper()}": value for key, value in env.items()}
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                              env={**os.environ, **more})  # fmt: skip
        return Ran(arguments, done.returncode, done.stdout, done.stderr)

    def settle(self) -> dict[str, Any]:
        """The ledger, once each side that is on has run every DAG that time drives since the last leg."""
        from datetime import UTC, datetime

        now, side = datetime.now(UTC).isoformat(), int(self.there)
        wait_until(lambda: has_history(self.root, TIMED, since=now, side=side), 420)
        return self.journey.audit()


def begin(lab: Lab, root: Path) -> Hardship:
    """v1 at work with the DAGs, v2 with their files, the wave planned."""
    journey = Journey(root)
    estate.load(lab, files())
    write_workspace(lab, root, observe=1, pins=dict.fromkeys(DAGS, 0))
    wait_until(lambda: has_history(root, DAGS), 300)
    prepare(journey)
    wait_until(lambda: has_history(root, TIMED, since=taken_at(root)), 300)
    return Hardship(lab, journey)


@contextmanager
def never_on_in_both(lab: Lab) -> Iterator[list[str]]:
    """Looks into both databases ten times a second while the block runs; what it saw is in the list afterwards."""
    urls = [side.database_url.replace("+psycopg2", "") for side in lab.sides]
    command = [str(lab.target.python), str(ONLOOKER), *urls, "hard_%"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen: list[str] = []
    try:
        yield seen
    finally:
        out, _ = process.communicate("", timeout=60)
        seen += out.splitlines()
        print(seen, flush=True)
