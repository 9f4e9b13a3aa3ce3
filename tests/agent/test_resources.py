from __future__ import annotations

import base64
import json

import pyrage
import pytest

pytestmark = pytest.mark.airflow

VALUES = {
    "number": "1e5",
    "quoted": '"abc"',
    "float": "1.10",
    "long": "123456789012345678901234567890",
    "twice": '{"a": 1, "a": 2}',
    "spaces": "  padded \n\t",
    "empty": "",
    "none": "None",
    "true": "true",
    "unicode": "Zürich 東京 \U0001f600 e\u0301",
    "crlf": "a\r\nb\rc\n",
    "big": "x1é" * 262144,
    "path/with/slashes": "v",
    "dotted.key-with spaces": "v",
    "jinja": "{{ var.value.other }}",
    "backslash": "\\n\\u0041",
}
CONNECTIONS = [
    {"conn_id": "plain", "conn_type": "http", "host": "h", "schema": "s", "login": "l", "password": "p", "port": 80,
     "extra": "{}"},
    {"conn_id": "odd extra", "conn_type": "aws", "extra": '{"b":1,  "a": "é"}'},
    {"conn_id": "not_json", "conn_type": "google_cloud_platform", "extra": "key=value&x"},
    {"conn_id": "bare", "conn_type": None},
    {"conn_id": "percent", "conn_type": "mysql", "login": "a:b@c", "password": "p%40/ü'\"", "host": "10.0.0.1"},
]  # fmt: skip


def store(airflow, variables, connections):
    airflow.python(
        """
        variables = [{"key": key, "value": value} for key, value in values["variables"].items()]
        agent.store_each("variables", variables, "replace", False)
        agent.store_each("connections", values["connections"], "replace", False)
        """,
        variables=variables,
        connections=connections,
    )


def sealed_of(airflow):
    """What ``describe`` seals, opened."""
    identity = pyrage.x25519.Identity.generate()
    result = airflow.call("describe", since="2024-01-01T00:00:00Z", max_runs=1, recipient=str(identity.to_public()))
    return json.loads(pyrage.decrypt(base64.b64decode(result["sealed"]), [identity])), result


def offer(airflow, content, **params):
    """Seal to the environment's own key and import; wants a key again after each real import."""
    recipient = pyrage.x25519.Recipient.from_str(airflow.call("public_key")["recipient"])
    sealed = base64.b64encode(pyrage.encrypt(json.dumps(content).encode(), [recipient])).decode()
    return airflow.call(
        "import_resources", sealed=sealed, **{"policy": "skip", "only": None, "dry_run": False, **params}
    )


def wipe(airflow):
    airflow.python("""
        from airflow.models import Connection, Pool, Variable
        with agent.transaction() as session:
            session.query(Variable).delete()
            session.query(Connection).delete()
            session.query(Pool).filter(Pool.pool != "default_pool").delete()
            session.query(Pool).update({"slots": 128})
    """)


def test_exact_strings_survive_the_whole_way(v1, v2):
    wipe(v1)
    wipe(v2)
    store(v1, VALUES, CONNECTIONS)
    content, _ = sealed_of(v1)
    assert {one["key"]: one["value"] for one in content["variables"]} == VALUES
    result = offer(v2, content)
    assert set(result["variables"].values()) == {"created"}
    assert set(result["connections"].values()) == {"created"}
    there, _ = sealed_of(v2)
    assert {one["key"]: one["value"] for one in there["variables"]} == VALUES
    here = {one["conn_id"]: one for one in content["connections"]}
    for one in there["connections"]:
        expected = here[one["conn_id"]]
        assert one == {**expected, "conn_type": expected["conn_type"] or ""}
    again = offer(v2, content, policy="replace")
    assert set(again["variables"].values()) == {"equal"}
    assert set(again["connections"].values()) == {"equal"}


def test_what_airflow_itself_reads_is_the_value(v2):
    wipe(v2)
    content = {"variables": [{"key": "k", "value": "1e5"}], "connections": [{**CONNECTIONS[4], "conn_id": "c"}]}
    offer(v2, content)
    assert v2.python("from airflow.models import Variable; result = Variable.get('k')") == "1e5"
    assert (
        v2.python("from airflow.hooks.base import BaseHook; result = BaseHook.get_connection('c').password")
        == "p%40/ü'\""
    )


def test_policies(airflow):
    wipe(airflow)
    store(airflow, {"same": "1", "other": "mine"}, [{"conn_id": "c", "conn_type": "http", "password": "mine"}])
    content = {
        "variables": [{"key": "same", "value": "1"}, {"key": "other", "value": "theirs"}, {"key": "new", "value": "2"}],
        "connections": [{"conn_id": "c", "conn_type": "http", "password": "theirs"}],
        "pools": [
            {"name": "default_pool", "slots": 128, "description": "Default pool"},
            {"name": "p", "slots": 3, "description": None},
        ],
    }
    kept = {"same": "equal", "other": "kept", "new": "created"}
    dry = offer(airflow, content, dry_run=True)
    assert dry["variables"] == kept
    assert dry["pools"]["p"] == "created"
    sealed, result = sealed_of(airflow)
    assert {one["key"]: one["value"] for one in sealed["variables"]} == {"same": "1", "other": "mine"}
    assert "p" not in {one["name"] for one in result["pools"]}
    only = offer(airflow, content, only=["variables"])
    assert (only["variables"], only["connections"], only["pools"]) == (kept, {}, {})
    result = offer(airflow, content, policy="replace")
    assert result["variables"] == {"same": "equal", "other": "replaced", "new": "equal"}
    assert result["connections"] == {"c": "replaced"}
    content["pools"][0]["slots"] = 7
    assert offer(airflow, content, policy="replace")["pools"] == {"default_pool": "replaced", "p": "equal"}
    sealed, _ = sealed_of(airflow)
    assert {one["key"]: one["value"] for one in sealed["variables"]} == {"same": "1", "other": "theirs", "new": "2"}
    assert {one["name"]: one["slots"] for one in sealed["pools"]} == {"default_pool": 7, "p": 3}


def test_merging_keeps_what_is_there_and_adds_what_it_lacks(airflow):
    wipe(airflow)
    mine = [{"conn_id": "c", "conn_type": "http", "host": "", "login": "me", "extra": '{"a": 1}'}]
    store(airflow, {"json": '{"a": 1}', "text": "mine", "same": '{"b": 2, "a": 1}'}, mine)
    theirs = {"conn_id": "c", "conn_type": "http", "host": "h", "login": "you", "extra": '{"a": 9, "b": 2}'}
    values = {"json": '{"a": 9, "b": 2}', "text": "theirs", "same": '{"a": 0}', "new": "1"}
    content = {
        "variables": [{"key": key, "value": value} for key, value in values.items()],
        "connections": [theirs],
        "pools": [{"name": "default_pool", "slots": 4}, {"name": "wide", "slots": -1}],
    }
    offer(airflow, {"pools": [{"name": "default_pool", "slots": 100}]}, policy="replace")
    result = offer(airflow, content, policy={"variables": "merge", "connections": "merge", "pools": "merge"})
    assert result["variables"] == {"json": "merged", "text": "equal", "same": "equal", "new": "created"}
    assert (result["connections"], result["pools"]["default_pool"]) == ({"c": "merged"}, "equal")
    sealed, _ = sealed_of(airflow)
    assert {one["key"]: json.loads(one["value"]) for one in sealed["variables"] if one["key"] == "json"} == {
        "json": {"a": 1, "b": 2}
    }
    (conn,) = sealed["connections"]
    assert (conn["host"], conn["login"], json.loads(conn["extra"])) == ("h", "me", {"a": 1, "b": 2})


def test_what_is_sealed_to_the_lasting_key_opens_and_stores_no_key(airflow):
    wipe(airflow)
    recipient = pyrage.x25519.Recipient.from_str(airflow.call("sealing_key")["recipient"])
    sealed = base64.b64encode(
        pyrage.encrypt(json.dumps({"variables": [{"key": "k", "value": "1"}]}).encode(), [recipient])
    )
    result = airflow.call("import_resources", sealed=sealed.decode(), policy="skip")
    assert result["variables"] == {"k": "created"}
    assert airflow.call("names")["variables"] == ["k"]


def test_a_kind_that_no_provider_of_airflow_2_knows_is_named(v2):
    connections = [{"conn_id": "flake", "conn_type": "snowflake"}, {"conn_id": "web", "conn_type": "http"}]
    result = offer(v2, {"connections": connections})
    assert result["without_provider"] == {"flake": "snowflake"}
    assert result["connections"]["flake"] == "created"


def test_one_that_fails_hides_no_other_and_shows_no_value(airflow):
    wipe(airflow)
    content = {"variables": [{"key": "k" * 300, "value": "s3cret"}, {"key": "ok", "value": "1"}]}
    result = offer(airflow, content)
    assert result["variables"]["ok"] == "created"
    assert "s3cret" not in json.dumps(result)
    assert list(result["variables"]["k" * 300]) == ["error"]


def test_the_private_key_is_never_described_and_goes_after_use(airflow):
    wipe(airflow)
    airflow.call("public_key")
    sealed, result = sealed_of(airflow)
    assert (sealed["variables"], result["variables"]) == ([], [])
    offer(airflow, {"variables": []})
    assert airflow.answer("import_resources", sealed="", policy="skip")["error"]["kind"] == "sealed"


def test_a_file_for_another_key_is_refused(airflow):
    airflow.call("public_key")
    sealed = base64.b64encode(pyrage.encrypt(b"{}", [pyrage.x25519.Identity.generate().to_public()])).decode()
    assert "another key" in airflow.answer("import_resources", sealed=sealed, policy="skip")["error"]["message"]


def test_equal_values_have_equal_fingerprints_and_others_not(airflow):
    wipe(airflow)
    store(airflow, {"a": "1", "b": "2"}, [])
    one = {each["key"]: each["fingerprint"] for each in sealed_of(airflow)[1]["variables"]}
    store(airflow, {"a": "1", "b": "3"}, [])
    two = {each["key"]: each["fingerprint"] for each in sealed_of(airflow)[1]["variables"]}
    assert one["a"] == two["a"]
    assert one["b"] != two["b"]
    assert len(one["a"]) == 32
