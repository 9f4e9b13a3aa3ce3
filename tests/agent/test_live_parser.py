"""The carry-over in one transaction, again and again, while a real scheduler parses all the time, or is killed.

Forty DAGs of every kind that time drives, at one minute each. In a round they are paused once they are idle, the
intervals of a while are "run elsewhere" and carried over, and they are switched on at a moment of chance. In the end
each interval has exactly one run: carried over, or made here.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from pydantic import TypeAdapter

from migrator.cutover.chain import chained
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.airflows import Airflow

pytestmark = [pytest.mark.airflow, pytest.mark.soak]

ROUNDS = int(os.environ.get("LIVE_PARSER_ROUNDS", "8"))
COPIES = 5
MINUTE = timedelta(minutes=1)
DAGS = """
    from datetime import datetime, timedelta
    from itertools import product
    from airflow import DAG
    from airflow.operators.empty import EmptyOperator

    KINDS = {"cron": "* * * * *", "delta": timedelta(minutes=1)}
    for kind, catchup, past, copy in product(KINDS, (True, False), (True, False), range(COPIES)):
        name = "%s_%s_%s_%d" % (kind, "all" if catchup else "last", "past" if past else "free", copy)
        start = datetime(2026, 1, 1)
        with DAG(name, schedule=KINDS[kind], start_date=start, catchup=catchup, max_active_runs=3) as dag:
            EmptyOperator(task_id="a", depends_on_past=past) >> EmptyOperator(task_id="b", wait_for_downstream=past)
        globals()[name] = dag
"""
SCHEDULER = {
    "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "0",
    "SCHEDULER__PARSING_PROCESSES": "2",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "200",
    "SCHEDULER__MAX_DAGRUNS_PER_LOOP_TO_SCHEDULE": "200",
    "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    "SCHEDULER__PARSING_CLEANUP_INTERVAL": "600",
    "CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "0",
}


class Scheduler:
    """The real one, in a session of its own."""

    def __init__(self, airflow: Airflow) -> None:
        self.command = [str(airflow.bin / "airflow"), "scheduler", "--skip-serve-logs"]
        self.env = airflow.env | {f"AIRFLOW__{key}": value for key, value in SCHEDULER.items()}
        self.log = (airflow.home / "scheduler.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=self.env, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def kill(self) -> None:
        """With SIGKILL, and all it started: its parser has a process group of its own."""
        if self.process is not None:
            for process in (*psutil.Process(self.process.pid).children(recursive=True), self.process):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def scheduling(airflow: Airflow) -> Iterator[Scheduler]:
    found = Scheduler(airflow)
    found.start()
    try:
        yield found
    finally:
        found.kill()
        found.log.close()


def names(airflow: Airflow) -> list[str]:
    return airflow.write("live.py", DAGS.replace("COPIES", str(COPIES)))


def carried(name: str, start: datetime) -> dict[str, Any]:
    return {
        "dag_id": name, "run_id": "r", "logical_date": start.isoformat(), "interval_end": (start + MINUTE).isoformat(),
        "state": "success", "tasks": {"a": "success", "b": "success"},
    }  # fmt: skip


def newest(airflow: Airflow, ids: list[str]) -> dict[str, datetime]:
    """The date of each DAG's newest run; all have one."""
    found = airflow.call("observe", dag_ids=ids, history=1)
    return {name: datetime.fromisoformat(found[name]["finished"][0]["logical_date"]) for name in ids}


def pause(airflow: Airflow, ids: list[str]) -> None:
    """Each of them as soon as it is idle, until nothing stirs any more."""
    until = time.monotonic() + 180
    while True:
        left = [name for name, seen in airflow.call("observe", dag_ids=ids, history=0).items() if not seen["paused"]]
        if not left:
            time.sleep(2)
            seen = airflow.call("observe", dag_ids=ids, history=0)
            stirred = [name for name in ids if seen[name]["active"]]
            if not stirred:
                return
            airflow.call("set_paused", dags=dict.fromkeys(stirred, False))
        assert time.monotonic() < until, left
        airflow.call("pause_if_idle", dags={name: {} for name in left})
        time.sleep(0.5)


def elsewhere(now: datetime, last: dict[str, datetime], keep: int) -> dict[str, list[dict[str, Any]]]:
    """What the other environment ran meanwhile: every due interval but the newest few."""
    found = {}
    for name, start in last.items():
        due = int((now - start - MINUTE) // MINUTE)
        found[name] = [carried(name, start + MINUTE * n) for n in range(1, max(0, due - keep) + 1)]
    return found


def test_every_interval_is_run_once_whatever_the_parser_sees(v2: Airflow) -> None:
    ids, chance = names(v2), random.Random(5)
    phase = timedelta(seconds=17, microseconds=4321)
    first = datetime.now(UTC).replace(second=0, microsecond=0) - 2 * MINUTE
    start = {name: first - (phase if name.startswith("delta") else timedelta(0)) for name in ids}
    times = []
    v2.call("carry_over", dags={name: [carried(name, start[name])] for name in ids})
    with scheduling(v2) as scheduler:
        for round_number in range(ROUNDS):
            mark = datetime.now(UTC)
            time.sleep(chance.uniform(0, 75))
            given = elsewhere(datetime.now(UTC), newest(v2, ids), keep=round_number % 2)
            begun = time.perf_counter()
            done = v2.call("carry_over", dags=given)
            assert {name: one["error"] for name, one in done.items() if "error" in one} == {}
            if round_number % 4 == 2:
                scheduler.kill()
                scheduler.start()
            fill = min([mark, *(end for runs in given.values() for end in ends(runs))])
            on = v2.call("switch_on", dags={name: {"fill_after": fill.isoformat()} for name in ids})
            times.append((time.perf_counter() - begun) / len(ids))
            assert {name: one["reason"] for name, one in on.items() if one.get("paused") is not False} == {}
            if round_number % 4 == 0:
                scheduler.kill()
                scheduler.start()
            time.sleep(70 + chance.uniform(0, 20))
            pause(v2, ids)
    report(v2, ids, times)


def ends(runs: list[dict[str, Any]]) -> list[datetime]:
    return [datetime.fromisoformat(run["interval_end"]) for run in runs[-1:]]


def report(airflow: Airflow, ids: list[str], times: list[float]) -> None:
    since = "2026-01-01T00:00:00+00:00"
    runs = TypeAdapter(list[Run]).validate_python(airflow.call("runs", dag_ids=ids, since=since)["runs"])
    twice, missing, moved = [], [], []
    for name in ids:
        dates = sorted(run.logical_date for run in runs if run.dag_id == name)
        twice += [f"{name} {two}" for one, two in pairwise(dates) if two - one < MINUTE]
        late = [f"{name} {one} to {two}" for one, two in pairwise(dates) if two - one > MINUTE]
        holes = chained([(date, date) for date in dates], MINUTE, dates[-1] + MINUTE).holes
        missing += late if not name.startswith("delta_last") else [f"{name} {hole}" for hole in holes]
        moved += late if name.startswith("delta_last") and not holes else []
    made = sum(not run.carried for run in runs)
    print(
        f"{len(ids)} DAGs, {ROUNDS} rounds, {len(runs) - made} intervals carried over and {made} run here: "
        f"{len(twice)} twice, {len(missing)} missing; {1000 * sum(times) / len(times):.0f} ms a DAG in the mean; "
        f"{len(moved)} times the scheduler came so late to a timedelta without catchup that its phase moved"
    )
    assert "\n".join([*twice, *missing]) == ""
    assert made > len(ids) * ROUNDS / 2
