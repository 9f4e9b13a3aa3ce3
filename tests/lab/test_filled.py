"""Runs that a rollback fills into 1.10 hold max_active_runs: what comes due meanwhile is run too, or told."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.machine import State
from migrator.cutover.sides import runs_adapter
from migrator.lab import estate
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.lab.hardship import Hardship
from tests.lab.journey import Journey, has_history, prepare, taken_at, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

HELD = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("held", schedule_interval="* * * * *", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1)
BashOperator(task_id="work", bash_command="sleep 25", dag=dag)
"""
MINUTE = timedelta(minutes=1)
OFF = 250
"""For so many seconds it is off on both sides: some four intervals come due, which are filled."""


def runs(root: Path, side: int) -> list[Any]:
    with connected(open_workspace(root)) as sides:
        answer = sides[side].agent.call("runs", dag_ids=["held"], since=taken_at(root))
    return sorted(runs_adapter().validate_python(answer.result["runs"]), key=lambda run: run.logical_date)


def test_what_comes_due_while_filled_runs_hold_the_dag_is_run(lab: Lab, tmp_path: Path) -> None:
    hardship = Hardship(lab, journey := Journey(tmp_path))
    estate.load(lab, {"held.py": HELD})
    write_workspace(lab, tmp_path, observe=900, pins={"held": 0})
    wait_until(lambda: has_history(tmp_path, ("held",)), 300)
    prepare(journey)
    journey.run("cutover", "--wave", "0", "--yes")
    wait_until(lambda: has_history(tmp_path, ("held",), since=taken_at(tmp_path), side=1), 300)
    journey.kill_when(lambda: hardship.has("done", State.WATERMARKED), "rollback", "--wave", "0", "--yes")
    time.sleep(OFF)
    journey.run("resume", code=None)
    went_on = datetime.now().astimezone()
    wait_until(lambda: any(run.finished and run.interval_end > went_on + 4 * MINUTE for run in runs(tmp_path, 0)), 600)
    found = journey.audit()["dags"][0]
    for run in runs(tmp_path, 0):
        print(f"{run.logical_date:%H:%M:%S} {run.state} {run.started}..{run.ended}", flush=True)
    print(found, flush=True)
    assert (found["duplicates"], found["gaps"], found["extras"], found["skipped_by_v1"]) == ([], [], [], []), found
    assert found["by_v1"] > OFF // 60, found
