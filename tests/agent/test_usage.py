from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from migrator.model.trigger import Trigger
from migrator.model.usage import LargeXCom, TaskLoad, Usage

pytestmark = pytest.mark.airflow

DAG = """
    from datetime import datetime
    from airflow import DAG
    try:
        from airflow.operators.bash import BashOperator
    except ImportError:
        from airflow.operators.bash_operator import BashOperator
    with DAG("loaded", schedule_interval=None, start_date=datetime(2024, 1, 1)) as dag:
        for name in "abcd":
            BashOperator(task_id=name, bash_command="true")
"""

SETUP = """
    import datetime as dt
    from airflow.models import DagBag, TaskInstance, Log
    from airflow.utils.state import State
    utc = dt.timezone.utc
    day = dt.datetime(2024, 5, 1, 3, tzinfo=utc)
    dag = DagBag(values["path"], include_examples=False).dags["loaded"]
    run_id = "manual__1"
    made = dict(run_id=run_id, execution_date=day, state=State.SUCCESS)
    if agent.HAS_INTERVALS:
        dag.create_dagrun(run_type="manual", data_interval=(day, day), **made)
    else:
        dag.create_dagrun(**made)
    minute = dt.timedelta(minutes=1)
    with agent.transaction() as session:
        rows = {one.task_id: one for one in session.query(TaskInstance).filter(TaskInstance.dag_id == "loaded")}
        # a and b overlap, c begins when both ended, d has not started
        for name, begin, end in (("a", 0, 5), ("b", 4, 10), ("c", 60, 61)):
            rows[name].start_date, rows[name].end_date = day + begin * minute, day + end * minute
            rows[name].state = "success"
        session.commit()  # XCom.set of 1.10 forgets what is not stored
        from airflow.models import xcom
        model = getattr(xcom, "BaseXCom", xcom.XCom)
        for name, size in (("a", 50_000), ("b", 100)):
            given = dict(key="return_value", value="x" * size, task_id=name, dag_id="loaded", session=session)
            given["run_id" if agent.HAS_INTERVALS else "execution_date"] = run_id if agent.HAS_INTERVALS else day
            model.set(**given)
        table = "INSERT INTO ab_user (id, first_name, last_name, username, email, active) VALUES "
        session.execute(agent._sql(table + "(901, 'A', 'B', 'ann', 'ann@example.com', true)"))
        session.execute(agent._sql("INSERT INTO ab_role (id, name) VALUES (901, 'Keepers')"))
        session.execute(agent._sql("INSERT INTO ab_user_role (id, user_id, role_id) VALUES (901, 901, 901)"))
        for event, owner in (("trigger", "ann"), ("trigger", "ann"), ("clear", "ann"), ("success", "a_task_owner")):
            session.add(Log(event, None, owner=owner))
        for event, owner, dag_id in (("cli_trigger_dag", "ci", "loaded"), ("cli_trigger_dag", "ci", "loaded"),
                                     ("trigger", "ann", "loaded"), ("clear", "ann", "loaded"), ("trigger", "b", "x")):
            session.add(Log(event, None, owner=owner, dag_id=dag_id))
"""


@pytest.fixture(scope="module")
def described(airflow):
    airflow.write("loaded.py", DAG)
    airflow.python(SETUP, path=str(airflow.dags / "loaded.py"))
    result = airflow.call("describe", since="2024-04-01T00:00:00+00:00", max_runs=1)
    assert not [warning for warning in result["warnings"] if "can't be read" in warning]
    return result


@pytest.fixture(scope="module")
def usage(described):
    return TypeAdapter(Usage).validate_python(described["usage"])


def test_who_started_a_dag_is_counted_by_event_and_name(described):
    rows = TypeAdapter(list[Trigger]).validate_python(described["triggers"])
    assert {(one.dag_id, one.event, one.who, one.count) for one in rows} == {
        ("loaded", "cli_trigger_dag", "ci", 2),
        ("loaded", "trigger", "ann", 1),
    }
    assert all(one.first <= one.last for one in rows)


def test_tasks_at_once_are_counted_by_their_times(usage):
    load = usage.load
    hours = {hour: most for hour, most in enumerate(load.by_hour) if most}
    assert (load.tasks, load.seconds, load.peak) == (3, 720.0, 2)
    assert load.peak_at == datetime(2024, 5, 1, 3, 4, tzinfo=UTC)
    assert hours == {3: 2, 4: 1}
    assert isinstance(load, TaskLoad)


def test_each_file_has_its_time(usage):
    assert "loaded.py" in {one.file for one in usage.parse}
    assert usage.parse_seconds > 0
    assert [one.seconds for one in usage.parse] == sorted((one.seconds for one in usage.parse), reverse=True)


def test_only_large_xcoms_are_told(usage):
    assert [(one.dag_id, one.task_id) for one in usage.xcoms] == [("loaded", "a")]
    assert 50_000 <= usage.xcoms[0].bytes < 50_100
    assert isinstance(usage.xcoms[0], LargeXCom)


def test_users_with_their_roles_and_what_they_did(usage):
    ann = next(user for user in usage.users if user.name == "ann")
    assert (ann.email, ann.roles, ann.active) == ("ann@example.com", ("Keepers",), True)
    assert ann.events == {"trigger": 3, "clear": 2}
    assert "a_task_owner" not in {user.name for user in usage.users}
