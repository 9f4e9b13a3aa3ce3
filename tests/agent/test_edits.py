"""Who edited what when, as real command lines and web servers leave it in the log of a real Airflow."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.airflow

SINCE = "2020-01-01T00:00:00+00:00"
FLAT = [
    ("variables", "--set", "k", "hunter2"),
    ("variables", "-x", "gone"),
    ("variables", "--get", "k"),
    ("connections", "--add", "--conn_id", "db", "--conn_uri", "mysql://u:hunter2@h"),
    ("connections", "--delete", "--conn_id=old"),
    ("connections", "--list"),
    ("pool", "--set", "narrow", "3", "words"),
    ("pool", "-x", "wide"),
]
NESTED = [
    ("variables", "set", "key", "hunter2"),
    ("variables", "delete", "gone"),
    ("variables", "get", "k"),
    ("connections", "add", "db", "--conn-uri", "mysql://u:hunter2@h"),
    ("connections", "delete", "old"),
    ("connections", "list"),
    ("pools", "set", "narrow", "3", "words"),
    ("pools", "delete", "wide"),
]
EXPECTED = {
    ("variable", "k"),
    ("variable", "gone"),
    ("connection", "db"),
    ("connection", "old"),
    ("pool", "narrow"),
    ("pool", "wide"),
}


def ran(airflow, commands) -> list[dict[str, str]]:
    """The edits that the log tells after the real functions of the command line ran, in one process."""
    airflow.python("""
        import io, contextlib, sys
        from airflow.models import Log
        with agent.transaction() as session:
            session.query(Log).delete()
        parser = agent._command_parser()
        for argv in values["commands"]:
            sys.argv = ["airflow", *argv]
            given = parser.parse_args(argv)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit, AttributeError):
                given.func(given)
    """, commands=commands)  # fmt: skip
    answer = airflow.call("edits", since=SINCE)
    assert "hunter2" not in json.dumps(answer)
    return answer["edits"]


@pytest.mark.parametrize("commands", [FLAT, NESTED], ids=["flat", "nested"])
def test_command_lines_of_1_10(v1, commands):
    """Of the nested form, 1.10.15 stores ``k`` for ``key``, and fails at pools before it logs them."""
    found = ran(v1, commands)
    expected = EXPECTED if commands is FLAT else {(kind, name) for kind, name in EXPECTED if kind != "pool"}
    assert {(one["kind"], one["name"]) for one in found} == expected
    assert len(found) == len(expected)
    assert {one["how"] for one in found} <= {"cli_variables", "cli_connections", "cli_pool"}
    assert all(one["who"] and one["at"].endswith("+00:00") for one in found)


def test_command_lines_of_2(v2):
    found = ran(v2, NESTED)
    assert {(one["kind"], one["name"]) for one in found} == EXPECTED - {("variable", "k")} | {("variable", "key")}
    assert len(found) == len(EXPECTED)


def test_an_import_is_an_edit_without_a_name(airflow, tmp_path):
    (tmp_path / "v.json").write_text('{"a": "1"}')
    flag = "--import" if airflow.version == "1.10.15" else "import"
    found = ran(airflow, [("variables", flag, str(tmp_path / "v.json"))])
    assert [(one["kind"], one["name"]) for one in found] == [("variable", None)]


@pytest.mark.soak
def test_one_real_process_leaves_the_same(v1):
    v1.cli("variables", "--set", "from_outside", "hunter2")
    assert "from_outside" in {one["name"] for one in v1.call("edits", since=SINCE)["edits"]}
    assert v1.call("edits", since="2199-01-01T00:00:00+00:00") == {"edits": []}


@pytest.mark.soak
def test_the_rest_api_of_2(v2):
    v2.cli("users", "create", "-u", "ann", "-p", "pw", "-e", "a@b.c", "-f", "A", "-l", "B", "-r", "Admin")
    v2.python("""
        import base64, os
        os.environ["AIRFLOW__API__AUTH_BACKENDS"] = "airflow.api.auth.backend.basic_auth"
        from airflow.models import Log
        from airflow.www.app import create_app
        with agent.transaction() as session:
            session.query(Log).delete()
        client = create_app(testing=True).test_client()
        login = {"Authorization": "Basic " + base64.b64encode(b"ann:pw").decode()}
        def ask(method, path, **body):
            answer = client.open("/api/v1/" + path, method=method, headers=login, json=body or None)
            assert answer.status_code < 300, (path, answer.status_code, answer.text)
        ask("POST", "variables", key="rest", value="hunter2")
        ask("PATCH", "variables/rest", key="rest", value="hunter2")
        ask("DELETE", "variables/rest")
        ask("POST", "connections", connection_id="rest", conn_type="http", password="hunter2")
        ask("DELETE", "connections/rest")
        ask("POST", "pools", name="rest", slots=1)
        ask("PATCH", "pools/rest", name="rest", slots=2)
        ask("DELETE", "pools/rest")
    """)  # fmt: skip
    answer = v2.call("edits", since=SINCE)
    assert [(one["kind"], one["name"], one["who"]) for one in answer["edits"]] == [
        *[("variable", "rest", "ann")] * 3,
        *[("connection", "rest", "ann")] * 2,
        *[("pool", "rest", "ann")] * 3,
    ]
    assert "hunter2" not in json.dumps(answer)


@pytest.mark.parametrize("extra", [None, "", "{", "[]", '{"full_command": "no list"}', '{"full_command": "[1, 2]"}'])
def test_a_line_that_nobody_can_read_is_left_out(v1, extra):
    v1.python("""
        from airflow.models import Log
        with agent.transaction() as session:
            session.query(Log).delete()
            session.add(Log("cli_variables", None, owner="x", extra=values["extra"]))
    """, extra=extra)  # fmt: skip
    assert v1.call("edits", since=SINCE) == {"edits": []}
