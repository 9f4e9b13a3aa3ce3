"""A v1 that dies by SIGKILL in the middle of what it does, and a wave of each kind from the snapshot that is left."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil

from migrator.cutover.sides import observe
from migrator.lab import ending, estate, processes, state
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.lab import hardship
from tests.lab.journey import Journey, has_history, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab

POLICIES = ("continue", "rerun", "skip")
IN_V2 = '[ "$COMPOSER_ENVIRONMENT" = v2 ]'
HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.contrib.sensors.bash_sensor import BashSensor
IN_V2 = '{in_v2}'
dag = DAG("half_{kind}_{policy}", schedule_interval="@daily", start_date=datetime({start:%Y, %-m, %-d}), catchup=False,
          default_args={{"owner": "half"}})
a = BashOperator(task_id="a", bash_command="{a}", dag=dag)
"""
B = {
    "task": 'BashOperator(task_id="b", bash_command=IN_V2 + " || sleep 3600", dag=dag)',
    "between": 'BashOperator(task_id="b", bash_command="true", pool="narrow", dag=dag)',
    "retry": 'BashOperator(task_id="b", bash_command=IN_V2, retries=3, retry_delay=timedelta(hours=2), dag=dag)',
    "sensor": 'BashSensor(task_id="b", bash_command=IN_V2, poke_interval=5, dag=dag)',
    "resched": 'BashSensor(task_id="b", bash_command=IN_V2, poke_interval=7200, mode="reschedule", dag=dag)',
}
"""What each kind of DAG has behind its task ``a``: it ends in v2 only."""
AT_DEATH = {
    "task": {"running"},
    "between": {None, "none", "scheduled", "queued"},
    "retry": {"up_for_retry"},
    "sensor": {"running"},
    "resched": {"up_for_reschedule"},
}
HALF = tuple(f"half_{kind}_{policy}" for kind in B for policy in POLICIES)
HOLDER = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("half_holder", schedule_interval="@daily", start_date=datetime({start:%Y, %-m, %-d}), catchup=False,
          default_args={{"owner": "half"}})
BashOperator(task_id="b", bash_command='{in_v2} || sleep 3600', pool="narrow", priority_weight=100, dag=dag)
"""
"""It takes the only slot of the pool in v1, for good."""
POOL = """
from airflow import settings
from airflow.models import Pool
session = settings.Session()
session.add(Pool(pool="narrow", slots=1, description=""))
session.commit()
"""
DECIDED = """
[cutover.backlog]
runs_at_once = 200

[cutover.backlog.dags]
hard_cron = "run-latest"
hard_delta = "run-all"
hard_parent = "skip"

[cutover.backlog.half_done]
"half_*_continue" = "continue"
"half_*_skip" = "skip"
"half_*" = "rerun"
hard_child = "skip"
"*" = "rerun"
"""
RUNS = """
import json, sys
import psycopg2
found = []
for url in sys.argv[1:]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT dag_id, execution_date, run_id, state, conf FROM dag_run")
        found.append([
            [dag_id, date.isoformat(), state, b"carried_over" in bytes(conf or b"")]
            for dag_id, date, run_id, state, conf in cursor if run_id.startswith("scheduled__")
        ])
print(json.dumps(found))
"""


def files(now: datetime) -> dict[str, str]:
    """The DAGs that will be half done when v1 dies, beside those of the hardship."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    found = {"half_holder.py": HOLDER.format(start=start, in_v2=IN_V2)}
    for kind, b in B.items():
        first = "sleep 15" if kind == "between" else "true"
        for policy in POLICIES:
            head = HEAD.format(kind=kind, policy=policy, start=start, a=first, in_v2=IN_V2)
            found[f"half_{kind}_{policy}.py"] = f"{head}b = {b}\na >> b\n"
    return found | hardship.files()


def alive(lab: Lab, root: Path) -> Journey:
    """v1 at work, until each of its DAGs is where it is to die."""
    side = lab.source
    subprocess.run([str(side.python), "-c", POOL], env=side.env, cwd=side.home, check=True, capture_output=True)
    estate.load(lab, files(datetime.now(UTC)))
    write_workspace(lab, root, observe=1)
    wait_until(lambda: has_history(root, hardship.DAGS) and _half_done(root), 600)
    return Journey(root)


def _half_done(root: Path) -> bool:
    with connected(open_workspace(root)) as (source, _):
        view = observe(source.agent, HALF)
    left = []
    for name in HALF:
        tasks = [run.tasks for run in view[name].active]
        there = len(tasks) == 1 and tasks[0].get("a") == "success"
        if not there or tasks[0].get("b") not in AT_DEATH[name.split("_")[1]]:
            left.append((name, tasks))
    print(f"{datetime.now(UTC):%H:%M:%S} not half done yet: {left}", flush=True)
    return not left


def shot(lab: Lab) -> None:
    """End v1, with all that it runs, by SIGKILL; its database stays as it was at that moment."""
    current = state.read(lab.home)
    assert current is not None
    rows = [row for row in current.processes if row.name.startswith("v1-")]
    for _ in range(3):
        for process in list(processes.family(rows, None)):
            with suppress(psutil.Error):
                process.kill()


def dead(lab: Lab, root: Path) -> Path:
    """v1 is shot, and the snapshot is of the moment of its death; the workspace names no source any more."""
    shot(lab)
    snapshot = ending.saved(lab, root / "snapshots")
    ending.switch_off(lab.home, lab)
    name_no_source(lab, root)
    return snapshot


def name_no_source(lab: Lab, root: Path) -> None:
    """The workspace of a source that is gone: wave 0 has the DAGs of the hardship, wave 1 those that are half done."""
    pins = dict.fromkeys(hardship.DAGS, 0) | dict.fromkeys((*HALF, "half_holder"), 1)
    write_workspace(lab, root, observe=1, pins=pins, ended=True)
    with (root / "migrate.toml").open("a", encoding="utf-8") as config:
        config.write(DECIDED)


def prepare(journey: Journey, snapshot: Path) -> None:
    """Everything before the first wave, from the snapshot."""
    journey.run("inventory", "--from-snapshot", str(snapshot))
    journey.run("rewrite")
    journey.run("plan")
    journey.run("plan", "--backlog", name="backlog")
    journey.run("transfer", "--only", "pools")
    journey.run("deploy")


def twice(lab: Lab) -> set[tuple[str, str]]:
    """The scheduled runs that succeeded in v1 and that v2 made once more, by both databases as they are."""
    urls = [side.database_url.replace("+psycopg2", "") for side in lab.sides]
    command = [str(lab.target.python), "-c", RUNS, *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=lab.target.env)
    v1, v2 = json.loads(done.stdout)
    ours = {(dag_id, date) for dag_id, date, _, carried in v2 if not carried}
    return ours & {(dag_id, date) for dag_id, date, state, _ in v1 if state == "success"}
