"""The REST adapter against a small loopback server; the lab tests meet a real web server."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest

from migrator.environments.rest import AirflowRest, basic_session
from migrator.errors import AnswerError, UnreachableError
from tests.environments.fixtures import QUICK
from tests.environments.servers import closed_port, in_turn, scripted

ROW = {
    "dag_id": "a",
    "is_paused": True,
    "last_parsed_time": "2026-01-02T03:04:05.000006+00:00",
    "next_dagrun": None,
    "has_import_errors": False,
}


@pytest.fixture
def airflow():
    made = []

    def at(url, **options):
        made.append(AirflowRest(url, lambda: basic_session("admin", "pass"), retry=QUICK, **options))
        return made[-1]

    yield at
    for one in made:
        one.close()


def test_every_page_of_dags(airflow):
    def page(_method, path, _body):
        offset = int(path.rpartition("offset=")[2])
        return 200, {
            "dags": [ROW | {"dag_id": f"d{offset + n}"} for n in range(min(2, 5 - offset))],
            "total_entries": 5,
        }

    with scripted(page) as server:
        dags = airflow(server.url, page_size=2).dags()
        assert list(dags) == ["d0", "d1", "d2", "d3", "d4"]
        assert len(server.asked) == 3
        login = base64.b64encode(b"admin:pass").decode()
        assert server.headers[0]["Authorization"] == f"Basic {login}"
    assert dags["d0"].paused
    assert dags["d0"].last_parsed == datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert dags["d0"].next_dagrun is None


def test_a_list_that_shrinks_while_it_is_read_ends(airflow):
    with scripted(
        in_turn((200, {"dags": [ROW], "total_entries": 9}), (200, {"dags": [], "total_entries": 9}))
    ) as server:
        assert list(airflow(server.url).dags()) == ["a"]


def test_import_errors_are_named_relative_to_the_dags_folder(airflow):
    rows = [
        {"filename": "/home/airflow/gcs/dags/team/x.py", "stack_trace": "boom"},
        {"filename": "/opt/dags/y.py", "stack_trace": "bang"},
    ]
    with scripted(in_turn((200, {"import_errors": rows, "total_entries": 2}))) as server:
        assert airflow(server.url).import_errors() == {"team/x.py": "boom", "y.py": "bang"}


def test_pausing_reads_back_and_quotes_the_id(airflow):
    with scripted(in_turn((200, {}), (200, ROW | {"dag_id": "team/a b", "is_paused": False}))) as server:
        assert airflow(server.url).set_paused("team/a b", paused=True) is False
        (method, path, body), (read, read_path, _) = server.asked
    assert (method, path, body) == ("PATCH", "/api/v1/dags/team%2Fa%20b?update_mask=is_paused", {"is_paused": True})
    assert (read, read_path) == ("GET", "/api/v1/dags/team%2Fa%20b")


def test_a_passing_failure_is_tried_again(airflow):
    with scripted(in_turn((502, {}), (200, {"dags": [], "total_entries": 0}))) as server:
        assert airflow(server.url).dags() == {}


@pytest.mark.parametrize(
    ("status", "what"), [(403, "not allowed"), (401, "not logged in"), (404, "there is no"), (500, "does not answer")]
)
def test_failures_are_told_apart(airflow, status, what):
    with scripted(in_turn((status, {}))) as server, pytest.raises(UnreachableError, match=what) as caught:
        airflow(server.url).dags()
    assert server.url in str(caught.value)


def test_all_pages_share_one_deadline(airflow):
    def slow(_method, _path, _body):
        time.sleep(0.2)
        return 200, {"dags": [ROW], "total_entries": 1000}

    began = time.monotonic()
    with scripted(slow) as server, pytest.raises(UnreachableError, match="does not answer"):
        airflow(server.url, deadline_seconds=0.5).dags()
    assert time.monotonic() - began < 5


def test_an_answer_that_is_no_json_is_told(airflow):
    with (
        scripted(in_turn((200, b"<html>a login page</html>"))) as server,
        pytest.raises(AnswerError, match="answered what is not its answer") as caught,
    ):
        airflow(server.url).dags()
    assert "what came, as application/json: <html>a login page</html>" in caught.value.why


def test_nobody_listens(airflow):
    with pytest.raises(UnreachableError, match="Connection refused"):
        airflow(f"http://127.0.0.1:{closed_port()}").dags()
