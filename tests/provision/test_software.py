from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.assess.resolver import NotResolved, Resolved
from migrator.errors import UsageError
from migrator.model.sealed import Sealed
from migrator.provision.demand import demand_of
from migrator.provision.sizing import size
from migrator.provision.software import software
from tests.provision.estates import seed

PINS = Resolved({"acme": "2.1.0", "acme-more": "3.0"})


def translated(chosen=None, resolution=PINS, **facts):
    inventory = seed()
    empty = {"packages": {}, "overrides": {}, "env_variables": {}}
    environment = replace(inventory.environment, **{**empty, **facts})
    return software(environment, size(demand_of(inventory), environment, 1.5), chosen or {}, resolution, "p")


def left(made) -> dict[str, str]:
    return {one.what: one.why for one in made.left_out}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("core-parallelism", "core-parallelism"),
        ("core-dag_concurrency", "core-max_active_tasks_per_dag"),
        ("core-logging_level", "logging-logging_level"),
        ("core-load_examples", None),
        ("webserver-rbac", None),
        ("cli-api_client", None),
    ],
)
def test_overrides(old, new):
    made = translated(overrides={old: "7"})
    assert (new in made.overrides) is (new is not None)
    assert (f"override {old}" in left(made)) is (new is None)
    if new:
        assert made.overrides[new].value == "7"


def test_the_new_name_wins_over_the_old():
    made = translated(overrides={"core-dag_concurrency": "7", "core-max_active_tasks_per_dag": "8"})
    assert made.overrides["core-max_active_tasks_per_dag"].value == "8"
    assert left(made)["override core-dag_concurrency"] == "v1 sets its new name core-max_active_tasks_per_dag too"


def test_what_the_target_needs_replaces_v1s_and_says_so():
    made = translated(
        overrides={
            "core-dags_are_paused_at_creation": "False",
            "celery-worker_concurrency": "100",
            "secrets-backend_kwargs": '{"project_id": "v1"}',
        }
    )
    assert made.overrides["core-dags_are_paused_at_creation"].value == "True"
    assert "v2 has to create DAGs paused" in left(made)["override core-dags_are_paused_at_creation"]
    assert made.overrides["celery-worker_concurrency"].value == "100"
    assert "each environment says where its secrets lie" in left(made)["override secrets-backend_kwargs"]


def test_secrets_become_variables_and_reserved_names_stay_behind():
    hidden = Sealed("f")
    made = translated(
        env_variables={"API_KEY": hidden, "api_key": hidden, "GCS_BUCKET": hidden, "REGION": "eu"},
        overrides={"email-from_email": hidden, "core-dag_concurrency": hidden, "celery-worker_concurrency": hidden},
    )
    assert made.secrets == {
        "override_core__max_active_tasks_per_dag": "override core-max_active_tasks_per_dag",
        "override_email__from_email": "override email-from_email",
        "env_api_key": "environment variable API_KEY",
        "env_api_key_2e9bc6": "environment variable api_key",
    }
    assert "override celery-worker_concurrency" in left(made)
    assert made.env["REGION"].value == "eu"
    assert "GCS_BUCKET" not in made.env


def test_packages_take_the_resolved_version_and_keep_their_extras():
    made = translated(packages={"acme": ">=2", "acme-more": "[fast]", "enum34": ""}, chosen={"other": "-"})
    assert {name: one.value for name, one in made.packages.items()} == {"acme": "==2.1.0", "acme-more": "[fast]==3.0"}
    assert left(made)["package enum34"].startswith("take it out")
    assert left(made)["package other"] == "migrate.toml leaves it out"


def test_packages_that_were_not_resolved_say_so():
    made = translated(packages={"acme": "*"}, resolution=NotResolved("there is no uv", ""))
    assert (made.packages["acme"].value, made.packages["acme"].why) == ("", "as in v1, NOT resolved: there is no uv")


@pytest.mark.parametrize(
    ("resolution", "told"),
    [
        (Resolved({}, {"acme": "it needs b<1"}), "acme: it needs b<1"),
        (Resolved({}, {}, {"acme": "it was not found"}), "acme: it was not found"),
        (Resolved({}, together="a needs b<1, c needs b>1"), "a needs b<1, c needs b>1"),
    ],
)
def test_a_conflict_is_explained(resolution, told):
    with pytest.raises(UsageError) as caught:
        translated(packages={"acme": ""}, resolution=resolution)
    assert told in caught.value.why
    assert "[target.packages]" in caught.value.fix
