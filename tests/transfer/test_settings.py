"""Overrides and environment variables: what is permitted goes over in one request, and nothing is lost there."""

from __future__ import annotations

import pytest

from migrator.errors import UnreachableError
from migrator.model.environment import EnvironmentFacts
from migrator.transfer.resources import Kind, Policy, Status
from migrator.transfer.settings import carry_settings
from migrator.verify.configuration import env_variables, overrides

OVERRIDES = {
    "core-parallelism": "9",
    "core-dag_concurrency": "5",
    "core-load_examples": "True",
    "core-dags_are_paused_at_creation": "False",
    "secrets-backend": "x",
    "webserver-rbac": "True",
    "core-default_task_retries": "2",
}


def source(**settings: dict[str, str]) -> EnvironmentFacts:
    return EnvironmentFacts("old", "i", "RUNNING", "b", "u", **settings)


def carried(there, policy=Policy.SKIP, *, dry_run=False):
    written = []
    items = carry_settings(
        Kind.OVERRIDES, overrides(source(overrides=OVERRIDES)), there, written.append, policy, dry_run=dry_run
    )
    return {one.name: one.status for one in items}, written, {one.name: one.why for one in items}


def test_what_v2_permits_is_added_under_its_name_there_in_one_request():
    statuses, written, why = carried({"core-parallelism": "4", "core-mine": "1"})
    assert written == [
        {
            "core-parallelism": "4",
            "core-mine": "1",
            "core-max_active_tasks_per_dag": "5",
            "core-default_task_retries": "2",
        }
    ]
    created = {name for name, status in statuses.items() if status is Status.CREATED}
    assert created == {"core-dag_concurrency", "core-default_task_retries"}
    assert set(statuses.values()) == {Status.CREATED, Status.KEPT}
    assert why["core-dag_concurrency"] == "it is core-max_active_tasks_per_dag in v2"
    assert "does not let you" in why["core-load_examples"]
    assert "paused" in why["core-dags_are_paused_at_creation"]
    assert why["webserver-rbac"] == "it is gone, and nothing took its place"


def test_what_differs_is_replaced_only_when_asked():
    assert carried({"core-parallelism": "4"}, Policy.REPLACE)[1][0]["core-parallelism"] == "9"


def test_nothing_is_written_when_nothing_changes_or_it_is_a_dry_run():
    _, (wanted,), _ = carried({})
    statuses, written, _ = carried(wanted)
    assert written == []
    assert set(statuses.values()) == {Status.EQUAL, Status.KEPT}
    assert carried({}, dry_run=True)[1] == []


def test_a_refusal_fails_what_was_to_change_and_says_why():
    def refuse(_):
        raise UnreachableError("environment new does not answer", why="429: Quota exceeded\nmore", fix="wait")

    settings = env_variables(source(env_variables={"A": "1", "B": "2", "GCS_BUCKET": "b"}))
    items = carry_settings(Kind.ENV, settings, {"B": "2"}, refuse, Policy.SKIP, dry_run=False)
    assert {one.name: one.status for one in items} == {
        "A": Status.FAILED,
        "B": Status.EQUAL,
        "GCS_BUCKET": Status.KEPT,
    }
    assert items[0].why == "environment new does not answer: 429: Quota exceeded"


@pytest.mark.parametrize("kind", [overrides, env_variables])
def test_no_value_shows(kind):
    facts = source(overrides={"smtp-x": "hunter2"}, env_variables={"A": "hunter2"})
    assert "hunter2" not in repr(kind(facts))
