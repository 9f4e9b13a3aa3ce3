"""What the agent's file does without Airflow."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.agent import migrate_agent

FILE = Path(migrate_agent.__file__)


@given(st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_date_survives_in_any_offset(moment, minutes):
    text = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert migrate_agent.parse_date(text) == moment
    assert migrate_agent.parse_date(migrate_agent.iso(moment)) == moment


def test_dates_have_an_offset_and_microseconds(agent):
    assert agent.iso(datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2024-01-02T03:04:05.000000+00:00"
    assert agent.parse_date("2024-01-02T03:04:05.5Z") == datetime(2024, 1, 2, 3, 4, 5, 500000, tzinfo=UTC)
    assert agent.parse_date(None) is None


@pytest.mark.parametrize("text", ["2024-01-02", "2024-01-02T03:04:05", "yesterday", ""])
def test_a_date_without_an_offset_is_refused(agent, text):
    with pytest.raises(agent.AgentError):
        agent.parse_date(text)


def test_a_window(agent):
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert agent.outside({}, now) == ""
    assert agent.outside({"not_before": agent.iso(now), "not_after": agent.iso(now)}, now) == ""
    assert "before" in agent.outside({"not_before": agent.iso(now + timedelta(microseconds=1))}, now)
    assert "after" in agent.outside({"not_after": agent.iso(now - timedelta(microseconds=1))}, now)


@given(st.binary(min_size=32, max_size=32))
def test_keys_survive_bech32(data):
    assert migrate_agent.bech32_decode("age", migrate_agent.bech32_encode("age", data)) == data


def test_an_error_shows_its_first_line_and_the_agents_frames_only(agent):
    def fail(_params):
        raise ValueError("first line\nDETAIL: the value is s3cret")

    agent.ACTIONS["fail"] = fail
    try:
        reply = agent.respond({"id": "x", "action": "fail"})
    finally:
        del agent.ACTIONS["fail"]
    assert reply["error"]["message"] == "ValueError: first line"
    assert "respond" in reply["error"]["traceback"]
    assert "s3cret" not in json.dumps(reply)


def test_mapped_instances_count_as_the_one_with_most_left_to_do(agent):
    assert agent._of_mapped("success", "running") == "running"
    assert agent._of_mapped("success", None) is None
    assert agent._of_mapped("failed", "success") == "failed"
    assert agent._of_mapped("skipped", "success") == "success"


def test_the_file_is_python_3_6():
    source = FILE.read_text("utf-8")
    ast.parse(source, feature_version=(3, 6))
    tokens = {token.string for token in tokenize.generate_tokens(io.StringIO(source).readline)}
    assert not {":=", "dataclass", "annotations", "fromisoformat", "removeprefix"} & tokens


def test_the_heavy_imports_are_inside_the_functions():
    tree = ast.parse(FILE.read_text("utf-8"))
    names = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert names == {
        "ast", "base64", "contextlib", "datetime", "hashlib", "heapq", "hmac", "importlib", "io", "json", "os",
        "pickle", "pickletools", "platform", "re", "time",
    }  # fmt: skip


def test_a_request_is_not_looked_for_by_name_before_the_folder_lists_it(agent, tmp_path, monkeypatch):
    """Cloud Storage FUSE would go on saying for five seconds that the name is not there."""
    path, opened, load = tmp_path / "requests" / "one.json", [], agent.load_json
    monkeypatch.setattr(agent, "load_json", lambda name: opened.append(name) or load(name))
    assert agent.read_request(str(path), "one", 0.3) is None
    assert opened == []
    path.write_text('{"id": "one"}')
    assert agent.read_request(str(path), "one", 0.3) == {"id": "one"}
    assert opened == [str(path)]
