from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyrage
import pytest
from pydantic import TypeAdapter

from migrator.model.dag import BrokenFile, Dag, ReferenceKind, ScheduleKind
from migrator.model.resources import Connection, Pool, Variable
from migrator.model.run import Run

pytestmark = pytest.mark.airflow

ESTATE = """
    from datetime import datetime, timedelta

    import pendulum
    from airflow import DAG
    from airflow.utils.dates import days_ago
    import airflow

    OLD = airflow.__version__.startswith("1.")
    if OLD:
        from airflow.operators.bash_operator import BashOperator
        from airflow.operators.dagrun_operator import TriggerDagRunOperator
        from airflow.sensors.external_task_sensor import ExternalTaskSensor
    else:
        from airflow.operators.bash import BashOperator
        from airflow.operators.trigger_dagrun import TriggerDagRunOperator
        from airflow.sensors.external_task import ExternalTaskSensor

    print("user code prints")
    START = datetime(2024, 1, 1)
    AMSTERDAM = pendulum.timezone("Europe/Amsterdam")


    class Mine(ExternalTaskSensor):
        pass


    def make(name, schedule, start=START, **kwargs):
        dag = DAG("estate_" + name, schedule_interval=schedule, start_date=start, **kwargs)
        a = BashOperator(task_id="a", bash_command="true", dag=dag, owner="zoe", retries=2, pool="default_pool")
        b = BashOperator(task_id="b", bash_command="true", dag=dag, owner="ann", depends_on_past=True,
                         trigger_rule="all_done", wait_for_downstream=True)
        c = BashOperator(task_id="c", bash_command="true", dag=dag, owner="ann")
        a >> [b, c]
        globals()[dag.dag_id] = dag
        return dag


    make("cron", "*/5 * * * *", catchup=True, tags=["x", "b"], description="five minutes")
    make("local", "@daily", start=datetime(2024, 3, 1, tzinfo=AMSTERDAM), catchup=False, max_active_runs=1)
    make("delta", timedelta(hours=1, minutes=30))
    make("once", "@once")
    make("none", None)
    edges = make("edges", "@hourly")
    TWO = timedelta(hours=2)
    ExternalTaskSensor(task_id="w", external_dag_id="up", external_task_id="t", execution_delta=TWO, dag=edges)
    Mine(task_id="sub", external_dag_id="up", external_task_id=None, dag=edges)
    SAME = lambda date: date
    ExternalTaskSensor(task_id="fn", external_dag_id="up", external_task_id="t", execution_date_fn=SAME, dag=edges)
    ExternalTaskSensor(task_id="tpl", external_dag_id="{{ var.value.x }}", external_task_id="t", dag=edges)
    TriggerDagRunOperator(task_id="go", trigger_dag_id="down", dag=edges)
    TriggerDagRunOperator(task_id="go_tpl", trigger_dag_id="{{ x }}", dag=edges)
"""

ONLY_2 = """
    import pendulum
    from airflow import DAG, Dataset
    from airflow.decorators import task
    from airflow.operators.empty import EmptyOperator
    from airflow.timetables.trigger import CronTriggerTimetable

    with DAG("consumer", schedule=[Dataset("s3://x/b"), Dataset("s3://x/a")], start_date=pendulum.datetime(2024, 1, 1)):
        EmptyOperator(task_id="t", outlets=[Dataset("s3://x/c")])
    START = pendulum.datetime(2024, 1, 1)
    with DAG("trigger", schedule=CronTriggerTimetable("0 3 * * *", timezone="UTC"), start_date=START):
        @task
        def one(x): return x
        one.expand(x=[1, 2])
    with DAG("continuous", schedule="@continuous", max_active_runs=1, start_date=pendulum.datetime(2024, 1, 1)):
        EmptyOperator(task_id="t")
"""


def described(airflow, **params):
    return airflow.call("describe", since="2000-01-01T00:00:00+00:00", max_runs=5, **params)


@pytest.fixture(scope="module")
def estate(airflow):
    airflow.write("deep/estate.py", ESTATE)
    found = TypeAdapter(list[Dag]).validate_python(described(airflow)["dags"])
    return {dag.dag_id.removeprefix("estate_"): dag for dag in found}


def test_each_form_of_schedule(estate):
    kinds = {name: (estate[name].schedule.kind, str(estate[name].schedule)) for name in ("cron", "local", "delta")}
    assert kinds == {
        "cron": (ScheduleKind.CRON, "*/5 * * * *"),
        "local": (ScheduleKind.CRON, "0 0 * * *"),
        "delta": (ScheduleKind.DELTA, "every 1 h 30 min"),
    }
    assert estate["once"].schedule.kind is ScheduleKind.ONCE
    assert estate["none"].schedule.kind is ScheduleKind.NONE
    assert estate["local"].schedule.timezone == "Europe/Amsterdam"
    assert estate["cron"].schedule.timezone == "UTC"


def test_the_fields_of_a_dag(estate):
    dag = estate["cron"]
    assert dag.file == "deep/estate.py"
    assert dag.start_date == datetime(2024, 1, 1, tzinfo=UTC)
    assert estate["local"].start_date == datetime(2024, 2, 29, 23, tzinfo=UTC)
    assert (dag.catchup, estate["local"].catchup) == (True, False)
    assert (dag.max_active_runs, estate["local"].max_active_runs) == (16, 1)
    assert (dag.owners, dag.tags, dag.description) == (("ann", "zoe"), ("b", "x"), "five minutes")
    assert dag.paused is True


def test_the_fields_of_a_task(estate):
    a, b, c = estate["cron"].tasks
    assert a.operator.endswith(".BashOperator")
    assert (a.downstream, a.retries, a.pool, a.queue) == (("b", "c"), 2, "default_pool", "default")
    assert (b.trigger_rule, b.depends_on_past, b.wait_for_downstream) == ("all_done", True, True)
    assert c.reference is None


def test_references_to_other_dags(estate):
    tasks = {task.task_id: task for task in estate["edges"].tasks}
    found = {name: tasks[name].reference for name in ("w", "sub", "fn", "tpl", "go", "go_tpl")}
    brief = {name: (ref.dag_id, ref.task_id, ref.delta_seconds, ref.dynamic) for name, ref in found.items()}
    assert brief == {
        "w": ("up", "t", 7200.0, False),
        "sub": ("up", None, None, False),
        "fn": ("up", "t", None, True),
        "tpl": (None, "t", None, True),
        "go": ("down", None, None, False),
        "go_tpl": (None, None, None, True),
    }
    assert found["w"].kind is ReferenceKind.WAITS_FOR
    assert found["go"].kind is ReferenceKind.TRIGGERS
    assert tasks["sub"].operator == "estate.Mine"


def test_both_airflows_tell_the_same(v1, v2):
    both = []
    for airflow in (v1, v2):
        airflow.write("deep/estate.py", ESTATE)
        dags = [dag for dag in described(airflow)["dags"] if dag["dag_id"].startswith("estate_")]
        for dag in dags:
            for task in dag["tasks"]:
                task["operator"] = task["operator"].rpartition(".")[2]
        both.append(dags)
    assert both[0] == both[1]


def test_only_airflow_2_has_these_schedules(v2):
    v2.write("only2.py", ONLY_2)
    dags = {dag.dag_id: dag for dag in TypeAdapter(list[Dag]).validate_python(described(v2)["dags"])}
    assert dags["consumer"].schedule.kind is ScheduleKind.DATASET
    assert (dags["consumer"].datasets_in, dags["consumer"].datasets_out) == (("s3://x/a", "s3://x/b"), ("s3://x/c",))
    assert str(dags["trigger"].schedule) == "CronTriggerTimetable: 0 3 * * *"
    assert dags["trigger"].tasks[0].operator.endswith("_PythonDecoratedOperator")
    assert str(dags["continuous"].schedule) == "ContinuousTimetable: @continuous"


def test_subdags_stand_in_their_parent(v1):
    v1.write(
        "subs.py",
        """
        from datetime import datetime
        from airflow import DAG
        from airflow.operators.dummy_operator import DummyOperator
        from airflow.operators.subdag_operator import SubDagOperator

        def child():
            dag = DAG("parent.child", start_date=datetime(2024, 1, 1))
            DummyOperator(task_id="t", dag=dag)
            return dag

        parent = DAG("parent", start_date=datetime(2024, 1, 1))
        SubDagOperator(task_id="child", subdag=child(), dag=parent)
        """,
    )
    dags = {dag.dag_id: dag for dag in TypeAdapter(list[Dag]).validate_python(described(v1)["dags"])}
    assert "parent.child" not in dags
    reference = dags["parent"].tasks[0].reference
    assert (reference.kind, reference.dag_id) == (ReferenceKind.SUBDAG, "parent.child")
    v1.call("set_paused", dags={"parent": False})
    assert v1.call("observe", dag_ids=["parent.child"], history=1)["parent.child"]["paused"] is False
    v1.call("set_paused", dags={"parent": True})
    assert v1.call("observe", dag_ids=["parent.child"], history=1)["parent.child"]["paused"] is True


def test_broken_files_are_named_with_the_last_line(airflow):
    airflow.write("bad/syntax.py", "from airflow import DAG\ndef (\n")
    airflow.write("bad/missing.py", "from airflow import DAG\nimport nowhere_to_be_found\n")
    broken = {
        one.file: one.message
        for one in TypeAdapter(list[BrokenFile]).validate_python(described(airflow)["broken_files"])
    }
    assert "invalid syntax" in broken["bad/syntax.py"]
    assert "No module named 'nowhere_to_be_found'" in broken["bad/missing.py"]


def test_the_agent_and_the_liveness_dag_are_left_out(airflow):
    airflow.write("composer_migrator_agent.py", airflow.python("result = open(agent.__file__).read()"))
    airflow.write(
        "airflow_monitoring.py",
        """
        from airflow import DAG
        from datetime import datetime
        dag = DAG("airflow_monitoring", start_date=datetime(2024, 1, 1))
        """,
    )
    assert not {"composer_migrator_agent", "airflow_monitoring"} & {dag["dag_id"] for dag in described(airflow)["dags"]}


def test_the_same_environment_gives_the_same_bytes(airflow):
    airflow.write("deep/estate.py", ESTATE)
    airflow.python("""
        agent.store_each("variables", [{"key": "same", "value": "s"}], "replace", False)
    """)
    one, two = described(airflow), described(airflow)
    for found in (one, two):
        found["usage"].pop("parse")  # another time each time
    assert json.dumps(one) == json.dumps(two)


def test_secrets_are_sealed_and_open_parts_hold_none(airflow):
    airflow.python("""
        agent.store_each("variables", [{"key": "k", "value": "s3cret-value"}], "replace", False)
        agent.store_each("connections", [{"conn_id": "db", "conn_type": "postgres", "host": "s3cret-host",
            "schema": "s3cret-db", "port": 5,
            "login": "s3cret-login", "password": "s3cret-password", "extra": '{"s3cret": 1}'}], "replace", False)
    """)
    identity = pyrage.x25519.Identity.generate()
    result = described(airflow, recipient=str(identity.to_public()))
    sealed = __import__("base64").b64decode(result.pop("sealed"))
    content = json.loads(pyrage.decrypt(sealed, [identity]))
    assert {"key": "k", "value": "s3cret-value", "description": None} in content["variables"]
    connection = next(one for one in content["connections"] if one["conn_id"] == "db")
    assert (connection["login"], connection["password"], connection["extra"]) == (
        "s3cret-login",
        "s3cret-password",
        '{"s3cret": 1}',
    )
    assert len(content["fingerprint_key"]) == 64
    text = json.dumps(result)
    assert "s3cret" not in text
    assert content["fingerprint_key"] not in text
    variables = TypeAdapter(list[Variable]).validate_python(result["variables"])
    assert next(one.size for one in variables if one.key == "k") == len("s3cret-value")
    connections = TypeAdapter(list[Connection]).validate_python(result["connections"])
    assert next(one for one in connections if one.conn_id == "db").port == 5
    assert "default_pool" in {pool.name for pool in TypeAdapter(list[Pool]).validate_python(result["pools"])}


def test_what_cannot_be_decrypted_is_a_warning(airflow):
    airflow.python("""
        from airflow.models import Connection, Variable
        with agent.transaction() as session:
            session.query(Variable).filter(Variable.key == "rotten").delete()
            variable = Variable(key="rotten")
            variable._val, variable.is_encrypted = "gAAAAA-not-a-token", True
            session.add(variable)
            session.query(Connection).filter(Connection.conn_id == "rotten").delete()
            connection = Connection()
            connection.conn_id, connection.conn_type = "rotten", "http"
            connection._password, connection.is_encrypted = "gAAAAA-not-a-token", True
            session.add(connection)
    """)
    result = described(airflow)
    assert [one for one in result["warnings"] if "rotten" in one] == [
        "connection rotten: can't be decrypted",
        "variable rotten: can't be decrypted",
    ]
    assert "rotten" not in {one["key"] for one in result["variables"]}


def test_the_newest_runs_of_each_dag(airflow):
    airflow.write("deep/estate.py", ESTATE)
    start = datetime(2024, 5, 1, tzinfo=UTC)
    for name, minutes in (("estate_cron", 5), ("estate_delta", 90)):
        dates = [start + timedelta(minutes=minutes * index) for index in range(7)]
        given = [
            {
                "run_id": "x",
                "logical_date": d.isoformat(),
                "interval_end": (d + timedelta(minutes=minutes)).isoformat(),
                "state": "success",
            }
            for d in dates
        ]
        airflow.call("carry_over", dags={name: given})
    runs = TypeAdapter(list[Run]).validate_python(described(airflow)["runs"])
    cron = [run for run in runs if run.dag_id == "estate_cron"]
    assert [run.logical_date.minute for run in cron] == [10, 15, 20, 25, 30]
    assert all(run.automated and run.carried and not run.tasks for run in cron)
    assert all(run.interval_end - run.logical_date == timedelta(minutes=5) for run in cron)
    delta = [run for run in runs if run.dag_id == "estate_delta"]
    assert all(run.interval_end - run.logical_date == timedelta(minutes=90) for run in delta)
