"""The real client of Google against the lab's server, with a short script in place of Airflow."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud.orchestration.airflow.service_v1 import EnvironmentsClient
from google.cloud.orchestration.airflow.service_v1.services.environments.transports import EnvironmentsRestTransport
from google.cloud.orchestration.airflow.service_v1.types import Environment

from migrator.environments.composer_api import ComposerApi
from migrator.environments.endpoint import Endpoint
from migrator.environments.name import EnvironmentName
from migrator.errors import UnreachableError
from migrator.lab import composer_api, sync
from migrator.lab.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrator.lab.state import State

V1 = "projects/lab/locations/local/environments/v1"
V2 = "projects/lab/locations/local/environments/v2"
SCRIPT = b"""#!/bin/sh
echo "ran $*"
echo "a warning" >&2
[ "$1" = dags ] && sleep 30
[ "$1" = variables ] && exit 3
exit 0
"""


@pytest.fixture
def api(dead_lab: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EnvironmentsClient]:
    write_atomic(tmp_path / "airflow", SCRIPT, mode=0o755)
    monkeypatch.setattr(sync, "settle", lambda _: True)
    lab = replace(dead_lab.lab, target=replace(dead_lab.lab.target, airflow=tmp_path / "airflow", env={}))
    server = composer_api.serve(lab, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    transport = EnvironmentsRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
    with EnvironmentsClient(transport=transport) as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()


def start(api: EnvironmentsClient, command: str, subcommand: str = "", *parameters: str) -> dict[str, Any]:
    request = {"environment": V2, "command": command, "subcommand": subcommand, "parameters": list(parameters)}
    answer = api.execute_airflow_command(request)
    named = {"execution_id": answer.execution_id, "pod": answer.pod, "pod_namespace": answer.pod_namespace}
    return {"environment": V2, **named}


def finish(api: EnvironmentsClient, execution: dict[str, Any]) -> tuple[int, list[tuple[int, str]]]:
    lines: list[tuple[int, str]] = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = api.poll_airflow_command({**execution, "next_line_number": len(lines) + 1})
        lines += [(line.line_number, line.content) for line in answer.output]
        if answer.output_end:
            return answer.exit_info.exit_code, lines
        time.sleep(0.05)
    raise AssertionError(lines)


def test_environments_speak_the_protocol(api: EnvironmentsClient) -> None:
    v1 = api.get_environment(name=V1)
    assert v1.state == Environment.State.RUNNING
    assert v1.config.node_count == 3
    assert v1.config.software_config.airflow_config_overrides["core-parallelism"] == "18"
    v2 = api.get_environment(name=V2)
    assert v2.config.workloads_config.worker.max_count == 3
    assert [one.name for one in api.list_environments(parent="projects/lab/locations/local")] == [V1, V2]
    assert not list(api.list_environments(parent="projects/lab/locations/elsewhere"))


def test_what_is_not_there_is_not_found(api: EnvironmentsClient) -> None:
    with pytest.raises(NotFound):
        api.get_environment(name=V2 + "x")
    with pytest.raises(NotFound):
        api.poll_airflow_command({"environment": V2, "execution_id": "none", "next_line_number": 1})


def test_lines_are_numbered_and_both_streams_are_one(api: EnvironmentsClient) -> None:
    execution = start(api, "tasks", "test", "a dag", '{"a": 1}')
    assert finish(api, execution) == (0, [(1, 'ran tasks test a dag {"a": 1}'), (2, "a warning")])
    again = api.poll_airflow_command({**execution, "next_line_number": 2})
    assert [line.content for line in again.output] == ["a warning"]


def test_the_exit_code_comes_through(api: EnvironmentsClient) -> None:
    code, lines = finish(api, start(api, "variables", "list"))
    assert code == 3
    assert len(lines) == 2


def test_a_command_can_be_stopped(api: EnvironmentsClient) -> None:
    execution = start(api, "dags", "backfill")
    while not api.poll_airflow_command({**execution, "next_line_number": 1}).output:
        time.sleep(0.05)
    assert not api.stop_airflow_command({**execution, "force": True}).is_done
    assert finish(api, execution)[0] != 0
    assert api.stop_airflow_command(execution).is_done


def test_composer_1_executes_nothing(api: EnvironmentsClient) -> None:
    with pytest.raises(BadRequest, match="not supported"):
        api.execute_airflow_command({"environment": V1, "command": "version"})


def test_a_snapshot_needs_a_bucket(api: EnvironmentsClient) -> None:
    with pytest.raises(BadRequest, match="gs://"):
        api.save_snapshot({"environment": V1, "snapshot_location": "/tmp/here"})


@pytest.fixture
def ours(api: EnvironmentsClient) -> Iterator[ComposerApi]:
    """This program's own client of the same server."""
    made = ComposerApi(EnvironmentName.parse(V2), Endpoint(f"http://{api.transport._host.removeprefix('http://')}"))
    yield made
    made.close()


def test_settings_are_updated_one_kind_at_a_time_and_read_back(ours: ComposerApi) -> None:
    before = ours.facts()
    ours.set_overrides({**before.overrides, "core-default_task_retries": "2"})
    ours.set_env_variables({"REGION": "eu"})
    after = ours.facts()
    assert after.overrides == {**before.overrides, "core-default_task_retries": "2"}
    assert after.env_variables == {"REGION": "eu"}
    assert after.packages == before.packages


def test_a_setting_that_composer_blocks_is_refused_and_nothing_changes(ours: ComposerApi) -> None:
    before = ours.facts()
    with pytest.raises(UnreachableError, match="core-load_examples"):
        ours.set_overrides({"core-load_examples": "True"})
    assert ours.facts() == before
