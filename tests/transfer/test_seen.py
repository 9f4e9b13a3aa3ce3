"""What the target shows is the same through REST and through the agent."""

from __future__ import annotations

from dataclasses import replace

from migrator.environments.ports import Answer
from migrator.transfer.seen import Seen, watch
from tests.transfer.targets import NOW, ScriptedRest, environment

FILES = {"dags/a.py": ("a",), "dags/b.py": ("b",), "dags/c.py": ("c",)}
SEEN = Seen({"a": NOW, "b": None}, frozenset({"a"}), {"dags/c.py": "boom"})


class ObservingAgent:
    def call(self, action, *, dag_ids, history):
        assert (action, dag_ids, history) == ("observe", ["a", "b", "c"], 0)
        rows = {
            "a": {"exists": True, "paused": False, "last_parsed": NOW.isoformat(), "import_error": None},
            "b": {"exists": True, "paused": True, "last_parsed": None, "import_error": None},
            "c": {"exists": False, "import_error": "boom"},
        }
        return Answer(rows, NOW, "2.10.5", "3.11")


def test_through_rest():
    rest = ScriptedRest(parsed={"a": NOW, "b": None}, on={"a"}, errors={"c.py": "boom"})
    assert watch(environment(None, rest), FILES)() == SEEN


def test_through_the_agent_where_there_is_no_rest():
    target = replace(environment(None), rest=None, agent=ObservingAgent())
    assert watch(target, FILES)() == SEEN


def test_the_newest_parse_stands_in_for_airflows_clock():
    assert SEEN.newest == NOW
    assert Seen({}, frozenset(), {}).newest is None
