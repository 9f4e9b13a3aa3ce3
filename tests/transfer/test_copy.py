"""Files below data/ go from a real bucket to another: what changed, and no more."""

from __future__ import annotations

import uuid

import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.errors import UnreachableError
from migrator.lab import bucket as server
from migrator.transfer.copy import carry_files, from_bucket
from migrator.transfer.resources import Policy, Status


@pytest.fixture
def other(gcs):
    name = f"other-{uuid.uuid4().hex[:12]}"
    server.create(gcs, (name,))
    made = GcsBucket(name, "lab", Endpoint(gcs))
    yield made
    made.close()


def carried(source, target, policy=Policy.SKIP, *, dry_run=False):
    return {
        one.name: one.status
        for one in carry_files(source, target, policy, from_bucket(source, target), dry_run=dry_run)
    }


def test_only_what_changed_is_copied_and_twice_changes_nothing(bucket, other):
    bucket.write("data/a.csv", b"a" * 300_000)
    bucket.write("data/deep/b c.txt", "é".encode())
    bucket.write("data/migrate/requests/x.json", b"{}")
    bucket.write("dags/d.py", b"d")
    other.write("data/theirs.csv", b"t")
    assert set(carried(bucket, other, dry_run=True).values()) == {Status.CREATED}
    assert other.read("data/a.csv") is None
    assert carried(bucket, other) == {"data/a.csv": Status.CREATED, "data/deep/b c.txt": Status.CREATED}
    assert other.read("data/a.csv") == b"a" * 300_000
    assert other.read("data/deep/b c.txt") == "é".encode()
    assert set(carried(bucket, other).values()) == {Status.EQUAL}
    assert {file.path for file in other.files()} == {"data/a.csv", "data/deep/b c.txt", "data/theirs.csv"}


@pytest.mark.parametrize(("policy", "status", "content"), [
    (Policy.SKIP, Status.KEPT, b"theirs"),
    (Policy.REPLACE, Status.REPLACED, b"ours"),
])  # fmt: skip
def test_what_differs_there_is_kept_unless_it_may_be_replaced(bucket, other, policy, status, content):
    bucket.write("data/a.csv", b"ours")
    other.write("data/a.csv", b"theirs")
    assert carried(bucket, other, policy) == {"data/a.csv": status}
    assert other.read("data/a.csv") == content


class Forbidding(GcsBucket):
    """Refuses one object, as a missing permission does."""

    def copy_from(self, bucket, path):
        if path == "data/secret.csv":
            raise UnreachableError("not allowed to use bucket gs://b", why="403: no storage.objects.create", fix="ask")
        super().copy_from(bucket, path)


def test_one_that_fails_hides_no_other(bucket, other, gcs):
    bucket.write("data/a.csv", b"a")
    bucket.write("data/secret.csv", b"s")
    target = Forbidding(other.name, "lab", Endpoint(gcs))
    items = {
        one.name: one for one in carry_files(bucket, target, Policy.SKIP, from_bucket(bucket, target), dry_run=False)
    }
    target.close()
    assert items["data/a.csv"].status is Status.CREATED
    assert (items["data/secret.csv"].status, items["data/secret.csv"].why) == (
        Status.FAILED,
        "not allowed to use bucket gs://b: 403: no storage.objects.create",
    )
    assert other.read("data/a.csv") == b"a"
