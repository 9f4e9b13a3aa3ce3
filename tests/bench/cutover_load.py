"""One wave of the whole estate of 220 DAGs, beside pausing and unpausing by one command a DAG, in one run.

The history of v1 is written, not run: the newest due interval of each DAG as a finished run. All else is real: both
Airflows with their schedulers, the bucket, the Composer API. Times come from the journal: of a pause and an unpause
the moment in its transaction, of all else when the answer was there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cutover.machine import State, groups
from migrator.cutover.sides import observe
from migrator.lab import estate, lab
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.lab.lab import Lab

SAMPLE = 6
"""How many DAGs are paused and unpaused by commands; the time of one does not depend on how many there are."""

WAITED = "SELECT DISTINCT dag_id FROM events WHERE phase = 'waiting' AND state = ? AND note NOT LIKE ?"

HISTORY = """
import sys
from datetime import timedelta
from airflow.models import DagBag, DagModel
from airflow.utils import timezone
from airflow.utils.db import create_session
from airflow.utils.state import State
now = timezone.utcnow()
bag = DagBag(sys.argv[1], include_examples=False)
for dag in bag.dags.values():
    dag.sync_to_db()
    schedule = dag.schedule_interval
    if isinstance(schedule, timedelta):
        start = min(task.start_date for task in dag.tasks)
        date = start + schedule * (int((now - start).total_seconds() // schedule.total_seconds()) - 1)
    elif schedule == "@once":
        date = min(task.start_date for task in dag.tasks)
    elif schedule is None:
        date = None
    else:
        date = dag.previous_schedule(dag.previous_schedule(now))
    if date is not None:
        run = dag.create_dagrun("scheduled__" + date.isoformat(), State.SUCCESS, execution_date=date, start_date=now)
        run.verify_integrity()
        with create_session() as session:
            for instance in run.get_task_instances():
                instance.set_state(State.SUCCESS)
with create_session() as session:
    session.query(DagModel).update({"is_paused": False})
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dags", type=int, default=220)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        running = lab.up(folder / "lab", quiet)
        prepare(running, folder, options.dags)
        begun = time.perf_counter()
        command(folder, "cutover", "--wave", "1", "--yes")
        report(folder, time.perf_counter() - begun)
        one_by_one(running, options.dags)
    finally:
        lab.reset(folder / "lab", quiet)
        shutil.rmtree(folder)


def prepare(running: Lab, folder: Path, count: int) -> None:
    """Both sides full of DAGs, v1 with a history, all of them in wave 1."""
    for path, text in estate.full(count).items():
        (folder / "early" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "early" / path).write_text(text)
    done = subprocess.run([str(running.source.python), "-c", HISTORY, str(folder / "early")], env=running.source.env,
                          check=False, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    estate.seed(running)
    estate.load(running, estate.full(count))
    time.sleep(20)
    write_workspace(running, folder, observe=1, pins={Path(path).stem: 1 for path in estate.full(count)})
    for step in ("inventory", "rewrite", "plan", "transfer", "deploy"):
        command(folder, step)
    ids = [dag["dag_id"] for wave in json.loads((folder / "plan.json").read_text())["waves"] for dag in wave["dags"]]
    print(f"{len(ids)} DAGs in one wave", flush=True)
    with connected(open_workspace(folder)) as sides:
        while any(len(observe(side.agent, ids).dags) < len(ids) for side in sides):
            time.sleep(5)


def report(folder: Path, taken: float) -> None:
    """What the journal says of each DAG."""
    with closing(sqlite3.connect(folder / ".migrate" / "journal.db")) as db:
        rows = db.execute("SELECT dag_id, state, at, facts FROM events WHERE phase = 'done' ORDER BY id").fetchall()
        busy = {dag_id for (dag_id,) in db.execute(WAITED, (State.QUIESCING.name, "its turn %"))}
    at: dict[str, dict[State, datetime]] = {}
    for dag_id, name, moment, facts in rows:
        state = State[name]
        itself = json.loads(facts).get({State.PAUSED: "paused_at", State.UNPAUSED: "switched_at"}.get(state, ""))
        at.setdefault(dag_id, {})[state] = datetime.fromisoformat(itself or moment)
    drained = {
        dag_id: max(at[member][State.DRAINED] for member in group) for group in tied(folder, at) for dag_id in group
    }
    there = {dag_id: one for dag_id, one in at.items() if State.UNPAUSED in one}
    off = [(one[State.UNPAUSED] - one[State.PAUSED]).total_seconds() for one in there.values()]
    moved = [(one[State.UNPAUSED] - drained[dag_id]).total_seconds() for dag_id, one in there.items()]
    begun = min(one[State.PLANNED] for one in at.values())
    late = {dag_id for group in tied(folder, at) if group & busy for dag_id in group}
    for name, ids in (("the last DAG", there), ("the last that had no run to end first", there.keys() - late)):
        wave = (max(there[dag_id][State.UNPAUSED] for dag_id in ids) - begun).total_seconds()
        print(
            f"from the first look until {name} is on in v2: {wave:.1f} s, {len(ids)} DAGs, {wave / len(ids):.2f} s each"
        )
    print(f"the whole command, with watching the first runs: {taken:.1f} s")
    print(f"paused in v1 to on in v2: median {statistics.median(off):.1f} s, p95 {p95(off):.1f} s")
    print("of it after the drain of the DAG and of those that move in step with it: "
          f"median {statistics.median(moved):.1f} s, p95 {p95(moved):.1f} s", flush=True)  # fmt: skip


def tied(folder: Path, dag_ids: Iterable[str]) -> tuple[frozenset[str], ...]:
    """The DAGs in the groups that move in step, by the plan."""
    edges = json.loads((folder / "plan.json").read_text())["edges"]
    return groups(dag_ids, [(edge["source"], edge["target"]) for edge in edges if edge["strength"] != "soft"])


def p95(values: list[float]) -> float:
    """The value that 95 in 100 do not pass."""
    return statistics.quantiles(values, n=20)[-1]


def one_by_one(running: Lab, count: int) -> None:
    """Pause in v1 and unpause in v2 by a ``gcloud composer environments run`` each, as Google's script does.

    The lab's plays only what that costs at the least: its wait for the bucket's mount and the ``airflow`` command.
    """
    times = []
    for number in range(SAMPLE):
        begun = time.perf_counter()
        for side, words in ((running.source, ["pause"]), (running.target, ["dags", "unpause"])):
            where = [side.environment.rpartition("/")[2], "--project=lab", "--location=local"]
            gcloud = [str(running.gcloud), "composer", "environments", "run", *where, *words, "--"]
            done = subprocess.run([*gcloud, f"estate_{number:03d}"], check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr[-1000:]
        times.append(time.perf_counter() - begun)
    each = statistics.median(times)
    print(f"by gcloud commands: {each:.1f} s a DAG (median of {SAMPLE}), {each * count:.0f} s for {count}")


def command(folder: Path, *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "migrator.cli", "--workspace", str(folder), *words],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def quiet(_: str) -> None:
    """The lab's own story is not wanted here."""


if __name__ == "__main__":
    main()
