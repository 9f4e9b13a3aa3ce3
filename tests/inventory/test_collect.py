"""From three answers to one inventory."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from migrator.environments.ports import Answer, Environment
from migrator.errors import AgentError
from migrator.inventory.collect import build_inventory, collect
from migrator.model.dag import ScheduleKind
from migrator.model.resources import StoredFile
from migrator.model.sealed import Sealed
from tests.inventory.estates import FACTS, WHEN, dag_row, described, run_row


def answer(result):
    return Answer(result, WHEN, "1.10.15", "3.8.12")


def test_everything_is_sorted_and_typed():
    inventory = build_inventory(
        FACTS, answer(described()), [StoredFile("plugins/p.py", 1, "m"), StoredFile("dags/b.py", 1, "m")]
    )
    assert [dag.dag_id for dag in inventory.dags] == ["a", "b"]
    assert inventory.dags[0].schedule.kind is ScheduleKind.CRON
    assert inventory.dags[0].start_date == WHEN
    assert inventory.dags[0].paused
    assert [run.dag_id for run in inventory.runs] == ["a", "b"]
    assert [file.path for file in inventory.files] == ["dags/b.py", "plugins/p.py"]
    assert (inventory.captured_at, inventory.airflow_version) == (WHEN, "1.10.15")
    assert inventory.warnings == ("a thing",)


def test_what_is_ours_or_composers_own_is_left_out():
    own = ["composer_migrator_agent", "airflow_monitoring"]
    result = described(
        dags=[dag_row(one) for one in [*own, "mine"]],
        runs=[run_row(one) for one in [*own, "mine"]],
        broken_files=[{"file": f"{one}.py", "message": "m"} for one in [*own, "mine"]],
        variables=[{"key": key, "fingerprint": "f", "size": 1} for key in ("composer_migrator_key", "k")],
    )
    paths = [f"dags/{one}.py" for one in own] + ["dags/mine.py", "dags/__pycache__/mine.pyc", "dags/sub/mine.txt"]
    inventory = build_inventory(FACTS, answer(result), [StoredFile(path, 1, "m") for path in paths])
    assert [dag.dag_id for dag in inventory.dags] == ["mine"]
    assert [run.dag_id for run in inventory.runs] == ["mine"]
    assert [one.file for one in inventory.broken_files] == ["mine.py"]
    assert [file.path for file in inventory.files] == ["dags/mine.py", "dags/sub/mine.txt"]
    assert [one.key for one in inventory.variables] == ["k"]


def test_what_the_agent_sealed_is_read_and_an_odd_state_is_told():
    connection = {"conn_id": "c", "conn_type": "http", "fingerprint": "f", "host": {"fingerprint": "m"}}
    facts = replace(FACTS, state="UPDATING")
    inventory = build_inventory(facts, answer(described(connections=[connection])), [])
    assert inventory.connections[0].host == Sealed("m")
    assert inventory.warnings == ("a thing", "the environment is UPDATING, not RUNNING")


def test_an_answer_of_another_shape_is_told():
    with pytest.raises(AgentError, match="unreadable") as caught:
        build_inventory(FACTS, answer(described(dags={"a": 1})), [])
    assert caught.value.why == "dags: it is an object, not a list"


def test_one_odd_row_is_told_and_the_others_are_kept():
    rows = [{"dag_id": "a"}, dag_row("b", retries=1, catchup="no"), dag_row("c"), 5]
    inventory = build_inventory(FACTS, answer(described(dags=rows, usage={"since": 5})), [])
    assert [(dag.dag_id, dag.unknown) for dag in inventory.dags] == [("b", ("catchup",)), ("c", ())]
    assert inventory.usage is None
    assert {one.partition(":")[0] for one in inventory.warnings} >= {
        "dag a is left out", "dag b", "dag number 4 is left out", "usage number 1 is left out"
    }  # fmt: skip


@dataclass
class CountingAgent:
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    dags: int = 0

    def call(self, action, **params):
        self.calls.append((action, params))
        sealed = base64.b64encode(b"sealed").decode()
        return answer(described(dags=[dag_row(f"d{n}") for n in range(self.dags)], sealed=sealed))


class NoFiles:
    name = "b"

    def files(self, prefix=""):
        return []


@pytest.mark.parametrize("dags", [0, 1, 500])
def test_the_agent_is_called_once_however_many_dags_there_are(dags):
    agent = CountingAgent(dags=dags)
    collected = collect(Environment(FACTS, NoFiles(), agent, None), recipient="age1x", weeks=2, now=WHEN)
    ((action, params),) = agent.calls
    assert (action, params["since"], params["recipient"]) == ("describe", "2025-12-19T03:04:05.000006+00:00", "age1x")
    assert collected.sealed == b"sealed"
    assert len(collected.inventory.dags) == dags
