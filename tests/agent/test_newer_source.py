"""A source with Airflow 2.2.5, as Composer 1 had it: what it tells, and runs carried from it and back to it."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from migrator.environments.rest import AirflowRest, basic_session
from tests.agent.test_describe import ESTATE, described
from tests.environments.servers import closed_port

pytestmark = [pytest.mark.airflow, pytest.mark.soak]
DAG = """
    from datetime import datetime, timedelta
    from airflow import DAG
    from airflow.operators.bash import BashOperator
    for name, schedule in {"hourly": "@hourly", "every": timedelta(minutes=90)}.items():
        dag = DAG(name, schedule_interval=schedule, start_date=datetime(2024, 1, 1), catchup=False)
        a = BashOperator(task_id="a", bash_command="true", dag=dag)
        a >> BashOperator(task_id="b", bash_command="true", dag=dag)
        globals()[name] = dag
"""
START = datetime(2024, 5, 1, tzinfo=UTC)
PERIODS = {"hourly": timedelta(hours=1), "every": timedelta(minutes=90)}


def runs_of(name):
    dates = [START + PERIODS[name] * n for n in range(3)]
    return [
        {
            "run_id": "x",
            "logical_date": date.isoformat(),
            "interval_end": (date + PERIODS[name]).isoformat(),
            "state": "failed" if date == dates[1] else "success",
            "tasks": {"a": "success", "b": "failed" if date == dates[1] else "skipped"},
        }
        for date in dates
    ]


def finished(airflow):
    seen = airflow.call("observe", dag_ids=list(PERIODS), history=10)
    keys = ("logical_date", "interval_end", "state", "automated", "tasks")
    return {dag_id: [{key: run[key] for key in keys} for run in one["finished"]] for dag_id, one in seen.items()}


def carry(source, destination):
    given = {dag_id: [{**run, "run_id": "x"} for run in runs] for dag_id, runs in finished(source).items()}
    done = destination.call("carry_over", dags=given)
    assert [len(one["inserted"]) for one in done.values()] == [3, 3]
    return done


def test_runs_are_carried_from_it_and_back_to_it(v1_newer, v2):
    for airflow in (v1_newer, v2):
        airflow.write("carried.py", DAG)
        airflow.call("set_paused", dags=dict.fromkeys(PERIODS, True))
    v1_newer.call("carry_over", dags={name: runs_of(name) for name in PERIODS})
    before = finished(v1_newer)
    done = carry(v1_newer, v2)
    assert finished(v2) == before
    assert done["hourly"]["next_dagrun"] is not None
    v1_newer.call("remove_carried", dags=list(PERIODS))
    assert finished(v1_newer) == {"hourly": [], "every": []}
    carry(v2, v1_newer)
    assert finished(v1_newer) == before


def test_it_tells_of_an_estate_what_the_others_tell(v1, v1_newer):
    both = []
    for airflow in (v1, v1_newer):
        airflow.write("deep/estate.py", ESTATE)
        dags = [dag for dag in described(airflow)["dags"] if dag["dag_id"].startswith("estate_")]
        for dag in dags:
            for task in dag["tasks"]:
                task["operator"] = task["operator"].rpartition(".")[2]
        both.append(dags)
    assert both[0] == both[1]


def test_it_is_paused_only_when_idle(v1_newer):
    v1_newer.write("idle.py", DAG.replace('"hourly"', '"idle"').replace('"every"', '"busy"'))
    v1_newer.call("set_paused", dags={"idle": False, "busy": False})
    v1_newer.python("""
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunType
        import pendulum
        with agent.transaction() as session:
            dag = agent.Dags().get("busy")
            moment = pendulum.datetime(2024, 5, 1)
            dag.create_dagrun(run_type=DagRunType.SCHEDULED, execution_date=moment, state=DagRunState.RUNNING,
                              data_interval=(moment, moment.add(minutes=90)), session=session)
    """)
    window = {"not_before": None, "not_after": None}
    done = v1_newer.call("pause_if_idle", dags={"idle": window, "busy": window})
    assert {name: one["paused"] for name, one in done.items()} == {"idle": True, "busy": False}
    assert "is active" in done["busy"]["reason"]


@pytest.fixture
def web(v1_newer):
    """Its real web server, and a user who may do all."""
    port = closed_port()
    v1_newer.env["AIRFLOW__API__AUTH_BACKEND"] = "airflow.api.auth.backend.basic_auth"
    names = ("--firstname", "A", "--lastname", "B", "--email", "a@b.invalid", "--role", "Admin")
    done = v1_newer.cli("users", "create", "--username", "admin", "--password", "pw", *names)
    assert done.returncode == 0, done.stderr
    where = ("--hostname", "127.0.0.1", "--port", str(port), "--workers", "1")
    command = [str(v1_newer.bin / "airflow"), "webserver", *where]
    with (v1_newer.home / "web.log").open("w") as log:
        running = subprocess.Popen(command, env=v1_newer.env, stdout=log, stderr=log, cwd=v1_newer.home)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 120
    while not answers(f"{url}/health"):
        assert time.monotonic() < until, (v1_newer.home / "web.log").read_text()[-2000:]
        time.sleep(1)
    yield url
    running.terminate()
    running.wait(30)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def test_its_rest_api_answers_the_adapter(v1_newer, web):
    """It has no next_dagrun, no time of parsing and no flag for import errors: these came later."""
    v1_newer.write("rest.py", DAG.replace('"hourly"', '"rest_a"').replace('"every"', '"rest_b"'))
    rest = AirflowRest(web, lambda: basic_session("admin", "pw"), dags_folder=str(v1_newer.dags))
    before = rest.dags()
    assert {"rest_a", "rest_b"} <= before.keys()
    assert (before["rest_a"].last_parsed, before["rest_a"].next_dagrun) == (None, None)
    assert rest.set_paused("rest_a", paused=False) is False
    assert v1_newer.call("observe", dag_ids=["rest_a"], history=1)["rest_a"]["paused"] is False
    assert rest.set_paused("rest_a", paused=True) is True
    assert rest.import_errors() == {}
    rest.close()
