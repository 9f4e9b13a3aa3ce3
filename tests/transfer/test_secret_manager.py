"""Variables and connections in Secret Manager: written by Google's client, read by the backend of a real Airflow."""

from __future__ import annotations

import pytest

from migrator.environments.endpoint import Endpoint
from migrator.environments.retry import Retry
from migrator.environments.secret_manager import SecretManager
from migrator.transfer.resources import Kind, Order, Policy, Secrets, Status
from migrator.transfer.secret_manager import backend_overrides, carry_secrets
from tests.transfer.secret_server import serving

PROJECT = "lab"
PASSWORD = "p%40/ü'\" correct horse"
VALUES = {
    "number": "1e5",
    "quoted": '"abc"',
    "json": '{"a": 1, "a": 2}',
    "text": "Zürich\r\n 東京 ",
    "long": "x" * 65_536,
}
CONNECTIONS = [
    {"conn_id": "db", "conn_type": "postgres", "host": "h", "schema": "s", "login": "a:b@c", "password": PASSWORD,
     "port": 5432, "extra": '{"b":1,  "a": "é"}', "description": None},
    {"conn_id": "bare", "conn_type": "http"},
]  # fmt: skip
BOTH = (Kind.VARIABLES, Kind.CONNECTIONS)


def secrets(values=VALUES) -> Secrets:
    variables = [{"key": key, "value": value} for key, value in values.items()]
    return Secrets({"variables": variables, "connections": CONNECTIONS})


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def store(server):
    made = SecretManager(PROJECT, Endpoint(server.url), retry=Retry(attempts=2, sleep=lambda _: None))
    yield made
    made.close()


def carried(store, content=None, policy=Policy.SKIP, *, dry_run=False):
    items = carry_secrets(store, content or secrets(), Order(dict.fromkeys(BOTH, policy), dry_run=dry_run))
    return {one.name: one.status for one in items}


def test_it_is_written_once_and_equal_the_second_time(store, server):
    assert set(carried(store, dry_run=True).values()) == {Status.CREATED}
    assert server.versions == {}
    assert set(carried(store).values()) == {Status.CREATED}
    assert server.versions[PROJECT, "airflow-variables-json"] == [b'{"a": 1, "a": 2}']
    assert set(carried(store).values()) == {Status.EQUAL}
    assert all(len(versions) == 1 for versions in server.versions.values())


def test_what_differs_there_gets_a_new_version_only_when_it_may(store, server):
    carried(store)
    changed = secrets({**VALUES, "number": "2"})
    assert carried(store, changed)["number"] is Status.KEPT
    assert carried(store, changed, Policy.REPLACE)["number"] is Status.REPLACED
    assert server.versions[PROJECT, "airflow-variables-number"] == [b"1e5", b"2"]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [("path/with", "v", "letters, digits"), ("k", "", "no empty value"), ("k", "x" * 65_537, "65536 bytes")],
)
def test_what_secret_manager_cannot_hold_fails_alone_and_says_why(store, name, value, why):
    items = carry_secrets(store, secrets({name: value, "good": "1"}), Order({Kind.VARIABLES: Policy.SKIP}))
    by_name = {one.name: one for one in items}
    assert (by_name[name].status, by_name["good"].status) == (Status.FAILED, Status.CREATED)
    assert why in by_name[name].why
    assert "x" * 50 not in by_name[name].why


@pytest.mark.parametrize(("status", "why"), [(403, "not allowed to use Secret Manager"), (429, "429")])
def test_a_refusal_or_a_quota_fails_one_and_the_next_run_completes(store, server, status, why):
    server.refuse["airflow-variables-number"] = status
    items = {one.name: one for one in carry_secrets(store, secrets(), Order(dict.fromkeys(BOTH, Policy.SKIP)))}
    assert items.pop("number").status is Status.FAILED
    assert {one.status for one in items.values()} == {Status.CREATED}
    server.refuse.clear()
    assert carried(store)["number"] is Status.CREATED


@pytest.mark.airflow
def test_the_backend_of_airflow_reads_the_exact_strings(store, server, v2):
    carried(store)
    overrides = backend_overrides(PROJECT)
    found = v2.python(
        """
        import json
        from airflow.providers.google.cloud._internal_client import secret_manager_client as client
        from airflow.providers.google.cloud.secrets import secret_manager as backend
        from airflow.utils.module_loading import import_string
        from google.auth.credentials import AnonymousCredentials
        from google.cloud.secretmanager_v1 import SecretManagerServiceClient
        from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
            SecretManagerServiceRestTransport,
        )

        # only where the client calls is set: the backend of the provider has no option for it
        transport = SecretManagerServiceRestTransport(
            host=values["host"], url_scheme="http", credentials=AnonymousCredentials()
        )
        client.SecretManagerServiceClient = lambda **_: SecretManagerServiceClient(transport=transport)
        backend.get_credentials_and_project_id = lambda **_: (AnonymousCredentials(), None)
        made = import_string(values["backend"])(**json.loads(values["kwargs"]))
        db = made.get_connection("db")
        result = {
            "variables": {key: made.get_variable(key) for key in values["keys"]},
            "db": [db.conn_type, db.host, db.schema, db.login, db.password, db.port, db.extra],
            "bare": [made.get_connection("bare").conn_type, made.get_connection("bare").password],
            "none": made.get_variable("nobody"),
        }
        """,
        host=server.url.removeprefix("http://"),
        backend=overrides["secrets-backend"],
        kwargs=overrides["secrets-backend_kwargs"],
        keys=list(VALUES),
    )
    assert found["variables"] == VALUES
    assert found["db"] == ["postgres", "h", "s", "a:b@c", PASSWORD, 5432, '{"b":1,  "a": "é"}']
    assert found["bare"] == ["http", None]
    assert found["none"] is None
