"""Every kind of schedule in every state, forward, back and forward again on the real Airflows: each interval once."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from migrator.cutover.sides import observe
from migrator.lab import estate
from migrator.lab import lab as labs
from migrator.lab.workspace import write_workspace
from migrator.workspace.connect import connected
from migrator.workspace.workspace import open_workspace
from tests.lab.journey import Journey, in_flight, paused, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrator.lab.lab import Lab

pytestmark = [pytest.mark.lab, pytest.mark.soak]

PERIOD = timedelta(minutes=2)
SCHEDULES = {"cron": '"*/2 * * * *"', "delta": "timedelta(minutes=2)", "once": '"@once"', "none": "None"}
COMMANDS = {"idle": "sleep 1", "flight": "sleep 45", "failed": "exit 1", "never": "sleep 1", "behind": "sleep 1"}
NEVER_IDLE = "sleep 140"
STATES = [one for one in os.environ.get("MATRIX_STATES", "").split(",") if one]
"""Only these of the states, such as ``behind,busy``, and ``flight``, which the journey needs; without it all."""
HEAD = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor
"""
ONE = """
dag = DAG("{name}", schedule_interval={schedule}, start_date=datetime({start:%Y, %-m, %-d, %-H, %-M}),
          catchup={catchup}, max_active_runs=1, default_args={{"owner": "matrix"}})
work = BashOperator(task_id="work", bash_command="{command}", dag=dag)
"""
PRODUCER = ONE.format(
    name="sets_up",
    schedule=SCHEDULES["cron"],
    start=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    command="sleep 3",
)
CONSUMER = """
dag = DAG("{name}", schedule_interval={schedule}, start_date=datetime(2026, 1, 1), catchup=False,
          max_active_runs=1, default_args={{"owner": "matrix"}})
wait = ExternalTaskSensor(task_id="wait", external_dag_id="sets_up", {task}poke_interval=3, timeout=300, dag=dag)
work = BashOperator(task_id="work", bash_command="{command}", dag=dag)
wait >> work
"""
CONSUMERS = {
    "sets_idle": ('external_task_id="work", ', "sleep 1"),
    "sets_flight": ('external_task_id="work", ', "sleep 40"),
    "sets_whole": ("", "sleep 1"),
    "sets_failed": ('external_task_id="work", ', "exit 1"),
}


def cells() -> dict[str, tuple[str, str, bool]]:
    """Kind, state and catchup by DAG id; a DAG that runs once, or never by itself, is not behind or failing."""
    every = product(SCHEDULES, COMMANDS, (True, False))
    left = [(k, s, c) for k, s, c in every if k in {"cron", "delta"} or s in {"idle", "never"}]
    left += [("cron", "busy", True), ("cron", "busy", False)]
    left = [one for one in left if not STATES or one[1] in {*STATES, "flight"}]
    return {f"{kind}_{state}_{'all' if catchup else 'last'}": (kind, state, catchup) for kind, state, catchup in left}


CELLS = cells()
TIMED = [name for name, (kind, state, _) in CELLS.items() if kind in {"cron", "delta"} and state != "never"]
BEHIND = [name for name in TIMED if "_behind_" in name]
FIRST = [name for name in TIMED if name not in BEHIND] + ["sets_up", *CONSUMERS]


def files(now: datetime) -> dict[str, str]:
    begun = now.replace(second=0, microsecond=0) - timedelta(minutes=now.minute % 2 + 4)
    found = {"sets_up.py": HEAD + PRODUCER}
    for name, (task, command) in CONSUMERS.items():
        found[f"{name}.py"] = HEAD + CONSUMER.format(name=name, schedule=SCHEDULES["cron"], task=task, command=command)
    for name, (kind, state, catchup) in CELLS.items():
        start = begun + timedelta(minutes=30) if state == "never" else begun
        made = ONE.format(
            name=name, schedule=SCHEDULES[kind], start=start, catchup=catchup, command=COMMANDS.get(state, NEVER_IDLE)
        )
        found[f"{name}.py"] = HEAD + made
    return found


@pytest.fixture(scope="module")
def journey(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    root = tmp_path_factory.mktemp("matrix")
    journey = Journey(root)
    estate.load(lab, files(datetime.now(UTC)))
    pins = {name: 1 if name in BEHIND else 0 for name in [*CELLS, "sets_up", *CONSUMERS]}
    write_workspace(lab, root, observe=1, pins=pins)
    wait_until(lambda: ended(root, [*TIMED, *FIRST], 0), 600)
    for words in (["inventory"], ["rewrite"], ["rewrite", "--datasets", "--apply"], ["plan"], ["transfer"], ["deploy"]):
        journey.run(*words, name=" ".join(words))
    wait_until(lambda: by_datasets(root) >= set(CONSUMERS), 180)
    wait_until(lambda: ended(root, [*TIMED, *FIRST], 0, seconds=300), 600)
    wait_until(lambda: in_flight(root, "cron_flight_last"), 300)
    journey.run("cutover", "--wave", "0", "--yes", name="forward")
    journey.seen["forward"] = paused(root)
    wait_until(lambda: ended(root, FIRST, 1), 600)
    journey.run("rollback", "--wave", "0", "--yes", name="back")
    journey.seen["back"] = paused(root)
    since = time.time()
    wait_until(lambda: ended(root, FIRST, 0, seconds=time.time() - since), 600)
    journey.run("cutover", "--wave", "0", "--yes", name="again")
    wait_until(lambda: idle(root, BEHIND), 300)
    with stopped(lab):
        time.sleep(3.2 * PERIOD.total_seconds())
        journey.run("cutover", "--wave", "1", "--yes", name="behind")
        wait_until(lambda: ended(root, BEHIND, 1), 600)
    since = time.time()
    wait_until(lambda: ended(root, [*FIRST, *BEHIND], 1, seconds=time.time() - since), 600)
    journey.seen["end"] = paused(root)
    journey.seen["audit"] = journey.audit()
    return journey


def ended(root: Path, names: list[str], side: int, seconds: float | None = None) -> bool:
    """Whether a side itself ended an automated run of each of these; of the last so many seconds. Says who is left."""
    since = datetime(2025, 1, 1, tzinfo=UTC) if seconds is None else datetime.now(UTC) - timedelta(seconds=seconds)
    with connected(open_workspace(root)) as sides:
        answer = sides[side].agent.call("runs", dag_ids=names, since=since.isoformat())
    runs = answer.result["runs"]
    done = {r["dag_id"] for r in runs if r["automated"] and r["ended"] and not r["carried"] and r["state"] != "running"}
    if left := sorted(set(names) - done):
        print(f"{datetime.now(UTC):%H:%M:%S} v{side + 1} has not ended a run of {', '.join(left)}", flush=True)
    return not left


def idle(root: Path, names: list[str]) -> bool:
    """Whether none of these has a run at work in v1, so that its scheduler may be stopped."""
    with connected(open_workspace(root)) as (source, _):
        view = observe(source.agent, names)
    return not any(view[name].active for name in names)


def by_datasets(root: Path) -> set[str]:
    with connected(open_workspace(root)) as (_, target):
        view = observe(target.agent, [*CELLS, *CONSUMERS, "sets_up"])
    assert view is not None
    return {name for name, seen in view.dags.items() if seen.by_datasets} if len(view.dags) > len(CELLS) else set()


@contextmanager
def stopped(lab: Lab) -> Iterator[None]:
    """The scheduler of v1 stands still, with all its processes."""
    [row] = [row for row in labs.status(lab.home) if row.name == "v1-scheduler"]
    tree = [psutil.Process(row.pid), *psutil.Process(row.pid).children(recursive=True)]
    for process in tree:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in tree:
            if process.is_running():
                process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def ledger(journey: Journey) -> dict[str, Any]:
    return {dag["dag_id"]: dag for dag in journey.seen["audit"]["dags"]}


def test_no_interval_ran_twice_and_none_is_missing(journey: Journey, ledger: dict[str, Any]) -> None:
    for name, line in ledger.items():
        told = {key: line[key] for key in ("expected", "ran_once", "by_v1", "by_v2", "pending")}
        print(f"{name:<22} {told} skipped {len(line['skipped_by_v1'])}")
    print(journey.seen["audit"]["summary"])
    problems = {name: (line["duplicates"], line["gaps"]) for name, line in ledger.items()}
    assert {name: found for name, found in problems.items() if any(found)} == {}
    assert journey.ran["audit"].code == 0


@pytest.mark.parametrize("name", [*FIRST, *BEHIND])
def test_both_sides_had_their_part(ledger: dict[str, Any], name: str) -> None:
    assert ledger[name]["by_v1"] >= 1, ledger[name]
    assert ledger[name]["by_v2"] >= 1, ledger[name]


def test_what_was_behind_was_made_up_for_where_that_is_meant(ledger: dict[str, Any]) -> None:
    for name in BEHIND:
        assert (len(ledger[name]["skipped_by_v1"]) == 0) == CELLS[name][2], ledger[name]


def test_each_dag_was_on_where_it_belonged(journey: Journey) -> None:
    moved = [name for name in CELLS if name not in BEHIND]
    for when, wanted in (("forward", (True, False)), ("back", (False, True)), ("end", (True, False))):
        assert {journey.seen[when][name] for name in moved} == {wanted}, when
