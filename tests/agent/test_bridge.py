"""What the bridge relies on in real Airflows: a mirrored run lets a sensor through, and can be mirrored anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.airflow

TEN = timedelta(minutes=10)
DAGS = """
    from datetime import datetime, timedelta
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.bash_operator import BashOperator
        from airflow.sensors.external_task_sensor import ExternalTaskSensor
    else:
        from airflow.operators.bash import BashOperator
        from airflow.sensors.external_task import ExternalTaskSensor
    TEN = timedelta(minutes=10)
    up = DAG("up", schedule_interval="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=False)
    BashOperator(task_id="load", bash_command="true", dag=up)
    by_hand = DAG("by_hand", schedule_interval=None, start_date=datetime(2024, 1, 1))
    BashOperator(task_id="load", bash_command="true", dag=by_hand)
    down = DAG("down", schedule_interval="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=False)
    ExternalTaskSensor(task_id="task", external_dag_id="up", external_task_id="load", dag=down)
    ExternalTaskSensor(task_id="whole", external_dag_id="up", external_task_id=None, dag=down)
    ExternalTaskSensor(task_id="before", external_dag_id="up", external_task_id="load", execution_delta=TEN, dag=down)
    ExternalTaskSensor(task_id="failed", external_dag_id="up", external_task_id="load", allowed_states=["failed"],
                       dag=down)
    ExternalTaskSensor(task_id="hand", external_dag_id="by_hand", external_task_id="load", dag=down)
"""
DATE = datetime(2026, 1, 1, 12, tzinfo=UTC)


def iso(moment):
    return moment.isoformat(timespec="microseconds")


def run(state="success", ended=DATE + TEN, date=DATE):
    return {"dag_id": "up", "run_id": "r", "logical_date": iso(date), "interval_end": iso(date + TEN), "state": state,
            "automated": True, "carried": False, "started": iso(date + TEN), "ended": iso(ended),
            "tasks": {"load": state}}  # fmt: skip


@pytest.fixture
def clean(airflow):
    """The DAGs, paused, without runs."""
    airflow.write("bridge.py", DAGS)
    airflow.python("""
        from airflow.models import DagModel, DagRun, TaskInstance
        with agent.transaction() as session:
            session.query(TaskInstance).delete(synchronize_session=False)
            session.query(DagRun).delete(synchronize_session=False)
            session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
    """)
    return airflow


def passes(airflow, date=DATE):
    """Which of the sensors' pokes say yes, for the consumer's interval of that date."""
    found = airflow.python(
        """
        from airflow.models import DagBag
        dag = DagBag(agent.dags_folder() + "/bridge.py", include_examples=False).dags["down"]
        date = agent._pendulum(agent.parse_date(values["date"]))
        result = [t.task_id for t in dag.tasks if t.poke({"execution_date": date, "logical_date": date})]
        """,
        date=iso(date),
    )
    return set(found)


def carry(airflow, *runs, dag_id="up"):
    result = airflow.call("carry_over", dags={dag_id: list(runs)})[dag_id]
    assert "error" not in result, result
    return result


def seen(airflow):
    newest = airflow.call("observe", dag_ids=["up"], history=5)["up"]["finished"][0]
    return newest["state"], newest["tasks"]["load"], newest["carried"]


def test_a_mirrored_run_lets_each_kind_of_sensor_through(clean):
    assert passes(clean) == set()
    carry(clean, run())
    assert passes(clean) == {"task", "whole"}
    assert passes(clean, DATE + TEN) == {"before"}


def test_a_failed_run_is_mirrored_as_failed(clean):
    carry(clean, run("failed"))
    assert passes(clean) == {"failed"}


def test_a_run_that_was_cleared_and_succeeded_is_mirrored_anew(clean):
    first = carry(clean, run("failed"))
    again = carry(clean, run("success", ended=DATE + 2 * TEN))
    assert (again["inserted"], again["already"]) == ([], first["inserted"])
    assert again["next_dagrun"] == first["next_dagrun"]
    assert seen(clean) == ("success", "success", True)
    assert passes(clean) == {"task", "whole"}


def test_a_mirror_that_comes_late_does_not_undo_a_newer_one(clean):
    carry(clean, run("success", ended=DATE + 2 * TEN))
    carry(clean, run("failed"))
    assert seen(clean) == ("success", "success", True)


def test_a_run_by_hand_is_mirrored_where_a_dag_has_no_schedule(clean):
    carry(clean, {**run(), "interval_end": iso(DATE)}, dag_id="by_hand")
    assert passes(clean) == {"hand"}
    assert clean.call("observe", dag_ids=["by_hand"], history=1)["by_hand"]["next_dagrun"] is None


def test_a_wave_that_comes_later_finds_the_runs_there_and_continues_after_them(clean):
    mirrored = carry(clean, run(), run(date=DATE + TEN, ended=DATE + 2 * TEN))
    wave = carry(clean, run(), run(date=DATE + TEN, ended=DATE + 2 * TEN))
    assert (wave["inserted"], wave["already"]) == ([], mirrored["inserted"])
    if clean.version.startswith("2"):
        assert datetime.fromisoformat(wave["next_dagrun"]) >= DATE + 2 * TEN


def test_after_a_wave_was_backed_out_the_next_pass_mirrors_again(clean):
    mirrored = carry(clean, run())
    assert clean.call("remove_carried", dags=["up"])["up"]["removed"] == mirrored["inserted"]
    assert passes(clean) == set()
    carry(clean, run())
    assert passes(clean) == {"task", "whole"}
