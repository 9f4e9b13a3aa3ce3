"""Datasets that take the place of sensors: on a real Airflow 2.10.5 with its scheduler, each run stays what it was."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from codemods.datasets import introduce
from codemods.engine.report import Options

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

PERIOD = 30
DAYS = "{{ ds }} {{ ts }} {{ logical_date }} {{ next_ds }} {{ yesterday_ds_nodash }} {{ macros.ds_add(ds, -3) }}"
UP = f"""
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("SIDE_up", schedule=timedelta(seconds={PERIOD}), start_date=datetime(2024, 1, 1), catchup=False) as dag:
    load = BashOperator(task_id="load", bash_command="sleep 1")
    check = BashOperator(task_id="check", bash_command="true")
    load >> check
"""
DOWN = f"""
from datetime import datetime, timedelta
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.sensors.external_task import ExternalTaskSensor

with DAG("SIDE_down", schedule=timedelta(seconds={PERIOD}), start_date=datetime(2024, 1, 1), catchup=False) as down:
    wait = ExternalTaskSensor(task_id="wait", external_dag_id="SIDE_up", external_task_id="load", poke_interval=1)
    work = BashOperator(task_id="work", bash_command="echo '{DAYS}'")
    wait >> work

with DAG("SIDE_after", schedule=timedelta(seconds={PERIOD}), start_date=datetime(2024, 1, 1), catchup=False) as after:
    wait_all = ExternalTaskSensor(task_id="wait", external_dag_id="SIDE_up", poke_interval=1)
    work_all = BashOperator(task_id="work", bash_command="echo '{DAYS}'")
    wait_all >> work_all
"""
SEEN = """
from airflow.models import DagRun, XCom
from airflow.utils.session import create_session
with create_session() as session:
    result = [
        [run.dag_id, str(run.data_interval_start), str(run.data_interval_end), run.state,
         session.query(XCom.value).filter_by(dag_id=run.dag_id, run_id=run.run_id, task_id="work").scalar()]
        for run in session.query(DagRun).order_by(DagRun.dag_id, DagRun.data_interval_start)
    ]
    result = [[*row[:4], row[4].decode() if row[4] else None] for row in result]
"""


def sources(side: str) -> dict[str, bytes]:
    return {f"{side}_up.py": UP.replace("SIDE", side).encode(), f"{side}_down.py": DOWN.replace("SIDE", side).encode()}


@pytest.fixture(scope="module")
def both(v2: Airflow) -> Airflow:
    """The same DAGs twice: as they were, and with datasets."""
    made = introduce(sources("new"), Options(unsafe=True))
    assert sorted(edge.consumer for edge in made.done) == ["new_after", "new_down"]
    assert not made.refused
    for path, source in {**sources("old"), **sources("new"), **made.sources}.items():
        (v2.dags / path).write_bytes(source)
    return v2


def test_a_real_airflow_loads_them_as_they_are_meant(both: Airflow) -> None:
    seen = both.python(
        """
        from airflow.models import DagBag
        bag = DagBag(values["path"], include_examples=False)
        result = {
            "errors": bag.import_errors,
            "dags": {
                dag.dag_id: {
                    "triggers": sorted(uri for uri, _ in dag.timetable.dataset_condition.iter_datasets()),
                    "tasks": {task.task_id: [task.task_type, sorted(task.upstream_task_ids),
                                             [outlet.uri for outlet in task.outlets]] for task in dag.tasks},
                } for dag in bag.dags.values() if dag.dag_id.startswith("new")
            },
        }
    """,
        path=str(both.dags),
    )
    assert seen["errors"] == {}
    up, down, after = (seen["dags"][f"new_{name}"] for name in ("up", "down", "after"))
    assert (up["triggers"], down["triggers"], after["triggers"]) == ([], ["x-dag://new_up/load"], ["x-dag://new_up"])
    assert up["tasks"]["load"] == ["BashOperator", [], ["x-dag://new_up/load"]]
    assert up["tasks"]["new_up_done"] == ["EmptyOperator", ["check"], ["x-dag://new_up"]]
    assert down["tasks"] == {"wait": ["EmptyOperator", [], []], "work": ["BashOperator", ["wait"], []]}


@pytest.mark.soak
def test_each_interval_runs_once_before_and_after_with_the_same_dates(both: Airflow, tmp_path: Path) -> None:
    for name in sorted(both.dags.glob("*_*.py")):
        both.python("parse(values['path'])", path=str(name))
    with scheduler(both, tmp_path):
        both.python("""
            from airflow.models import DagModel
            from airflow.utils.session import create_session
            with create_session() as session:
                session.query(DagModel).update({"is_paused": False})
        """)
        deadline = time.monotonic() + 12 * PERIOD
        while len(whole(seen(both))) < 4:
            assert time.monotonic() < deadline, seen(both)
            time.sleep(3)
    rows = seen(both)
    common = whole(rows)
    print(f"{len(common)} intervals: {sorted(common)}")
    for start in common:
        at = {dag_id: [row for row in rows if row[0] == dag_id and row[1] == start] for dag_id in DAGS}
        assert {dag_id: len(found) for dag_id, found in at.items()} == dict.fromkeys(DAGS, 1)
        assert len({tuple(found[0][1:3]) for found in at.values()}) == 1
        for name in ("down", "after"):
            assert at[f"old_{name}"][0][4] == at[f"new_{name}"][0][4]


DAGS = [f"{side}_{name}" for side in ("old", "new") for name in ("up", "down", "after")]


def whole(rows: list[Any]) -> set[str]:
    """The intervals that every DAG has run, from the second on: the first may have been cut by the beginning."""
    done = [{row[1] for row in rows if row[0] == dag_id and row[3] == "success"} for dag_id in DAGS]
    return set(sorted(set.intersection(*done))[1:])


def seen(airflow: Airflow) -> list[Any]:
    rows: list[Any] = airflow.python(SEEN)
    return rows


class scheduler:  # noqa: N801 - read as a word
    """A real scheduler beside the driver, ended by its id."""

    def __init__(self, airflow: Airflow, logs: Path) -> None:
        self._airflow, self._log = airflow, logs / "scheduler.log"

    def __enter__(self) -> None:
        settings = {
            "SCHEDULER__MIN_FILE_PROCESS_INTERVAL": "5",
            "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
            "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            "CORE__PARALLELISM": "8",
        }
        env = self._airflow.env | {f"AIRFLOW__{key}": value for key, value in settings.items()}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._airflow.bin / "airflow"), "scheduler", "--skip-serve-logs"],
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, 15)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait(30)
