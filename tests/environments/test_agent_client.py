"""Calling the agent: what goes over the bucket, what is waited for, and what a failure shows."""

from __future__ import annotations

import pytest

from migrator.environments.agent_client import AGENT_PATH, AgentClient, Patience, agent_source, date_of, version_of
from migrator.environments.channels.local import LocalChannel
from migrator.errors import AgentError, AnswerError
from tests.environments import stand_in
from tests.environments.stand_in import answered

SOURCE = b'AGENT_VERSION = "%s"\n' % str(version_of(agent_source())).encode()
SHORT = Patience(command=20, answer=0.3, answer_after_failure=0.1, arrival=1, poll=0.05, arrival_poll=0.05)


@pytest.fixture
def v1(gcs, tmp_path):
    return stand_in.make(gcs, tmp_path, "v1")


@pytest.fixture
def client(bucket, v1, gcs):
    bucket.name = v1.side.bucket

    def made(version="1.10.15", patience=SHORT):
        channel = LocalChannel(v1.side.airflow, v1.side.env)
        return AgentClient("env", version, bucket, channel, patience, source=SOURCE)

    return made


def test_the_answer_and_nothing_left_behind(client, v1):
    v1.plays({"observe": answered({}), "describe": answered({"dags": []})})
    answer = client().call("describe", max_runs=3)
    assert answer.result == {"dags": []}
    assert (answer.airflow_version, answer.python_version, answer.now.microsecond) == ("1.10.15", "3.8.12", 6)
    assert v1.requests[-1]["action"] == "describe"
    assert v1.requests[-1]["params"] == {"max_runs": 3}
    assert v1.names() == [AGENT_PATH]


@pytest.mark.parametrize(
    ("version", "words", "flags"),
    [
        ("1.10.15", ["test"], ["-tp", "-sd"]),
        ("2.2.5", ["tasks", "test"], ["-t", "-S"]),
        ("2.10.5", ["tasks", "test"], ["-t", "-S"]),
    ],
)
def test_the_command_is_that_of_the_airflow_version(client, version, words, flags):
    command = list(client(version)._command("ID"))
    assert command == [
        *words, "composer_migrator_agent", "answer", date_of("ID"),
        flags[0], '{"id": "ID"}', flags[1], "DAGS_FOLDER/composer_migrator_agent.py",
    ]  # fmt: skip


ODD_ANSWERS = {
    "the result is a list": answered([]),
    "the result is missing": {"ok": True, "now": "2026-01-02T03:04:05+00:00"},
    "the clock is text": answered({}, now="noon"),
    "the clock has no zone": answered({}, now="2026-01-02T03:04:05"),
    "the version is a number": answered({}, airflow_version=2),
    "ok is text": answered({}, ok="yes"),
    "an error is text": {"ok": False, "error": "boom"},
    "an error is odd": {"ok": False, "error": {"kind": 5, "message": []}},
    "a DAG is a list": answered({"a": []}),
    "a DAG says nothing": answered({"a": {}}),
    "paused is text": answered({"a": {"exists": True, "paused": "no"}}),
    "a run is text": answered({"a": {"exists": True, "active": ["run"]}}),
    "a date is a number": answered({"a": {"exists": True, "next_dagrun": 5}}),
}


@pytest.mark.parametrize("odd", ODD_ANSWERS)
def test_an_answer_of_another_form_is_told(client, v1, odd):
    asked = client()
    asked.call("observe")
    v1.plays({"*": ODD_ANSWERS[odd]})
    with pytest.raises(AnswerError, match="the agent in env answered what is not its answer") as caught:
        asked.call("observe", dag_ids=["a"])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "data", [b"<html>\x1b[31mlogin</html>", b'{"ok": tr', b"[]", b"null", b'"ok"', b"\xff", b"[" * 9999]
)
def test_an_object_that_is_no_answer_is_told(client, bucket, monkeypatch, data):
    asked = client()
    asked.call("observe")
    read = bucket.read
    monkeypatch.setattr(
        type(bucket), "read", lambda _, path: data if path.startswith("data/migrate/answers/") else read(path)
    )
    with pytest.raises(AnswerError) as caught:
        asked.call("observe")
    assert "data/migrate/answers/" in caught.value.why
    assert "\x1b" not in str(caught.value)


def test_the_agent_is_uploaded_once_and_again_when_it_changed(client, v1, bucket):
    first = client()
    first.call("observe")
    first.call("observe")
    assert len(v1.calls) == 3  # one to see that the uploaded version is there
    client().call("observe")
    assert len(v1.calls) == 4
    bucket.write(AGENT_PATH, b"old")
    client().call("observe")
    assert bucket.read(AGENT_PATH) == SOURCE


def test_an_older_version_in_the_environment_is_waited_for(client, v1):
    v1.plays({"*": answered({}, agent_version="0")})
    with pytest.raises(AgentError, match="still runs another version"):
        client().call("pause_if_idle", dags={})
    assert {request["action"] for request in v1.requests} == {"observe"}
    assert len(v1.requests) > 1


def test_a_file_that_has_not_arrived_is_waited_for_with_the_same_id(client, v1):
    v1.plays({"*": answered({})}, missing=2)
    client().call("observe")
    assert len(v1.calls) == 4
    assert v1.calls[0] == v1.calls[1] == v1.calls[2]


def test_a_file_that_never_arrives_is_an_error(client, v1):
    v1.plays({"*": answered({})}, missing=99)
    with pytest.raises(AgentError, match="did not answer") as caught:
        client().call("observe")
    assert "could not be found" in caught.value.why


def test_a_command_that_crashed_is_repeated_once_with_the_same_id(client, v1, bucket):
    bucket.write(AGENT_PATH, SOURCE)
    v1.plays({"*": answered({"a": {"paused": True}})}, crashes=1)
    assert client().call("set_paused").result == {"a": {"paused": True}}
    assert v1.calls[0] == v1.calls[1]


def test_an_answer_counts_whatever_the_exit_code(client, v1):
    v1.plays({"*": answered({"n": {"exists": False}})}, exit_code=1)
    assert client().call("observe").result == {"n": {"exists": False}}


def test_exit_code_zero_without_an_answer_is_no_answer(client, v1, bucket):
    bucket.write(AGENT_PATH, SOURCE)
    v1.plays({})
    with pytest.raises(AgentError, match="did not answer 'describe'; it may have acted") as caught:
        client().call("describe")
    assert "ended with 0" in caught.value.why
    assert "user noise, 100 %" in caught.value.why
    assert caught.value.exit_code == 3
    assert v1.names() == [AGENT_PATH]


def test_a_failure_of_the_agent_is_shown(client, v1):
    error = {"kind": "KeyError", "message": "no such DAG", "traceback": "Traceback ..."}
    v1.plays({"observe": answered({}), "carry_over": {"ok": False, "error": error}})
    with pytest.raises(AgentError, match="failed at 'carry_over'") as caught:
        client().call("carry_over", dags={})
    assert caught.value.why == "KeyError: no such DAG"
    assert v1.names() == [AGENT_PATH]


def test_what_a_silent_agent_printed_is_shown_without_secrets(client, v1):
    text = v1.side.airflow.read_text().replace("user noise", "password=hunter2-Zebra")
    v1.side.airflow.write_text(text)
    v1.plays({})
    with pytest.raises(AgentError) as caught:
        client().call("observe")
    assert "password=(redacted)" in caught.value.why
    assert "hunter2" not in str(caught.value)


def test_the_agent_that_is_shipped_declares_its_version():
    assert version_of(agent_source())
    assert version_of(b"nothing") is None


def test_each_request_has_a_logical_date_of_its_own_so_that_two_calls_may_overlap():
    dates = {date_of(f"request-{number}") for number in range(500)}
    assert len(dates) == 500
    assert min(dates) > "2020-01-01T"
    assert date_of("request-1") == date_of("request-1")


def test_a_standing_agent_answers_many_calls_by_one_command(client, v1):
    v1.plays({"*": answered({"n": {"exists": False}})}, stays=20)
    agent = client()
    agent.call("observe")
    before = len(v1.calls)
    with agent.standing():
        assert [agent.call("observe", dag_ids=[str(n)]).result for n in range(5)] == [{"n": {"exists": False}}] * 5
        assert len(v1.calls) == before + 1
    assert [request["params"] for request in v1.requests[-5:]] == [{"dag_ids": [str(n)]} for n in range(5)]
    assert "end" in (v1.home / "ended.txt").read_text()
    assert v1.names() == [AGENT_PATH]
    agent.call("observe")
    assert len(v1.calls) == before + 2


def test_a_standing_agent_that_ends_is_started_again_and_its_last_request_is_not_lost(client, v1):
    v1.plays({"*": answered({})}, stays=2)
    agent = client()
    agent.call("observe")
    with agent.standing():
        for number in range(6):
            agent.call("observe", dag_ids=[number])
    assert [request["params"] for request in v1.requests[-6:]] == [{"dag_ids": [number]} for number in range(6)]


def test_where_no_agent_stays_each_call_has_a_command_of_its_own(client, v1):
    v1.plays({"*": answered({})}, stays=0, exit_code=0)
    agent = client()
    agent.call("observe")
    with agent.standing():
        for number in range(5):
            agent.call("observe", dag_ids=[number])
    assert [request["params"] for request in v1.requests[-5:]] == [{"dag_ids": [number]} for number in range(5)]


def test_a_standing_agent_that_can_not_be_started_is_done_without(client, v1):
    v1.plays({"*": answered({})})
    agent = client()
    agent.call("observe")
    v1.plays({"*": answered({})}, stays=0, exit_code=1)
    with agent.standing():
        for _ in range(5):
            agent.call("observe")
    serving = [call for call in v1.calls if "serve" in str(call)]
    assert len(serving) == 3
