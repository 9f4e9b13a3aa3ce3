"""A cutover's actions on a real Airflow 2 without the agent in it: its REST API and its command line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import requests

from migrator.environments.agentless import Agentless
from migrator.environments.channels.local import LocalChannel
from migrator.environments.rest import AirflowRest, basic_session
from migrator.errors import AgentError

pytestmark = pytest.mark.airflow

TEN = timedelta(minutes=10)
DAGS = """
from datetime import datetime, timedelta
from airflow import DAG
from airflow.datasets import Dataset
from airflow.operators.bash import BashOperator
SCHEDULES = {
    "cron": "*/10 * * * *", "daily": "@daily", "delta": timedelta(minutes=10), "once": "@once", "none": None,
    "always": "@continuous", "sets": [Dataset("s3://x/y")],
}
for name, schedule in SCHEDULES.items():
    for catchup in (True, False):
        dag_id = name + ("_all" if catchup else "_last")
        most = {"max_active_runs": 1} if name == "always" else {}
        with DAG(dag_id, schedule=schedule, start_date=datetime(2026, 1, 1), catchup=catchup, **most) as dag:
            BashOperator(task_id="a", bash_command="true") >> BashOperator(task_id="b", bash_command="true")
        globals()[dag_id] = dag
with DAG("torn", schedule="*/10 * * * *", start_date=datetime(2026, 1, 1), catchup=False) as torn:
    BashOperator(task_id="a", bash_command="true") >> BashOperator(task_id="b", bash_command="true").as_teardown()
"""
MOVED = ("cron_last", "delta_all", "once_all")


@pytest.fixture(scope="module")
def airflow(v2):
    """The real Airflow with its web server."""
    v2.write("some.py", DAGS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = v2.env | {
        "AIRFLOW__API__AUTH_BACKENDS": "airflow.api.auth.backend.basic_auth",
        "AIRFLOW__WEBSERVER__WORKERS": "1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_PORT": str(port),
    }
    about = ("-u", "me", "-p", "pw", "-r", "Admin", "-f", "a", "-l", "b", "-e", "me@example.com")
    made = v2.cli("users", "create", *about)
    assert made.returncode == 0, made.stderr
    with (v2.home / "web.log").open("w") as log:
        command = [str(v2.bin / "airflow"), "webserver"]
        web = subprocess.Popen(
            command, env=env, stdout=log, stderr=subprocess.STDOUT, cwd=v2.home, start_new_session=True
        )
        v2.url = f"http://127.0.0.1:{port}"
        try:
            until = time.monotonic() + 120
            while not _answers(v2.url):
                assert time.monotonic() < until, (v2.home / "web.log").read_text()
                time.sleep(0.5)
            yield v2
        finally:
            os.killpg(web.pid, signal.SIGKILL)
            web.wait(30)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/v1/health", timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def target(airflow):
    rest = AirflowRest(airflow.url, lambda: basic_session("me", "pw"), dags_folder=str(airflow.dags))
    with closing(rest):
        yield Agentless("here", "2.10.5", rest, LocalChannel(airflow.bin / "airflow", airflow.env))


def run(dag_id, date, state="success", **tasks):
    end = date if dag_id.startswith("once") else date + TEN
    return {
        "dag_id": dag_id, "run_id": f"scheduled__{date.isoformat()}", "logical_date": date.isoformat(), "state": state,
        "automated": True, "interval_end": end.isoformat(), "ended": end.isoformat(),
        "tasks": {"a": "success", "b": "success"} | tasks,
    }  # fmt: skip


def last_date(dag_id, *, back=1):
    """The start of an interval that ended: of a timedelta one with microseconds, off every grid."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    start = now.replace(minute=now.minute // 10 * 10) - back * TEN
    return start - timedelta(seconds=17, microseconds=-123456) if dag_id.startswith("delta") else start


def same(value):
    """Dates by value, whatever their form."""
    if isinstance(value, dict):
        return {name: same(one) for name, one in value.items()}
    if isinstance(value, list):
        return [same(one) for one in value]
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def test_it_sees_what_the_agent_sees(airflow, target):
    for dag_id, state in (("daily_all", "success"), ("daily_last", "failed")):
        airflow.call("carry_over", dags={dag_id: [run(dag_id, datetime(2026, 3, 1, tzinfo=UTC), state, b=state)]})
    ours, agents = target.call("observe", history=3).result, airflow.call("observe", history=3)
    ours.pop("composer_migrator_agent", None)
    agents.pop("composer_migrator_agent", None)
    assert set(ours) == set(agents)
    for dag_id, seen in agents.items():
        if dag_id.startswith("always"):  # REST has no name for a timetable of its own
            seen["schedule"]["expression"] = ours[dag_id]["schedule"]["expression"]
        assert same({"expression": None, "seconds": None} | ours[dag_id].pop("schedule")) == same(seen.pop("schedule"))
        assert same(ours[dag_id]) == same(seen), dag_id
    since = "2026-02-01T00:00:00+00:00"
    wanted = airflow.call("runs", since=since, dag_ids=["daily_all", "daily_last"])
    assert same(target.call("runs", since=since, dag_ids=["daily_all", "daily_last"]).result) == same(wanted)
    assert target.call("names").result == airflow.call("names")
    assert target.check().endswith("of Airflow 2.10.5")
    assert abs(target.call("names").now - datetime.now(UTC)) < timedelta(seconds=30)


def test_a_run_is_carried_once_and_the_schedule_goes_on_after_it(airflow, target):
    dates = {dag_id: last_date(dag_id) for dag_id in MOVED}
    given = {dag_id: [run(dag_id, date - TEN), run(dag_id, date)] for dag_id, date in dates.items()}
    done = target.call("carry_over", dags=given).result
    assert {dag_id: one["inserted"] for dag_id, one in done.items()} == {d: [given[d][-1]["run_id"]] for d in MOVED}
    again = target.call("carry_over", dags=given).result
    assert {dag_id: (one["inserted"], one["already"]) for dag_id, one in again.items()} == {
        d: ([], [given[d][-1]["run_id"]]) for d in MOVED
    }
    airflow.write("some.py", DAGS)
    seen = target.call("observe", dag_ids=list(MOVED), history=5).result
    for dag_id, date in dates.items():
        [carried] = seen[dag_id]["finished"]
        assert (carried["carried"], carried["automated"], carried["state"]) == (True, True, "success")
        assert carried["tasks"] == {"a": "success", "b": "success"}
        assert same(carried["logical_date"]) == date
        assert same(carried["interval_end"]) == same(given[dag_id][-1]["interval_end"])
        following = same(seen[dag_id]["next_dagrun"])
        assert following is None if dag_id.startswith("once") else following in (date, date + TEN), dag_id
    removed = target.call("remove_carried", dags=list(MOVED)).result
    assert {dag_id: one["removed"] for dag_id, one in removed.items()} == {d: [given[d][-1]["run_id"]] for d in MOVED}
    assert target.call("remove_carried", dags=list(MOVED)).result == {dag_id: {"removed": []} for dag_id in MOVED}


def test_a_failed_run_keeps_its_failed_task(target):
    date = last_date("daily_all")
    target.call("carry_over", dags={"daily_all": [run("daily_all", date, "failed", b="failed")]})
    found = target.runs.run("daily_all", f"scheduled__{date.isoformat()}")
    target.call("remove_carried", dags=["daily_all"])
    assert (found["state"], found["tasks"]["b"]) == ("failed", "failed")


def test_what_cannot_be_done_is_one_dags_answer(airflow, target):
    date = last_date("cron_last", back=4)
    torn = target.call("carry_over", dags={"torn": [run("torn", date)], "none_all": [run("none_all", date)]}).result
    assert "has the DAG a teardown task?" in torn["torn"]["error"]
    assert torn["none_all"]["inserted"]
    target.call("set_paused", dags={"cron_all": False})
    on = target.call("carry_over", dags={"cron_all": [run("cron_all", date)]}).result
    target.call("set_paused", dags={"cron_all": True})
    assert on == {"cron_all": {"error": "cron_all is not paused"}}
    gone = target.call("switch_on", dags={"nowhere": {}}).result
    assert "there is no" in gone["nowhere"]["error"]
    target.call("remove_carried", dags=["torn", "none_all"])
    with pytest.raises(AgentError, match="'parity' needs the agent in here") as caught:
        target.call("parity")
    assert "--unverified" in caught.value.fix


def test_no_interval_is_left_out_when_it_goes_on(airflow, target):
    cases = dict.fromkeys(("cron_last", "cron_all"), last_date("cron_last", back=3))
    target.call("carry_over", dags={dag_id: [run(dag_id, date)] for dag_id, date in cases.items()})
    airflow.write("some.py", DAGS)
    after = min(cases.values()).isoformat()
    shut = {"not_after": after, "fill_after": after}
    assert "near an interval boundary" in target.call("switch_on", dags={"cron_all": shut}).result["cron_all"]["reason"]
    found = target.call("switch_on", dags={dag_id: {"fill_after": after} for dag_id in cases}).result
    assert "leave out what came due" in found["cron_last"]["error"]
    assert (found["cron_all"]["paused"], target.rest.dag("cron_last").paused) == (False, True)
    late = {"fill_after": datetime.now(UTC).isoformat()}
    assert target.call("switch_on", dags={"cron_last": late}).result["cron_last"]["paused"] is False
    target.call("set_paused", dags=dict.fromkeys(cases, True))
    target.call("remove_carried", dags=list(cases))


def test_it_pauses_what_is_idle_inside_its_window(airflow, target):
    target.call("set_paused", dags={"none_last": False})
    airflow.python(
        """
        dag = agent.Dags().get("none_last")
        date = agent.parse_date("2026-03-01T00:00:00+00:00")
        with agent.transaction() as session:
            agent.add_run(session, dag, None, date, date, "running")
        """
    )
    busy = target.call("pause_if_idle", dags={"none_last": {}}).result["none_last"]
    assert (busy["paused"], "is active" in busy["reason"], len(busy["active"])) == (False, True, 1)
    target.runs.set_state("none_last", busy["active"][0]["run_id"], "success")
    shut = target.call("pause_if_idle", dags={"none_last": {"not_after": "2026-01-01T00:00:00+00:00"}}).result
    assert (shut["none_last"]["paused"], target.rest.dag("none_last").paused) == (False, False)
    assert target.call("pause_if_idle", dags={"none_last": {}}).result["none_last"]["paused"]
    assert target.rest.dag("none_last").paused
