"""Sensors on the real Airflows, split from what they wait for in both directions: they stay in step by the bridge."""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.sides import runs_adapter
from migrator.lab import estate
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.lab.journey import Journey, has_history, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab.lab import Lab
    from migrator.model.run import Run

pytestmark = [pytest.mark.lab, pytest.mark.soak]

INTERVALS = 10
HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor
dag = DAG("{name}", schedule_interval="* * * * *", start_date=datetime(2026, 1, 1), catchup=False,
          default_args={{"owner": "bridge"}})
work = BashOperator(task_id="work", bash_command="{command}", dag=dag)
"""
WAIT = """
ExternalTaskSensor(task_id="wait_{upstream}{suffix}", external_dag_id="{upstream}", {more}poke_interval=3, timeout=240,
                   dag=dag) >> work
"""
UPSTREAMS = {"east_up": "sleep 1", "west_up": "sleep 1", "west_bad": "exit 1"}
TASK, WHOLE = 'external_task_id="work", ', ""
EARLIER = 'external_task_id="work", execution_delta=timedelta(minutes=1), '
FAILED = 'external_task_id="work", allowed_states=["failed"], '
CONSUMERS = {
    "east_down": (("east_up", "", TASK), ("east_up", "_before", EARLIER)),
    "west_down": (("west_up", "", WHOLE), ("west_up", "_before", EARLIER), ("west_bad", "", FAILED)),
}
MOVED = ("east_up", "west_down")
MIRRORED = {"east_up": (1, 0), "west_up": (0, 1), "west_bad": (0, 1)}
"""From which side to which the runs of each upstream are mirrored."""


def files() -> dict[str, str]:
    found = {f"{name}.py": HEAD.format(name=name, command=command) for name, command in UPSTREAMS.items()}
    for name, waits in CONSUMERS.items():
        text = HEAD.format(name=name, command="sleep 1")
        text += "".join(WAIT.format(upstream=up, suffix=suffix, more=more) for up, suffix, more in waits)
        found[f"{name}.py"] = text
    return found


def split_plan(root: Path) -> None:
    """Wave 0 takes the upstream of one pair and the consumer of the other, so that both directions need a bridge."""
    plan = json.loads((root / "plan.json").read_text("utf-8"))
    dags = [dag for wave in plan["waves"] for dag in wave["dags"]]
    first = plan["waves"][0]
    plan["waves"] = [
        {
            **first,
            "number": number,
            "title": f"wave {number}",
            "dags": [d for d in dags if (d["dag_id"] in MOVED) == own],
        }
        for number, own in enumerate((True, False))
    ]
    for edge in plan["edges"]:
        edge["bridge"] = "migrate bridge" if edge["kind"] == "waits_for" else ""
    (root / "plan.json").write_text(json.dumps(plan), "utf-8")


class Process:
    """``migrate bridge`` in the background, with what it said."""

    def __init__(self, journey: Journey, name: str) -> None:
        self.path = journey.root / f"{name}.log"
        with self.path.open("wb") as log:
            command = journey.command("bridge", "--every", "5")
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def end(self, number: int) -> int:
        os.kill(self.process.pid, number)
        code = self.process.wait(180)
        print(f"--- {self.path.name}: ended with {code}\n{self.path.read_text()}", flush=True)
        return code


def all_runs(root: Path) -> tuple[list[Run], list[Run]]:
    found = []
    with connected(open_workspace(root)) as sides:
        for side in sides:
            answer = side.agent.call("runs", dag_ids=[*UPSTREAMS, *CONSUMERS], since="2026-01-01T00:00:00+00:00")
            found.append(list(runs_adapter().validate_python(answer.result["runs"])))
    return found[0], found[1]


def done_since(root: Path, since: datetime) -> dict[str, int]:
    """How many intervals that began after ``since`` each consumer has run, where it is now."""
    v1, v2 = all_runs(root)
    own = [r for r in [*v1, *v2] if not r.carried and r.state == "success" and r.logical_date >= since]
    return {name: sum(r.dag_id == name for r in own) for name in CONSUMERS}


@pytest.fixture(scope="module")
def journey(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    root = tmp_path_factory.mktemp("bridge")
    journey = Journey(root)
    estate.load(lab, files())
    write_workspace(lab, root, observe=1)
    wait_until(lambda: has_history(root, ("east_down",)), 420)
    for command in ("inventory", "rewrite", "plan", "deploy"):
        journey.run(command)
    split_plan(root)
    journey.run("bridge", "--once", name="nothing split")
    bridge = Process(journey, "bridge-1")
    try:
        journey.run("cutover", "--wave", "0", "--yes", name="split")
        since = datetime.now(UTC)
        half, whole = INTERVALS // 2, INTERVALS
        wait_until(lambda: min(done_since(root, since).values()) >= half, 900)
        journey.seen["killed"] = bridge.end(signal.SIGKILL)
        time.sleep(75)
        bridge = Process(journey, "bridge-2")
        wait_until(lambda: min(done_since(root, since).values()) >= whole, 900)
        journey.seen["intervals"] = done_since(root, since)
        journey.seen["runs"] = all_runs(root)
        tell(journey)
        journey.run("bridge", "--once", "--format", "json", name="once")
        journey.seen["audit split"] = journey.audit("audit split")
        journey.run("cutover", "--wave", "1", "--yes", name="joined")
        joined = datetime.now(UTC)
        wait_until(lambda: min(done_since(root, joined).values()) >= 1, 300)
    finally:
        journey.seen["ended"] = bridge.end(signal.SIGINT)
    journey.seen["audit"] = journey.audit()
    return journey


def figures(journey: Journey) -> dict[str, list[float]]:
    """Seconds from the end of each upstream run to its mirror, by DAG."""
    sides = journey.seen["runs"]
    found: dict[str, list[float]] = {}
    for name, (origin, twin) in MIRRORED.items():
        ended = {r.logical_date: r.ended for r in sides[origin] if r.dag_id == name and not r.carried and r.ended}
        mirrors = [r for r in sides[twin] if r.dag_id == name and r.carried and r.logical_date in ended]
        found[name] = [(r.ended - ended[r.logical_date]).total_seconds() for r in mirrors if r.ended]
    return found


def tell(journey: Journey) -> None:
    print(f"intervals served after the split: {journey.seen['intervals']}", flush=True)
    for name, seconds in figures(journey).items():
        late = f"median {statistics.median(seconds):.1f} s, max {max(seconds):.1f} s" if seconds else ""
        print(f"{name}: {len(seconds)} runs mirrored, {late} after their end (75 s without a bridge)", flush=True)


def test_consumers_stay_in_step_in_both_directions(journey: Journey) -> None:
    assert min(journey.seen["intervals"].values()) >= INTERVALS
    assert all(len(seconds) >= INTERVALS for seconds in figures(journey).values())


@pytest.mark.parametrize("when", ["audit split", "audit"])
def test_no_interval_ran_twice_and_none_is_missing(journey: Journey, when: str) -> None:
    found = journey.seen[when]
    print(when, found["summary"])
    problems = {dag["dag_id"]: (dag["duplicates"], dag["gaps"]) for dag in found["dags"]}
    assert {name: one for name, one in problems.items() if any(one)} == {}
    assert found["summary"]["expected"] > 5 * INTERVALS


def test_it_was_killed_and_the_next_one_went_on(journey: Journey) -> None:
    assert journey.seen["killed"] == -signal.SIGKILL
    assert journey.seen["ended"] == 0
    assert re.search(r"mirrored=[1-9]", (journey.root / "bridge-2.log").read_text())


def test_failed_runs_are_mirrored_with_their_tasks(journey: Journey) -> None:
    mirrors = [r for r in journey.seen["runs"][1] if r.dag_id == "west_bad" and r.carried]
    assert {(r.state, r.tasks["work"]) for r in mirrors} == {("failed", "failed")}


def test_it_says_so_when_nothing_is_split(journey: Journey) -> None:
    assert "Nothing is split" in journey.ran["nothing split"].err


def test_the_lag_is_told(journey: Journey) -> None:
    edges: list[dict[str, Any]] = json.loads(journey.ran["once"].out)["edges"]
    assert {(e["upstream"], e["consumer"], e["mirrored_from"]) for e in edges} == {
        ("east_up", "east_down", "v2"), ("west_up", "west_down", "v1"), ("west_bad", "west_down", "v1")
    }  # fmt: skip
    assert {(e["status"], e["lag_runs"]) for e in edges} == {("in step", 0)}


def test_a_later_cutover_finds_the_runs_there_already(journey: Journey) -> None:
    assert journey.ran["joined"].code == 0
    v2 = {dag["dag_id"]: dag["by_v2"] for dag in journey.seen["audit"]["dags"]}
    assert min(v2.values()) >= 1, v2
