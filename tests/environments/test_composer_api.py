"""The Composer API through Google's client, against the lab's server and one that misbehaves."""

from __future__ import annotations

import pytest

from migrator.environments.channels.api import ApiChannel
from migrator.environments.composer_api import ComposerApi, facts_of
from migrator.environments.endpoint import Endpoint
from migrator.environments.name import EnvironmentName
from migrator.errors import UnreachableError
from tests.environments.fixtures import QUICK
from tests.environments.servers import closed_port, in_turn, scripted

NAME = EnvironmentName("lab", "local", "v2")


@pytest.fixture
def api():
    made = []

    def at(url, name=NAME):
        made.append(ComposerApi(name, Endpoint(url), QUICK))
        return made[-1]

    yield at
    for one in made:
        one.close()


def test_an_environment_becomes_facts(api, composer):
    lab, source, _ = composer
    facts = api(lab.api_endpoint, EnvironmentName.parse(source.side.environment)).facts()
    assert facts.name == source.side.environment
    assert facts.airflow_version == "1.10.15"
    assert (facts.state, facts.bucket, facts.node_count) == ("RUNNING", source.side.bucket, 3)
    assert facts.packages["pandas"] == "==1.5.3"
    assert facts.overrides["core-parallelism"] == "18"
    assert facts.network["node_config"]["disk_size_gb"] == 100
    assert facts.network["private_environment_config"]["web_server_ipv4_cidr_block"] == "172.31.245.0/24"


def test_an_old_environment_names_its_bucket_in_the_dags_prefix():
    from google.cloud.orchestration.airflow.service_v1 import Environment

    facts = facts_of(Environment(name="n", config={"dag_gcs_prefix": "gs://us-central1-old-bucket/dags"}))
    assert facts.bucket == "us-central1-old-bucket"
    assert facts.network == {}


def test_a_name_that_is_not_there(api, composer):
    with pytest.raises(UnreachableError, match="there is no environment") as caught:
        api(composer[0].api_endpoint, EnvironmentName("lab", "local", "gone")).facts()
    assert caught.value.fix.endswith(
        "`gcloud composer environments describe gone --project lab --location local` shows what is there"
    )


@pytest.mark.parametrize(("status", "what"), [(403, "not allowed to use environment"), (401, "not logged in")])
def test_permissions_are_told_apart(api, status, what):
    with (
        scripted(in_turn((status, {"error": {"message": "no"}}))) as server,
        pytest.raises(UnreachableError, match=what),
    ):
        api(server.url).facts()


def test_nobody_listens(api):
    with pytest.raises(UnreachableError, match="Connection refused"):
        api(f"http://127.0.0.1:{closed_port()}").facts()


def test_a_command_is_executed_and_polled_to_its_end(api, composer):
    lab, _, target = composer
    target.plays({}, missing=1)
    done = ApiChannel(api(lab.api_endpoint), poll_seconds=0.05).run("dags", "list", "-o", "json", deadline=20)
    assert done.exit_code == 1
    assert done.output.splitlines()[0].endswith("user noise, 100 %")
    assert target.calls == [["dags", "list", "-o", "json"]]


def test_lines_come_once_each_however_often_it_polls(api):
    polls = [
        {"output": [{"lineNumber": 1, "content": "one"}, {"lineNumber": 2, "content": "two"}]},
        {"output": []},
        {"output": [{"lineNumber": 3, "content": "three"}], "outputEnd": True, "exitInfo": {"exitCode": 0}},
    ]
    with scripted(in_turn((200, {"executionId": "e", "pod": "p"}), *((200, poll) for poll in polls))) as server:
        done = ApiChannel(api(server.url), sleep=lambda _: None).run("version", deadline=20)
        assert (done.exit_code, done.output) == (0, "one\ntwo\nthree")
        assert [body.get("nextLineNumber") for _, path, body in server.asked if path.partition(":poll")[1]] == [1, 3, 3]


def test_at_the_deadline_the_command_is_stopped(api):
    def answer(_method, path, _body):
        return 200, {"executionId": "e"} if ":execute" in path else {}

    now = [0.0]
    with scripted(answer) as server:
        channel = ApiChannel(api(server.url), clock=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
        done = channel.run("tasks", "test", deadline=3)
        assert done.exit_code == 124
        assert "stopped after 3 s" in done.output
        assert ":stopAirflowCommand" in server.asked[-1][1]


def test_a_command_that_the_environment_refuses(api, composer):
    lab, source, _ = composer
    with pytest.raises(UnreachableError, match="does not answer") as caught:
        ApiChannel(api(lab.api_endpoint, EnvironmentName.parse(source.side.environment))).run("version", deadline=5)
    assert "Use Cloud Composer 2.4.0 or later" in caught.value.why


def test_a_command_is_never_executed_twice(api):
    with scripted(in_turn((503, {}))) as server:
        with pytest.raises(UnreachableError):
            ApiChannel(api(server.url)).run("version", deadline=5)
        assert len(server.asked) == 1
