"""The bucket adapter on the real emulator, and on a server that misbehaves."""

from __future__ import annotations

import base64
import hashlib

import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.environments.retry import Retry
from migrator.errors import UnreachableError
from tests.environments.fixtures import QUICK
from tests.environments.servers import closed_port, in_turn, scripted


def test_what_is_written_is_read_back(bucket):
    bucket.write("dags/a b/ü.py", b"\x00\xff\r\n")
    assert bucket.read("dags/a b/ü.py") == b"\x00\xff\r\n"


def test_there_is_no_such_object(bucket):
    assert bucket.read("dags/none.py") is None


def test_files_are_sorted_with_size_and_md5_and_without_folders(bucket):
    bucket.write("dags/b.py", b"bb")
    bucket.write("dags/a.py", b"a")
    bucket.write("data/x", b"x")
    files = bucket.files("dags/")
    assert [(file.path, file.size) for file in files] == [("dags/a.py", 1), ("dags/b.py", 2)]
    assert files[0].md5 == base64.b64encode(hashlib.md5(b"a").digest()).decode()


def test_every_page_is_read():
    def page(_method, path, _body):
        second = "pageToken=next" in path
        items = [{"name": "dags/b.py", "size": "1", "crc32c": "AA=="}] if second else []
        items = items or [{"name": "dags/c.py", "size": "1", "md5Hash": "m"}, {"name": "dags/", "size": "0"}]
        return 200, {"items": items} | ({} if second else {"nextPageToken": "next"})

    with scripted(page) as server, closing(server.url) as bucket:
        assert [(file.path, file.md5) for file in bucket.files("dags/")] == [
            ("dags/b.py", "crc32c:AA=="),
            ("dags/c.py", "m"),
        ]


def test_an_empty_object_is_not_a_missing_one(bucket):
    bucket.write("dags/empty.py", b"")
    assert bucket.read("dags/empty.py") == b""


def test_create_makes_an_object_once(bucket):
    assert bucket.create("lock", b"mine")
    assert not bucket.create("lock", b"theirs")
    assert bucket.read("lock") == b"mine"


def test_deleting_twice_is_fine(bucket):
    bucket.write("x", b"x")
    bucket.delete("x")
    bucket.delete("x")
    assert bucket.read("x") is None


def test_a_create_whose_answer_was_lost_is_ours():
    def answer(method, path, _body):
        if method == "POST":
            return posts.pop(0)
        return (200, b"mine") if "alt=media" in path else (404, {})

    posts = [(503, {}), (412, {"error": {"message": "conditionNotMet"}})]
    with scripted(answer) as server, closing(server.url) as bucket:
        assert bucket.create("lock", b"mine")
    posts = [(503, {}), (412, {})]
    with scripted(answer) as server, closing(server.url) as bucket:
        assert not bucket.create("lock", b"another's")


def test_an_exchange_replaces_only_what_is_known(bucket):
    bucket.write("lock", b"old")
    assert not bucket.exchange("lock", b"another", b"new")
    assert bucket.read("lock") == b"old"
    assert bucket.exchange("lock", b"old", b"new")
    assert bucket.read("lock") == b"new"
    assert not bucket.exchange("nowhere", b"old", b"new")
    assert bucket.read("nowhere") is None


def test_remove_deletes_only_what_is_known_and_twice_is_fine(bucket):
    bucket.write("x", b"old")
    assert not bucket.remove("x", "another")
    assert bucket.read("x") == b"old"
    assert bucket.remove("x", bucket.files("x")[0].md5)
    assert bucket.read("x") is None
    assert bucket.remove("x", "gone")


@pytest.mark.parametrize(("status", "removed"), [(204, True), (404, True), (412, False)])
def test_a_removal_names_the_generation_that_was_seen(status, removed):
    def answer(method, _path, _body):
        there = {"name": "x", "size": "1", "updated": "2026-01-02T03:04:05Z", "md5Hash": "m", "generation": "17"}
        return (200, there) if method == "GET" else (status, {})

    with scripted(answer) as server, closing(server.url) as bucket:
        assert bucket.remove("x", "m") is removed
        assert "ifGenerationMatch=17" in next(path for method, path, _ in server.asked if method == "DELETE")


def test_an_exchange_meets_another_that_came_first(bucket, monkeypatch):
    real = bucket._upload

    def upload(path, data, **conditions):
        real("lock", b"theirs")
        real(path, data, **conditions)

    bucket.write("lock", b"old")
    monkeypatch.setattr(
        "migrator.environments.bucket.GcsBucket._upload", lambda _, *args, **more: upload(*args, **more)
    )
    assert not bucket.exchange("lock", b"old", b"ours")
    assert bucket.read("lock") == b"theirs"


def test_a_passing_failure_is_tried_again():
    with scripted(in_turn((503, {}), (429, {}), (200, {"items": []}))) as server, closing(server.url) as bucket:
        assert bucket.files() == []
        assert len(server.asked) >= 3  # an answer may be lost on its way: the machine is shared


@pytest.mark.parametrize(
    ("status", "what"),
    [(403, "not allowed to use bucket"), (401, "not logged in"), (404, "there is no bucket"), (500, "does not answer")],
)
def test_failures_are_told_apart(status, what):
    with (
        scripted(in_turn((status, {"error": {"message": "said the server"}}))) as server,
        closing(server.url) as bucket,
        pytest.raises(UnreachableError, match=what) as caught,
    ):
        bucket.files()
    assert "said the server" in caught.value.why or status == 401
    assert "gcloud storage ls gs://b" in caught.value.fix
    assert caught.value.exit_code == 2


def test_a_refused_permission_is_not_tried_again():
    with scripted(in_turn((403, {}))) as server, closing(server.url) as bucket:
        with pytest.raises(UnreachableError):
            bucket.write("x", b"x")
        assert [method for method, _, _ in server.asked].count("POST") == 1


def test_nobody_listens():
    pauses: list[float] = []
    with (
        closing(f"http://127.0.0.1:{closed_port()}", Retry(sleep=pauses.append)) as bucket,
        pytest.raises(UnreachableError, match="gs://b does not answer") as caught,
    ):
        bucket.read("x")
    assert "Connection refused" in caught.value.why
    assert sum(pauses) < 5


class closing:  # noqa: N801
    """A bucket ``b`` at that URL, closed at the end."""

    def __init__(self, url, retry=QUICK):
        self.bucket = GcsBucket("b", "lab", Endpoint(url), retry=retry)

    def __enter__(self):
        return self.bucket

    def __exit__(self, *_):
        self.bucket.close()
