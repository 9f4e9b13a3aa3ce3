"""From migrate.toml to adapters."""

from __future__ import annotations

import json

import pytest

from migrator.environments.channels.api import ApiChannel
from migrator.environments.channels.gcloud import GcloudChannel
from migrator.environments.channels.local import LocalChannel
from migrator.errors import AgentError, UnreachableError, WorkspaceError
from migrator.workspace.config import Config, EnvironmentSection, Local, RestSection
from migrator.workspace.connect import channel_of, composer_api, connect_source, connected, process_environment, rest_of
from migrator.workspace.workspace import Workspace, open_workspace
from tests.environments.servers import closed_port
from tests.workspace.users import configure

NAME = "projects/p/locations/l/environments/e"


def section(**more):
    return EnvironmentSection(environment=NAME, **more)


def test_both_sides_are_reached(composer, tmp_path):
    lab, source, target = composer
    configure(tmp_path / "ws", lab)
    with connected(open_workspace(tmp_path / "ws")) as (one, other):
        assert (one.facts.airflow_version, one.bucket.name, one.rest) == ("1.10.15", source.side.bucket, None)
        assert (other.facts.airflow_version, other.bucket.name) == ("2.10.5", target.side.bucket)
        assert other.rest is not None
        assert one.agent.call("observe").airflow_version == "1.10.15"
        assert source.calls
        assert not target.calls


def test_only_a_side_with_rest_does_without_the_agent(composer, tmp_path):
    lab, _, _ = composer
    configure(tmp_path / "ws", lab)
    path = tmp_path / "ws" / "migrate.toml"
    configured = path.read_text()
    path.write_text(configured.replace("[target]\n", "[target]\nagent = false\n"))
    with connected(open_workspace(tmp_path / "ws")) as (one, other):
        assert (one.agentless, other.agentless) == (False, True)
        with pytest.raises(AgentError, match="the command line of projects"):
            other.agent.check()  # this one knows nothing but the agent
        assert not list(other.bucket.files("dags/composer_migrator_agent"))
    path.write_text(configured.replace("[source]\n", "[source]\nagent = false\n"))
    with pytest.raises(WorkspaceError, match="without the agent") as caught:
        connect_source(open_workspace(tmp_path / "ws"))
    assert "agent = false" in caught.value.fix


def test_each_channel(tmp_path):
    def made(one):
        return channel_of(one, composer_api(one), tmp_path)

    assert isinstance(made(section()), GcloudChannel)
    assert isinstance(made(section(channel="api")), ApiChannel)
    local = made(section(channel="local", local=Local(airflow="bin/airflow", env={"A": "1"})))
    assert isinstance(local, LocalChannel)
    assert local.airflow == tmp_path / "bin/airflow"
    with pytest.raises(WorkspaceError, match="airflow executable"):
        made(section(channel="local"))


def test_the_environment_file_is_the_whole_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("FROM_HERE", "1")
    (tmp_path / "env.json").write_text(json.dumps({"A": "file", "B": "file"}))
    local = Local(airflow="a", env={"B": "toml"}, env_file="env.json")
    assert process_environment(local, tmp_path) == {"A": "file", "B": "toml"}
    assert process_environment(Local(airflow="a"), tmp_path)["FROM_HERE"] == "1"


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_an_environment_file_that_cannot_be_read(tmp_path, content):
    if content is not None:
        (tmp_path / "env.json").write_text(content)
    with pytest.raises(WorkspaceError, match=r"env\.json cannot be read"):
        process_environment(Local(airflow="a", env_file="env.json"), tmp_path)


def test_rest_needs_a_whole_login(tmp_path, composer):
    lab, _, _ = composer
    configure(tmp_path / "ws", lab)
    facts_section = section(rest=RestSection(auth="basic", url="http://h"))
    with connected(open_workspace(tmp_path / "ws")) as (one, other):
        with pytest.raises(WorkspaceError, match="login is not complete"):
            rest_of(facts_section, other.facts, tmp_path)
        assert rest_of(facts_section, one.facts, tmp_path) is None


def test_a_side_that_is_not_configured(tmp_path):
    with pytest.raises(WorkspaceError, match="no source environment"):
        connect_source(Workspace(tmp_path))


def test_an_environment_that_does_not_answer(tmp_path):
    config = Config(source=section(api_endpoint=f"http://127.0.0.1:{closed_port()}"))
    with pytest.raises(UnreachableError, match="does not answer"):
        connect_source(Workspace(tmp_path, config))
