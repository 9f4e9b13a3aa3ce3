"""Each call of each adapter against a server that goes wrong at each of its requests, in each way."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from migrator.environments import media, wire
from migrator.environments.agentless import Agentless
from migrator.environments.bucket import GcsBucket
from migrator.environments.composer_api import ComposerApi, StartedCommand
from migrator.environments.endpoint import Endpoint
from migrator.environments.name import EnvironmentName
from migrator.environments.rest import AirflowRest, basic_session
from migrator.environments.rest_runs import RestRuns
from migrator.environments.retry import Retry
from migrator.environments.secret_manager import SecretManager
from migrator.errors import UnreachableError, WorkspaceError
from tests.environments.misbehaving import FAULTS, SECRET, as_json, misbehaving
from tests.odd import ODD, paths, with_odd

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK = Retry(attempts=2, sleep=lambda _: None)
NAME = EnvironmentName("lab", "local", "v2")
MOMENT = "2026-01-02T03:04:05.000006+00:00"
BYTES = b"some bytes"
MD5 = base64.b64encode(hashlib.md5(BYTES).digest()).decode()
DAG = {
    "dag_id": "a",
    "is_paused": True,
    "is_active": True,
    "last_parsed_time": MOMENT,
    "next_dagrun": MOMENT,
    "next_dagrun_create_after": None,
    "has_import_errors": False,
    "max_active_runs": 16,
    "fileloc": "/home/airflow/gcs/dags/a.py",
    "timezone": "UTC",
    "catchup": False,
    "timetable_description": "",
    "schedule_interval": {"__type": "TimeDelta", "days": 1, "seconds": 2, "microseconds": 3},
}
RUN = {
    "dag_id": "a",
    "dag_run_id": "scheduled__" + MOMENT,
    "execution_date": MOMENT,
    "data_interval_end": MOMENT,
    "state": "success",
    "run_type": "scheduled",
    "start_date": MOMENT,
    "end_date": None,
    "conf": {"composer_migrator": {"carried_over": True, "interval_end": MOMENT}},
}
LISTS = {
    "dags": [DAG],
    "dag_runs": [RUN],
    "task_instances": [{"dag_id": "a", "dag_run_id": RUN["dag_run_id"], "task_id": "t", "state": None}],
    "import_errors": [{"filename": "/home/airflow/gcs/dags/a.py", "stack_trace": "boom"}],
    "variables": [{"key": "k"}],
    "connections": [{"connection_id": "c"}],
    "pools": [{"name": "p"}],
    "tasks": [{"task_id": "t"}],
}
WORDS = {
    "taskInstances": "task_instances",
    "dagRuns": "dag_runs",
    "importErrors": "import_errors",
    "tasks": "tasks",
    "variables": "variables",
    "connections": "connections",
    "pools": "pools",
    "dags": "dags",
}
OBJECT = {
    "name": "o",
    "size": "10",
    "md5Hash": MD5,
    "crc32c": "AAAAAA==",
    "generation": "7",
    "updated": "2026-01-02T03:04:05Z",
}
ENVIRONMENT = {
    "name": str(NAME),
    "state": "RUNNING",
    "storageConfig": {"bucket": "b"},
    "config": {
        "nodeCount": 3,
        "airflowUri": "https://x",
        "softwareConfig": {
            "imageVersion": "composer-2.9.7-airflow-2.10.5",
            "pypiPackages": {"a": "==1"},
            "envVariables": {"A": "b"},
        },
        "workloadsConfig": {"scheduler": {"cpu": 0.5, "count": 1}},
    },
}
OPERATION = {
    "name": "operations/x",
    "done": True,
    "response": {"@type": "type.googleapis.com/google.cloud.orchestration.airflow.service.v1.Environment"},
}
COMPOSER = {
    "executionId": "e",
    "pod": "p",
    "podNamespace": "n",
    "output": [{"lineNumber": 1, "content": "one"}],
    "outputEnd": True,
    "exitInfo": {"exitCode": 0},
}


def airflow(_method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    bare = urlsplit(path).path
    if bare.endswith(("/dags/a", "/details", "/dagRuns/r", "/taskInstances/t")):
        return 200, {}, as_json(DAG)
    key = next((key for word, key in WORDS.items() if word in bare), "tasks")
    return 200, {}, as_json({key: LISTS[key], "total_entries": 1})


def storage(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(path)
    if parse_qs(parts.query).get("alt") == ["media"]:
        return 200, {"X-Goog-Hash": f"md5={MD5}", "Content-Type": "application/octet-stream"}, BYTES
    if "/rewriteTo/" in parts.path:
        return 200, {}, as_json({"done": True, "objectSize": "10", "totalBytesRewritten": "10", "resource": OBJECT})
    if method == "GET" and parts.path == "/storage/v1/b/b/o":
        return 200, {}, as_json({"items": [OBJECT]})
    return (204, {}, b"") if method == "DELETE" else (200, {}, as_json(OBJECT))


def composer(method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    if method == "PATCH" or "/operations/" in path:
        return 200, {}, as_json(OPERATION)
    if ":stop" in path:
        return 200, {}, as_json({"isDone": True, "output": ["ended"]})
    if urlsplit(path).path.endswith("/environments"):
        return 200, {}, as_json({"environments": [ENVIRONMENT]})
    return 200, {}, as_json(COMPOSER if ":" in path else ENVIRONMENT)


def secrets(_method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    named = {"name": "projects/1/secrets/s/versions/1"}
    if path.partition("?")[0].endswith(":access"):
        return 200, {}, as_json({**named, "payload": {"data": base64.b64encode(BYTES).decode()}})
    return 200, {}, as_json(named)


def rest_at(url: str) -> AirflowRest:
    return AirflowRest(url, lambda: basic_session("admin", "login-word"), retry=QUICK)


def agentless_at(url: str) -> Agentless:
    return Agentless(str(NAME), "2.10.5", rest_at(url), None)  # type: ignore[arg-type]


STARTED = StartedCommand("e", "p", "n")
GOOD: dict[type, tuple[Callable[[str], Any], Callable[[str, str], Any]]] = {
    AirflowRest: (rest_at, airflow),
    RestRuns: (lambda url: RestRuns(rest_at(url)), airflow),
    Agentless: (agentless_at, airflow),
    GcsBucket: (lambda url: GcsBucket("b", "p", Endpoint(url), retry=QUICK), storage),
    ComposerApi: (lambda url: ComposerApi(NAME, Endpoint(url), QUICK), composer),
    SecretManager: (lambda url: SecretManager("p", Endpoint(url), QUICK), secrets),
}
CALLS: dict[tuple[type, str], Callable[[Any], Any]] = {
    (AirflowRest, "dags"): lambda one: one.dags(),
    (AirflowRest, "rows"): lambda one: one.rows(),
    (AirflowRest, "row"): lambda one: one.row("a"),
    (AirflowRest, "dag"): lambda one: one.dag("a"),
    (AirflowRest, "import_errors"): lambda one: one.import_errors(),
    (AirflowRest, "set_paused"): lambda one: one.set_paused("a", paused=True),
    (AirflowRest, "now"): lambda one: one.now(),
    (RestRuns, "details"): lambda one: one.details("a"),
    (RestRuns, "task_ids"): lambda one: one.task_ids("a"),
    (RestRuns, "open_runs"): lambda one: one.open_runs(["a"]),
    (RestRuns, "newest"): lambda one: one.newest(["a"], 1),
    (RestRuns, "since"): lambda one: one.since(["a"], MOMENT),
    (RestRuns, "run"): lambda one: one.run("a", RUN["dag_run_id"]),
    (RestRuns, "carried"): lambda one: one.carried("a"),
    (RestRuns, "set_state"): lambda one: one.set_state("a", "r", "success"),
    (RestRuns, "set_task_state"): lambda one: one.set_task_state("a", "r", "t", "failed"),
    (RestRuns, "delete"): lambda one: one.delete("a", "r"),
    (RestRuns, "names"): lambda one: one.names(),
    (RestRuns, "now"): lambda one: one.now(),
    (Agentless, "call"): lambda one: one.call("observe", dag_ids=["a"], history=1),
    (GcsBucket, "files"): lambda one: one.files(),
    (GcsBucket, "read"): lambda one: one.read("o"),
    (GcsBucket, "updated"): lambda one: one.updated("o"),
    (GcsBucket, "write"): lambda one: one.write("o", BYTES),
    (GcsBucket, "upload"): lambda one: one.upload("o", Path(__file__)),
    (GcsBucket, "create"): lambda one: one.create("o", BYTES),
    (GcsBucket, "exchange"): lambda one: one.exchange("o", BYTES, b"new"),
    (GcsBucket, "replace"): lambda one: one.replace("o", b"new", MD5),
    (GcsBucket, "delete"): lambda one: one.delete("o"),
    (GcsBucket, "remove"): lambda one: one.remove("o", MD5),
    (GcsBucket, "copy_from"): lambda one: one.copy_from("other", "o"),
    (ComposerApi, "facts"): lambda one: one.facts(),
    (ComposerApi, "neighbours"): lambda one: one.neighbours(),
    (ComposerApi, "execute"): lambda one: one.execute("version", "", ()),
    (ComposerApi, "poll"): lambda one: one.poll(STARTED, 1),
    (ComposerApi, "stop"): lambda one: one.stop(STARTED),
    (ComposerApi, "set_overrides"): lambda one: one.set_overrides({"a": "b"}),
    (ComposerApi, "set_env_variables"): lambda one: one.set_env_variables({"a": "b"}),
    (SecretManager, "read"): lambda one: one.read("s"),
    (SecretManager, "write"): lambda one: one.write("s", BYTES),
}
OTHERS = {
    AirflowRest: {"close", "pages", "send", "delete", "relative"},
    RestRuns: {"each"},
    Agentless: {"check", "standing"},
    GcsBucket: {"close"},
    ComposerApi: {"close"},
    SecretManager: {"close"},
}
"""What asks nothing, or is what the other methods ask by."""


@pytest.fixture
def short(monkeypatch):
    """From when it is called on, deadlines and limits that a test can reach."""

    def now_short() -> None:
        monkeypatch.setattr("migrator.environments.rest.TIMEOUT_SECONDS", 0.3)
        for module in ("bucket", "composer_api", "secret_manager"):
            monkeypatch.setattr(f"migrator.environments.{module}.TIMEOUT_SECONDS", 0.3)
        monkeypatch.setattr(wire, "MOST_BYTES", 200_000)
        monkeypatch.setattr(media, "MOST_BYTES", 200_000)
        monkeypatch.setattr("migrator.environments.composer_api.UPDATE_SECONDS", 2.0)

    return now_short


def made(kind: type) -> list[tuple[type, str]]:
    return [key for key in CALLS if key[0] is kind]


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_every_method_that_asks_is_here(kind):
    found = {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}
    assert found == {name for _, name in made(kind)} | OTHERS[kind]


def asking(server, kind, name):
    one = GOOD[kind][0](server.url)
    try:
        return CALLS[kind, name](one)
    finally:
        (one.rest if isinstance(one, RestRuns | Agentless) else one).close()


def refused(server, kind, name):
    """The error of the call, which is for a person and names the endpoint, or None when it went well."""
    try:
        asking(server, kind, name)
    except UnreachableError as error:
        found = error
    else:
        return None
    assert found.exit_code == 2
    assert server.url in str(found)
    assert not [text for text in (SECRET, "login-word", "\x1b") if text in str(found)]
    return found


NO_MATTER = {"stop", "set_state", "set_task_state", "delete", "remove", "write", "upload", "set_paused", "create"}
"""Calls of which an answer, or one of them, says nothing that is needed."""


def sampled():
    """Every fault at one call of each adapter, another for each fault."""
    for kind in GOOD:
        names = [name for _, name in made(kind)]
        for number, fault in enumerate(FAULTS):
            yield kind, names[number % len(names)], fault


@pytest.mark.parametrize(("kind", "name", "fault"), [*sampled()], ids=lambda one: getattr(one, "__name__", one))
def test_a_server_goes_wrong(kind, name, fault, short):
    goes_wrong(kind, name, fault, short)


@pytest.mark.parametrize(
    ("kind", "name", "fault"),
    [
        (GcsBucket, "delete", "a login page"),
        (GcsBucket, "delete", "a number"),
        (GcsBucket, "remove", "a login page"),
        (ComposerApi, "set_overrides", "an empty object"),
        (ComposerApi, "set_env_variables", "an empty object"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_what_looks_like_done_is_not_taken_for_it(kind, name, fault, short):
    """A body where a deletion has none, and an operation without a name to wait for."""
    with misbehaving(GOOD[kind][1]) as server:
        asking(server, kind, name)
        last = len(server.asked) - 1
        short()
        server.begin(FAULTS[fault], last if kind is GcsBucket else 0)
        assert refused(server, kind, name) is not None


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("kind", "name"), CALLS, ids=lambda one: getattr(one, "__name__", one))
def test_a_server_goes_wrong_in_any_way(kind, name, fault, short):
    goes_wrong(kind, name, fault, short)


def _some(count):
    """The first, the middle and the last request."""
    return sorted({0, count // 2, count - 1})


def goes_wrong(kind, name, fault, short):
    with misbehaving(GOOD[kind][1]) as server:
        asking(server, kind, name)
        count = len(server.asked)
        assert count
        short()
        for at in _some(count):
            server.begin(FAULTS[fault], at)
            error = refused(server, kind, name)
            assert server.elsewhere == [], "no login goes to another host"
            if fault != "an empty object" and name not in NO_MATTER:
                assert error is not None, f"{fault} at request {at} of {count} passed for an answer"


def _send(body, status, headers, wire):
    wire.send(body, status, **headers)


@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(*call, marks=[pytest.mark.soak] if call[0] is Agentless else []) for call in CALLS],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_any_place_of_an_answer_is_of_another_type(kind, name):
    with misbehaving(GOOD[kind][1]) as server:
        asking(server, kind, name)
        asked = list(server.asked)
        for at, (method, path, _) in enumerate(asked):
            status, headers, data = GOOD[kind][1](method, path)
            if not data or data == BYTES:
                continue
            content = json.loads(data)
            for number, where in enumerate(paths(content)):
                odd = ODD[number % len(ODD)]
                body = re.sub(r'"\\u0000"', '"\\\\ud800"', json.dumps(with_odd(content, where, odd)))
                server.begin(partial(_send, body.encode(), status, headers), at)
                refused(server, kind, name)


@pytest.mark.parametrize(
    "url", ["http://airflow.example", "http://10.0.0.1:8080", "http://127.0.0.1.nip.io", "http://[::2]:80"]
)
@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_nothing_is_asked_in_clear_beyond_this_machine(kind, url):
    one = GOOD[kind][0](url)
    with pytest.raises(WorkspaceError) as caught:
        CALLS[made(kind)[0]](one)
    assert caught.value.exit_code == 2
