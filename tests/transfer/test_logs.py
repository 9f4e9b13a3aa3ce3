"""The logs of tasks, between two buckets of the real server and from a copy: by name, by age, again and again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.environments.ports import Answer
from migrator.errors import UnreachableError
from migrator.lab import bucket as gcs_server
from migrator.transfer.copy import from_bucket
from migrator.transfer.logs import Logs, carry_logs, show_old_logs, tries_of
from migrator.transfer.resources import Status

OLD, NEW = "2026-09-13T03:00:00+00:00", "2026-09-14T03:00:00+00:00"
NAMES = [
    f"logs/d/a/{OLD}/1.log", f"logs/d/a/{NEW}/1.log", f"logs/d/a/{NEW}/2.log", f"logs/d/b/{NEW}/1.log",
    f"logs/dag_id=d/run_id=scheduled__{NEW}/task_id=a/attempt=1.log",
    f"logs/dag_id=d/run_id=scheduled__{OLD}/task_id=a/attempt=1.log",
    "logs/dag_id=d/run_id=by hand/task_id=a/attempt=1.log", "logs/d/a/odd/1.log",
    f"logs/dd/a/{NEW}/1.log", "logs/scheduler/latest/d.py.log",
]  # fmt: skip
SINCE = datetime(2026, 9, 14, tzinfo=UTC)


@pytest.fixture
def buckets(gcs):
    gcs_server.create(gcs, ("logs-of-v1", "logs-of-v2"))
    gcs_server.upload(gcs, "logs-of-v1", {name: name.encode() for name in NAMES})
    pair = [GcsBucket(name, "lab", Endpoint(gcs)) for name in ("logs-of-v1", "logs-of-v2")]
    for file in pair[1].files("logs/"):
        pair[1].delete(file.path)
    yield pair
    for one in pair:
        one.close()


def carry(buckets, **more):
    source, target = buckets
    put = more.pop("put", from_bucket(source, target))
    names = lambda prefix: [file.path for file in source.files(prefix)]  # noqa: E731
    return list(carry_logs(["d", "none"], names, target, put, **more))


def there(buckets):
    return {file.path for file in buckets[1].files("logs/")}


def test_the_logs_of_a_dag_go_over_by_their_own_names_and_once(buckets):
    found, none = carry(buckets)
    assert (found.copied, found.there, found.older, found.failed) == (8, 0, 0, ())
    assert there(buckets) == set(NAMES[:8])
    assert buckets[1].read(NAMES[0]) == NAMES[0].encode()
    assert found.tries == {
        datetime.fromisoformat(OLD): {"a": 1},
        datetime.fromisoformat(NEW): {"a": 2, "b": 1},
    }
    assert none == Logs("none")
    again = carry(buckets, put=pytest.fail)[0]
    assert (again.copied, again.there, again.item.status, again.tries) == (0, 8, Status.EQUAL, found.tries)


def test_older_ones_stay_and_a_name_without_a_date_goes(buckets):
    (found, _) = carry(buckets, since=SINCE)
    assert (found.copied, found.older) == (6, 2)
    assert there(buckets) == {name for name in NAMES[:8] if OLD not in name}
    assert found.item.why == "6 copied, 2 older"


def test_a_rehearsal_copies_none(buckets):
    assert carry(buckets, dry_run=True)[0].copied == 8
    assert there(buckets) == set()


def test_one_that_fails_hides_no_other_and_is_tried_again(buckets):
    put = from_bucket(*buckets)

    def broken(path):
        if path == NAMES[1]:
            raise UnreachableError("cut off", why="a reset", fix="again")
        put(path)

    found = carry(buckets, put=broken)[0]
    assert (found.copied, found.item.status) == (7, Status.FAILED)
    assert found.item.why == "7 copied, 1 failed: cut off: a reset"
    assert carry(buckets)[0].copied == 1
    assert there(buckets) == set(NAMES[:8])


class Agent:
    """Knows two carried runs and one of v2's own."""

    def __init__(self):
        self.asked = None

    def call(self, action, **params):
        if action == "old_logs":
            self.asked = params["dags"]
            return Answer({dag_id: sorted(dates) for dag_id, dates in self.asked.items()}, SINCE, "2.10.5", "3.11")
        rows = [{"dag_id": "d", "logical_date": date, "carried": carried}
                for date, carried in ((OLD, True), (NEW, False), ("2026-09-12T03:00:00+00:00", True))]  # fmt: skip
        return Answer({"runs": rows}, SINCE, "2.10.5", "3.11")


def test_only_carried_runs_of_which_there_are_logs_are_asked_for():
    agent = Agent()
    assert show_old_logs(agent, {"d": tries_of(NAMES), "e": {}}) == {"d": [OLD]}
    assert agent.asked == {"d": {OLD: {"a": 1}}}
    assert show_old_logs(Agent(), {"e": {}}) == {}
