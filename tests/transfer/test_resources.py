"""Variables, connections and pools reach the agent, encrypted to it and to nobody else."""

from __future__ import annotations

import pytest

from migrator.errors import AgentError
from migrator.transfer import resources
from migrator.transfer.report import as_json, items_record, items_table
from migrator.transfer.resources import NAME, Kind, Order, Policy, Secrets, Status, transfer
from tests.transfer.targets import NOW, ScriptedAgent

SECRET = "correct horse battery"
EVERYTHING = Secrets(
    {
        "fingerprint_key": "00ff",
        "variables": [{"key": "k", "value": SECRET, "description": None}],
        "connections": [{"conn_id": "c", "conn_type": "http", "password": SECRET, "extra": SECRET}],
        "pools": [{"name": "p", "slots": 3, "description": None}],
    }
)


def moved(agent, kinds=tuple(NAME), policy=Policy.SKIP, secrets=EVERYTHING, *, dry_run=False, only=None):
    items = transfer(agent, secrets, Order(dict.fromkeys(kinds, policy), dry_run, only))
    return {(one.kind, one.name): one.status for one in items}


def test_everything_is_created_once_and_equal_the_second_time():
    agent = ScriptedAgent()
    assert set(moved(agent).values()) == {Status.CREATED}
    assert set(moved(agent).values()) == {Status.EQUAL}
    assert agent.stored["variables"]["k"]["value"] == SECRET


def test_a_dry_run_changes_nothing():
    agent = ScriptedAgent()
    assert set(moved(agent, dry_run=True).values()) == {Status.CREATED}
    assert not any(agent.stored.values())


@pytest.mark.parametrize(("policy", "status"), [(Policy.SKIP, Status.KEPT), (Policy.REPLACE, Status.REPLACED)])
def test_what_is_there_with_another_content_is_kept_or_replaced(policy, status):
    agent = ScriptedAgent(stored={"pools": {"p": {"name": "p", "slots": 9}}})
    assert moved(agent, (Kind.POOLS,), policy) == {(Kind.POOLS, "p"): status}


def test_only_what_was_asked_for_leaves_this_process():
    agent = ScriptedAgent()
    assert moved(agent, (Kind.POOLS,)) == {(Kind.POOLS, "p"): Status.CREATED}
    assert agent.stored.keys() == {"pools"}


def test_one_item_that_fails_does_not_hide_the_others():
    pools = [{"name": "refused", "slots": 1}, {"name": "p", "slots": 1}]
    secrets = Secrets({"fingerprint_key": "00ff", "pools": pools})
    assert moved(ScriptedAgent(), (Kind.POOLS,), secrets=secrets) == {
        (Kind.POOLS, "p"): Status.CREATED,
        (Kind.POOLS, "refused"): Status.FAILED,
    }


def test_no_value_is_in_a_request_a_table_a_record_or_a_repr():
    agent = ScriptedAgent()
    policies = dict.fromkeys(NAME, Policy.SKIP)
    items = transfer(agent, EVERYTHING, Order(policies))
    record = as_json(items_record(items, NOW, target="new", policies=policies, dry_run=False))
    for text in [*agent.seen, items_table(items), record, repr(EVERYTHING), repr(items)]:
        assert SECRET not in text


def test_only_the_names_that_were_asked_for_are_sent():
    secrets = Secrets(
        {"variables": [{"key": key, "value": SECRET} for key in "abc"], "pools": [{"name": "p", "slots": 1}]}
    )
    only = {Kind.VARIABLES: {"b"}}
    assert moved(ScriptedAgent(), secrets=secrets, only=only) == {(Kind.VARIABLES, "b"): Status.CREATED}


class Interrupted(ScriptedAgent):
    """Fails at the second batch, as a network does."""

    broken = True

    def _import_resources(self, **params):
        if self.broken and self.stored.get("variables"):
            raise AgentError("the agent in new did not answer", why="deadline exceeded\nand more", fix="again")
        return super()._import_resources(**params)


def test_a_batch_that_does_not_get_through_fails_alone_and_the_next_run_completes(monkeypatch):
    monkeypatch.setattr(resources, "BATCH", 2)
    secrets = Secrets(
        {"variables": [{"key": key, "value": SECRET} for key in "abcd"], "pools": [{"name": "p", "slots": 1}]}
    )
    agent, told = Interrupted(), []
    items = transfer(agent, secrets, Order(dict.fromkeys(NAME, Policy.SKIP)), lambda done, of: told.append((done, of)))
    assert {one.name: one.status for one in items if one.kind is Kind.VARIABLES} == {
        "a": Status.CREATED,
        "b": Status.CREATED,
        "c": Status.FAILED,
        "d": Status.FAILED,
    }
    assert {one.why for one in items if one.status is Status.FAILED and one.kind is Kind.VARIABLES} == {
        "the agent in new did not answer: deadline exceeded"
    }
    assert told == [(2, 5), (4, 5), (5, 5)]
    agent.broken = False
    again = moved(agent, secrets=secrets)
    assert {name for (_, name), status in again.items() if status is Status.CREATED} == {"c", "d", "p"}
    assert set(moved(agent, secrets=secrets).values()) == {Status.EQUAL}


@pytest.mark.parametrize("recipient", ["None", "age1wrong", SECRET])
def test_an_agent_that_gives_no_key_gets_nothing(recipient):
    agent = ScriptedAgent(recipient=recipient)
    with pytest.raises(AgentError, match="no key to encrypt to"):
        moved(agent)
    assert len(agent.seen) == 1


@pytest.mark.parametrize("policy", [Policy.SKIP, Policy.REPLACE])
def test_what_each_environment_has_of_its_own_is_never_sent(policy):
    connections = [{"conn_id": "airflow_db", "password": SECRET}, {"conn_id": "c"}]
    variables = [{"key": "composer_migrator_key", "value": SECRET}]
    secrets = Secrets({"fingerprint_key": "00ff", "connections": connections, "variables": variables})
    agent = ScriptedAgent()
    statuses = moved(agent, (Kind.VARIABLES, Kind.CONNECTIONS), policy, secrets)
    assert statuses == {
        (Kind.VARIABLES, "composer_migrator_key"): Status.KEPT,
        (Kind.CONNECTIONS, "airflow_db"): Status.KEPT,
        (Kind.CONNECTIONS, "c"): Status.CREATED,
    }
    assert agent.stored == {"connections": {"c": {"conn_id": "c"}}}
