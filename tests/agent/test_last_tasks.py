"""Runs that end while their DAG is paused, on real Airflows: what a pause freezes, and how 1.10 learns of their end."""

# ruff: noqa: F811 - fixtures of another module

from __future__ import annotations

import pytest

from tests.agent.test_cutover import PERIODS, active, add, boundary, clean, finished, observed, parsed  # noqa: F401

pytestmark = pytest.mark.airflow

DATE = boundary(PERIODS["cron"], 1)
CALLBACKS = """
    import os
    from datetime import datetime
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.bash_operator import BashOperator
    else:
        from airflow.operators.bash import BashOperator

    def told(context):
        open(os.path.join(os.environ["AIRFLOW_HOME"], "told.txt"), "a").write(context["dag_run"].run_id + "\\n")

    dag = DAG("tells", schedule_interval="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=False,
              on_success_callback=told, on_failure_callback=told)
    a = BashOperator(task_id="a", bash_command="true", dag=dag)
    b = BashOperator(task_id="b", bash_command="true", dag=dag)
    a >> b
"""


def states(airflow, dag_id, **tasks):
    """Give the task instances of the DAG these states."""
    airflow.python(
        """
        from airflow.models import TaskInstance
        with agent.transaction() as session:
            for task_id, state in values["tasks"].items():
                query = session.query(TaskInstance).filter(TaskInstance.dag_id == values["dag_id"])
                query.filter(TaskInstance.task_id == task_id).update({"state": state}, synchronize_session=False)
        """,
        dag_id=dag_id, tasks=tasks,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "paused"),
    [
        ("success", "running", True),
        ("running", "running", True),
        ("success", "success", True),
        ("failed", "upstream_failed", True),
        ("success", None, False),
        ("success", "scheduled", False),
        ("success", "queued", False),
        ("success", "up_for_retry", False),
        ("running", "up_for_reschedule", False),
    ],
)
def test_it_is_paused_on_its_last_tasks_only(clean, a, b, paused):
    clean.call("set_paused", dags={"cron_last": False})
    add(clean, "cron_last", DATE, "running")
    states(clean, "cron_last", a=a, b=b)
    assert clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]["paused"] is False
    result = clean.call("pause_if_idle", dags={"cron_last": {"last_tasks": True}})["cron_last"]
    assert result["paused"] is paused, result
    assert [run["logical_date"][:16] for run in result["active"]] == [DATE.isoformat()[:16]]
    assert observed(clean, "cron_last")["paused"] is paused


def test_a_run_without_task_instances_is_not_on_its_last(clean):
    clean.call("set_paused", dags={"cron_last": False})
    add(clean, "cron_last", DATE, "running")
    clean.python("""
        from airflow.models import TaskInstance
        with agent.transaction() as session:
            session.query(TaskInstance).delete(synchronize_session=False)
    """)
    assert not clean.call("pause_if_idle", dags={"cron_last": {"last_tasks": True}})["cron_last"]["paused"]


@pytest.mark.parametrize(("b", "ended"), [("success", "success"), ("failed", "failed"), ("skipped", "success")])
def test_1_10_is_told_that_a_run_ended_once_with_its_callback(clean, b, ended):
    if clean.version != "1.10.15":
        pytest.skip("the scheduler of 2.10 ends the runs of paused DAGs itself")
    clean.write("tells.py", CALLBACKS)
    told = clean.home / "told.txt"
    told.unlink(missing_ok=True)
    add(clean, "tells", DATE, "running")
    states(clean, "tells", a="success", b="running")
    assert clean.call("finish_ended", dags=["tells"])["tells"] == {"ended": {}}
    assert active(clean, "tells")
    states(clean, "tells", b=b)
    [run_id] = clean.call("finish_ended", dags=["tells"])["tells"]["ended"]
    assert [(run.run_id, run.state) for run in finished(clean, "tells")] == [(run_id, ended)]
    assert not active(clean, "tells")
    assert finished(clean, "tells")[0].ended
    assert clean.call("finish_ended", dags=["tells"])["tells"] == {"ended": {}}
    assert told.read_text().splitlines() == [run_id]


def test_only_runs_of_paused_dags_are_ended(clean):
    clean.call("set_paused", dags={"cron_last": False})
    assert "not paused" in clean.call("finish_ended", dags=["cron_last"])["cron_last"]["error"]


def test_a_dag_with_a_subdag_is_never_paused_on_its_last_tasks(clean):
    """The task that runs a subdag is running, while those of the subdag would be frozen."""
    clean.call("set_paused", dags={"cron_last": False, "cron_last_b": True})
    add(clean, "cron_last", DATE, "running")
    states(clean, "cron_last", a="success", b="running")
    clean.python("""
        from airflow.models import DagModel
        with agent.transaction() as session:
            session.query(DagModel).filter(DagModel.dag_id == "cron_last_b").update({"root_dag_id": "cron_last"})
    """)
    paused = clean.call("pause_if_idle", dags={"cron_last": {"last_tasks": True}})["cron_last"]["paused"]
    clean.python("""
        from airflow.models import DagModel
        with agent.transaction() as session:
            session.query(DagModel).filter(DagModel.dag_id == "cron_last_b").update({"root_dag_id": None})
    """)
    assert not paused
