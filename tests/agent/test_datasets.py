"""A DAG that runs by datasets in v2, on a real 2.10.5 whose own scheduler decides: what was carried over, what is owed,
and an update that came while it was paused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.airflow

DAGS = """
    from datetime import datetime
    from airflow import DAG
    from airflow.datasets import Dataset
    from airflow.operators.empty import EmptyOperator

    done = Dataset("x-dag://producer/load")
    with DAG("producer", schedule="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=False):
        EmptyOperator(task_id="load", outlets=[done])
    with DAG("consumer", schedule=[done], start_date=datetime(2024, 1, 1), catchup=False):
        EmptyOperator(task_id="wait") >> EmptyOperator(task_id="work")
"""
TEN = timedelta(minutes=10)
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
UPDATE = """
from airflow.datasets import Dataset
from airflow.datasets.manager import dataset_manager
from airflow.models import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
with create_session() as session:
    run = session.query(DagRun).filter_by(dag_id="producer", execution_date=agent.parse_date(values["date"])).one()
    task = session.query(TaskInstance).filter_by(dag_id="producer", run_id=run.run_id, task_id="load").one()
    dataset_manager.register_dataset_change(
        task_instance=task, dataset=Dataset("x-dag://producer/load"), session=session
    )
"""
SCHEDULED = """
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.utils.session import create_session
from airflow.utils.sqlalchemy import prohibit_commit
runner = SchedulerJobRunner(Job())
with create_session() as session:
    session.add(runner.job)
    session.commit()
    with prohibit_commit(session) as guard:
        runner._create_dagruns_for_dags(guard, session)
"""
ROWS = """
from airflow.models import DagRun
from airflow.utils.session import create_session
with create_session() as session:
    result = [
        [str(run.run_type), agent.iso(run.data_interval_start), agent.iso(run.data_interval_end), str(run.state)]
        for run in session.query(DagRun).filter_by(dag_id="consumer").order_by(DagRun.execution_date)
    ]
"""


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def interval(number: int) -> dict[str, str]:
    return {"logical_date": iso(FIRST + number * TEN), "interval_end": iso(FIRST + (number + 1) * TEN)}


def run(number: int) -> dict[str, object]:
    return {"run_id": "r", **interval(number), "state": "success", "automated": True, "tasks": {"wait": "success"}}


def rows(v2):
    return v2.python(ROWS)


@pytest.fixture
def both(v2):
    v2.write("by_datasets.py", DAGS)
    v2.python("""
        from airflow.models import DagModel, DagRun, TaskInstance
        from airflow.models.dataset import DatasetDagRunQueue, DatasetEvent
        with agent.transaction() as session:
            for model in (TaskInstance, DatasetDagRunQueue, DatasetEvent, DagRun):
                session.query(model).delete(synchronize_session=False)
            session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
    """)
    v2.call("carry_over", dags={"producer": [run(0), run(1)], "consumer": [run(0), run(1)]})
    return v2


def switched_on(v2, **order):
    return v2.call("switch_on", dags={"producer": {}, "consumer": {"fill_after": iso(FIRST), **order}})


def test_what_is_carried_stands_for_its_interval(both):
    seen = both.call("observe", dag_ids=["consumer", "producer"], history=5)
    assert (seen["consumer"]["by_datasets"], seen["producer"]["by_datasets"]) == (True, False)
    found = [(one["logical_date"], one["interval_end"], one["carried"]) for one in seen["consumer"]["finished"]]
    assert found == [(*interval(number).values(), True) for number in (1, 0)]
    again = both.call("carry_over", dags={"consumer": [run(0), run(1)]})["consumer"]
    assert (len(again["inserted"]), len(again["already"])) == (0, 2)
    assert len(both.call("remove_carried", dags=["consumer"])["consumer"]["removed"]) == 2
    assert rows(both) == []


def test_the_next_update_is_the_next_run_and_only_that(both):
    switched_on(both)
    both.call("set_paused", dags={"producer": True})
    both.call("carry_over", dags={"producer": [run(2)]})
    both.python(UPDATE, date=iso(FIRST + 2 * TEN))
    both.python(SCHEDULED)
    assert [row[1:] for row in rows(both)[2:]] == [[*interval(2).values(), "queued"]]


def test_an_update_that_came_while_it_was_paused_is_not_run_again(both):
    """v2 ran on, was taken back while an update waited, v1 ran that interval, and all goes forward again."""
    both.call("set_paused", dags={"consumer": False})
    both.call("carry_over", dags={"producer": [run(2)]})
    both.python(UPDATE, date=iso(FIRST + 2 * TEN))  # now it waits for the scheduler
    both.call("set_paused", dags={"consumer": True})
    both.call("carry_over", dags={"producer": [run(3)], "consumer": [run(2), run(3)]})
    switched_on(both)
    both.python(SCHEDULED)
    assert [row[1] for row in rows(both)] == [interval(number)["logical_date"] for number in range(4)]
    both.call("set_paused", dags={"producer": True})
    both.call("carry_over", dags={"producer": [run(4)]})
    both.python(UPDATE, date=iso(FIRST + 4 * TEN))
    both.python(SCHEDULED)
    assert [row[1:] for row in rows(both)[4:]] == [[*interval(4).values(), "queued"]]


def test_what_is_owed_is_run_and_once(both):
    answer = switched_on(both, fill=[interval(1), interval(2), interval(3)])["consumer"]
    assert answer["filled"] == [interval(2), interval(3)]
    assert [row[1:] for row in rows(both)[2:]] == [[*interval(number).values(), "queued"] for number in (2, 3)]
    assert list(both.call("switch_on", dags={"producer": {}, "consumer": {}})) == ["consumer", "producer"]
