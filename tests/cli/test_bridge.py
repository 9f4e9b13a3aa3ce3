"""``migrate bridge`` as an operator meets it when something is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.inventory.store import fingerprint, save
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.plan import store
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan
from tests.cli.test_bad_input import CONFIG, Make, closed_port

if TYPE_CHECKING:
    from tests.cli.conftest import Project

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENSOR = Task("wait", "x.ExternalTaskSensor", reference=Reference(ReferenceKind.WAITS_FOR, "up", "load"))


def dag(dag_id: str, *tasks: Task) -> Dag:
    return Dag(dag_id, f"{dag_id}.py", Schedule(ScheduleKind.CRON, "0 0 * * *"), tasks=tasks)


def planned(make: Make, *, arrived: tuple[str, ...] = (), waits: bool = True) -> Project:
    """A workspace of two DAGs, of which these ``arrived`` in v2; its environments do not answer."""
    project = make({"migrate.toml": CONFIG.format(port=closed_port())})
    facts = EnvironmentFacts("projects/p/locations/l/environments/v1", "composer-1-airflow-1.10.15", "RUNNING", "b", "")
    dags = (dag("up"), dag("down", *([SENSOR] if waits else [])))
    inventory = Inventory(NOW, facts, "1.10.15", "3.8.18", dags)
    save(inventory, project.root / "inventory.json")
    store.save(plan(inventory, {}, PlanOptions("v1", "v2", fingerprint(inventory))), project.root / "plan.json")
    if arrived:
        journal = Journal(project.root / ".migrate" / "journal.db")
        attempt = journal.begin(1, Direction.FORWARD, arrived, NOW, "somebody")
        journal.write(attempt, NOW, "done", [(dag_id, State.OBSERVED, {}, "") for dag_id in arrived])
        journal.end(attempt, NOW, "moved")
        journal.close()
    return project


def test_without_a_plan_it_names_the_command_that_makes_one(project: Make) -> None:
    workspace = planned(project)
    (workspace.root / "plan.json").unlink()
    assert "fix: migrate plan" in workspace.run("bridge", "--once", code=2).stderr


def test_an_estate_that_is_not_split_needs_no_bridge(project: Make) -> None:
    assert "Nothing is split" in planned(project).run("bridge", "--once").stderr


def test_it_is_not_split_either_when_both_have_moved(project: Make) -> None:
    shown = planned(project, arrived=("up", "down")).run("bridge", "--once", "--format", "json")
    assert json.loads(shown.stdout) == {"schema_version": 1, "edges": []}


def test_an_estate_without_sensors_ends_the_loop_at_once(project: Make) -> None:
    assert "no sensor of the plan waits" in planned(project, waits=False).run("bridge").stderr


def test_one_pass_ends_with_the_error_when_nobody_answers(project: Make) -> None:
    shown = planned(project, arrived=("down",)).run("bridge", "--once", code=2).stderr
    assert "127.0.0.1" in shown
    assert "fix: " in shown


def test_the_loop_outlasts_an_outage_and_ends_when_asked(project: Make) -> None:
    root = planned(project, arrived=("down",)).root
    log = root / "bridge.log"
    with log.open("wb") as stream:
        command = [sys.executable, "-m", "migrator.cli", "bridge", "--every", "1"]
        process = subprocess.Popen(command, cwd=root, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while "bridge status=waiting again_in=" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()
    finally:
        process.kill()
    said = log.read_text()
    assert "again_in=1s" in said
    assert "status=stopped" in said
