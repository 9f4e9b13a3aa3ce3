"""The lab as its user meets it: two real Airflows, a bucket, an API, and nothing left at the end."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from migrator.errors import LabError
from migrator.lab import bucket, estate, processes, state
from migrator.lab import lab as labs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.lab

DAG_V1 = """
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
dag = DAG("lab_smoke", schedule_interval="* * * * *", start_date=datetime(2026, 1, 1), catchup=False)
BashOperator(task_id="work", bash_command="echo done > $DAGS_FOLDER/../data/from_task.txt", dag=dag)
"""

STATE_OF_RUNS = """
from airflow import settings
from airflow.models import DagRun
print("STATES", [run.state for run in settings.Session().query(DagRun).filter(DagRun.dag_id == "lab_smoke")])
"""


def eventually(check: Callable[[], bool], *, seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.5)


@pytest.fixture
def api(lab: labs.Lab) -> Iterator[Any]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.orchestration.airflow.service_v1 import EnvironmentsClient
    from google.cloud.orchestration.airflow.service_v1.services.environments.transports import (
        EnvironmentsRestTransport,
    )

    host = lab.api_endpoint.removeprefix("http://")
    transport = EnvironmentsRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
    with EnvironmentsClient(transport=transport) as client:
        yield client


def execute(api: Any, side: labs.Side, command: str, subcommand: str = "", *parameters: str) -> tuple[int, list[str]]:
    request = {"environment": side.environment, "command": command, "subcommand": subcommand}
    started = api.execute_airflow_command({**request, "parameters": list(parameters)})
    lines: list[str] = []
    while True:
        poll = {"environment": side.environment, "execution_id": started.execution_id, "pod": started.pod}
        answer = api.poll_airflow_command({**poll, "next_line_number": len(lines) + 1})
        lines += [line.content for line in answer.output]
        if answer.output_end:
            return answer.exit_info.exit_code, lines
        time.sleep(0.2)


def gcloud(lab: labs.Lab, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(lab.gcloud), "composer", "environments", "run", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_loading_and_starting_again_change_nothing(lab: labs.Lab) -> None:
    before = labs.status(lab.home)
    assert labs.load(lab.home) == lab
    assert labs.up(lab.home, print) == lab
    assert labs.status(lab.home) == before
    assert all(row.alive for row in before)


def test_what_it_writes_down_is_private(lab: labs.Lab) -> None:
    secrets = [lab.home / "lab.json", lab.home / "settings.json", lab.target.home / "password"]
    assert [path.stat().st_mode & 0o777 for path in secrets] == [0o600] * 3
    assert lab.target.password
    assert lab.target.password not in repr(lab)
    assert lab.source.env["AIRFLOW__CORE__FERNET_KEY"] != lab.target.env["AIRFLOW__CORE__FERNET_KEY"]


def test_nothing_listens_beyond_this_machine(lab: labs.Lab) -> None:
    sockets: list[Any] = []
    for process in processes.family(state.read(lab.home).processes, None):
        with contextlib.suppress(psutil.NoSuchProcess):
            sockets += process.net_connections("inet")
    assert {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_a_dag_in_the_bucket_runs_in_v1_and_what_it_writes_comes_back(lab: labs.Lab) -> None:
    estate.load(lab, {"lab_smoke.py": DAG_V1})
    eventually(lambda: "data/from_task.txt" in bucket.names(lab.gcs_endpoint, "lab-v1"))
    command = [str(lab.source.python), "-c", STATE_OF_RUNS]

    def succeeded() -> bool:
        done = subprocess.run(command, env=lab.source.env, capture_output=True, text=True, check=True)
        return "'success'" in done.stdout

    eventually(succeeded)


def test_the_small_estate_has_its_variables(lab: labs.Lab) -> None:
    estate.seed(lab)
    estate.seed(lab)
    read = "from airflow.models import Variable as V; print(repr([V.get('number_like'), V.get('quoted')]))"
    command = [str(lab.source.python), "-c", read]
    done = subprocess.run(command, env=lab.source.env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['1e5', '\"abc\"']"


def test_the_rest_api_of_v2_takes_the_password(lab: labs.Lab) -> None:
    request = urllib.request.Request(f"{lab.target.url}/api/v1/version")
    credentials = f"{lab.target.user}:{lab.target.password}".encode()
    request.add_header("Authorization", f"Basic {base64.b64encode(credentials).decode()}")
    with urllib.request.urlopen(f"{lab.target.url}/health", timeout=10) as health:
        assert json.load(health)["scheduler"]["status"] == "healthy"
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["version"] == "2.10.5"


def test_the_real_client_lists_both_environments(lab: labs.Lab, api: Any) -> None:
    found = {one.name: one for one in api.list_environments(parent="projects/lab/locations/local")}
    assert set(found) == {lab.source.environment, lab.target.environment}
    config = found[lab.source.environment].config
    assert config.software_config.image_version == "composer-1.20.12-airflow-1.10.15"
    assert (config.dag_gcs_prefix, config.airflow_uri) == ("gs://lab-v1/dags", lab.source.url)


def test_the_real_client_executes_a_command_on_v2(lab: labs.Lab, api: Any) -> None:
    code, lines = execute(api, lab.target, "version")
    assert (code, lines[-1]) == (0, lab.target.airflow_version)
    code, lines = execute(api, lab.target, "dags", "list-nothing")
    assert code == 2
    assert any("invalid choice" in line for line in lines)


def test_v1_refuses_commands_as_composer_1_does(lab: labs.Lab, api: Any) -> None:
    from google.api_core.exceptions import BadRequest

    with pytest.raises(BadRequest, match="not supported"):
        api.execute_airflow_command({"environment": lab.source.environment, "command": "version"})


def test_the_real_client_saves_a_snapshot(lab: labs.Lab, api: Any) -> None:
    where = {"environment": lab.source.environment, "snapshot_location": "gs://lab-v2/snapshots"}
    path = api.save_snapshot(where).result(timeout=60).snapshot_path
    names = bucket.names(lab.gcs_endpoint, "lab-v2", path.removeprefix("gs://lab-v2/"))
    assert {name.rpartition("/")[2] for name in names} >= {"environment.json", "airflow-database.postgres.sql.gz"}


def test_gcloud_runs_the_command_line_of_v1(lab: labs.Lab) -> None:
    done = gcloud(lab, "v1", "--project", "lab", "--location", "local", "list_dags", "--", "-r")
    assert done.returncode == 0
    assert "DAGS" in done.stdout
    assert "kubeconfig entry generated" in done.stderr


def test_gcloud_fails_as_gcloud_does(lab: labs.Lab) -> None:
    where = ("--project", "lab", "--location", "local")
    failed = gcloud(lab, "v2", *where, "dags", "state", "--", "no_such_dag", "2026-01-01")
    assert failed.returncode == 1
    assert "ERROR: (gcloud.composer.environments.run) kubectl returned non-zero status code." in failed.stderr
    assert gcloud(lab, "v1", *where, "resetdb").returncode == 2
    assert gcloud(lab, "v3", *where, "dags", "list").returncode == 1


def test_what_dies_is_started_again_without_its_left_overs(lab: labs.Lab) -> None:
    scheduler = next(row for row in state.read(lab.home).processes if row.name == "v1-scheduler")
    os.kill(scheduler.pid, signal.SIGKILL)
    eventually(lambda: not processes.is_alive(scheduler))
    labs.up(lab.home, print)
    assert all(row.alive for row in labs.status(lab.home))
    assert not list(processes.family([scheduler], None))


def test_an_interrupted_start_stops_what_it_started(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    code = f"from pathlib import Path; from migrator.lab import lab; lab.up(Path({str(home)!r}), print)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        eventually(lambda: any(row.name == "postgres" for row in labs.status(home)))
        rows = state.read(home).processes
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert b"stopping what was started" in out
    assert b"KeyboardInterrupt" in err
    assert not list(processes.family(rows, None))
    assert not any(row.alive for row in labs.status(home))
    labs.reset(home, print)


def test_down_leaves_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    lab = labs.up(home, print)
    rows = state.read(home).processes
    family = {process.pid for process in processes.family(rows, lab.source.env[processes.MARKER])}
    assert len(family) > len(rows)
    labs.down(home, print)
    assert not list(processes.family(rows, lab.source.env[processes.MARKER]))
    with pytest.raises(LabError, match="not up"):
        labs.load(home)
    database = (home / "postgres").resolve()
    labs.reset(home, print)
    assert not home.exists()
    assert not database.exists()
