"""What drifted is told with who and when, as far as the agent and the bucket know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from migrator.environments.ports import Answer, Environment
from migrator.errors import AgentError
from migrator.inventory.drift import Drift
from migrator.inventory.edits import tell_edits
from migrator.model.dag import Dag, Schedule, ScheduleKind
from migrator.model.inventory import Inventory
from tests.inventory.estates import FACTS, WHEN

DAG = Dag("etl", "etl.py", Schedule(ScheduleKind.NONE))
BEFORE = Inventory(WHEN, FACTS, "1.10.15", "3.8", dags=(DAG,))


def edit(kind, name, who, minute=0, how="cli"):
    return {"kind": kind, "name": name, "who": who, "at": f"2026-03-02T10:{minute:02}:00+00:00", "how": how}


@dataclass
class Log:
    edits: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def call(self, action, **params):
        self.asked.append((action, params))
        return Answer({"edits": self.edits}, WHEN, "1.10.15", "3.8")


def told(bucket, log, *found):
    warnings = []
    environment = Environment(FACTS, bucket, log, None)
    return tell_edits(found, environment, BEFORE, BEFORE, warnings.append), warnings


@pytest.mark.parametrize(
    ("drifted", "who", "how"),
    [
        (Drift("variable", "k", "value"), "ben", "cli"),
        (Drift("variable", "other", "value"), "cat", "perhaps in an import: cli"),
        (Drift("variable", "other", "gone"), "unknown", ""),
        (Drift("connection", "k", "value"), "unknown", ""),
        (Drift("pool", "k", "slots"), "ann", "cli"),
        (Drift("override", "core-a", "value"), "unknown", ""),
    ],
)
def test_the_newest_edit_of_the_name_counts_then_an_import(bucket, drifted, who, how):
    edits = [
        edit("variable", "k", "ann", 1),
        edit("variable", "k", "ben", 2),
        edit("variable", None, "cat", 3),
        edit("pool", "k", "ann", 4),
    ]
    log = Log(edits)
    (one,), warnings = told(bucket, log, drifted)
    assert (one.who, one.how, warnings) == (who, how, [])
    assert (one.when == "unknown") is (who == "unknown")
    if drifted.kind != "override":
        assert log.asked == [("edits", {"since": WHEN.isoformat()})]


def test_a_file_and_its_dag_have_the_time_of_the_object_and_the_agent_is_not_asked(bucket):
    began = datetime.now(UTC)
    bucket.write("dags/etl.py", b"x")
    log = Log()
    found = [Drift("file", "dags/etl.py", "md5"), Drift("dag", "etl", "catchup"), Drift("file", "dags/no.py", "gone")]
    (file, dag, gone), _ = told(bucket, log, *found)
    assert began <= datetime.fromisoformat(file.when) <= datetime.now(UTC)
    assert dag.when == file.when
    assert (file.who, gone.when) == ("unknown", "unknown")
    assert log.asked == []
    (alone,), _ = told(bucket, log, Drift("dag", "etl", "catchup"))
    assert alone.when == "unknown", "its file did not change"


def test_a_source_that_cannot_tell_leaves_it_unknown_and_says_so(bucket):
    class Silent(Log):
        def call(self, action, **params):
            raise AgentError("the agent did not answer", why="x", fix="y")

    found = Drift("variable", "k", "value")
    assert told(bucket, Silent(), found) == (
        (replace(found),),
        ["who and when stay unknown: the agent did not answer: x"],
    )
