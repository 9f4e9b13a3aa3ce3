"""v2 beside what is known of a v1 that no longer runs: what was planted is found as far as that tells, and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pyrage
import pytest
from pydantic import TypeAdapter

from migrator.environments.folder import open_folder
from migrator.inventory.folder import of_folder
from migrator.inventory.seal import Secrets
from migrator.inventory.snapshot.layout import find_layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.verify.codes import codes_of_files
from migrator.verify.model import About
from migrator.verify.remembered import Remembered
from migrator.verify.report import as_json, record, table
from migrator.verify.run import verify_known
from tests.inventory import snapshot_of
from tests.transfer.targets import NOW
from tests.verify.sides import found, store
from tests.verify.test_planted import (  # noqa: F401 - fixtures
    CONNECTIONS,
    PLANTS,
    POOLS,
    RESOURCES,
    SECRET,
    VARIABLES,
    estates,
    same,
    workspace,
)

pytestmark = pytest.mark.airflow
KEY = pyrage.x25519.Identity.generate()
UNTOLD = ("rendered", "dagrun_timeout", "retry_delay", "execution_timeout", "priority_weight", "on_failure_callback",
          "email", "mode")  # fmt: skip
"""What no inventory tells of a DAG."""
TOLD = {
    f"dag dag_{name}: {field}"
    for name, plant in PLANTS.items()
    for field in plant.fields
    if not any(word in field for word in UNTOLD)
}


def of_a_snapshot(v1, folder):
    snapshot = snapshot_of.save(v1, folder, snapshot_of.pg_dump(v1))
    taken = of_snapshot(find_layout(snapshot, key=None), name="", recipient=str(KEY.to_public()), weeks=4).collected
    secrets = TypeAdapter(Secrets).validate_python(json.loads(pyrage.decrypt(taken.sealed, [KEY])))
    return Remembered(taken.inventory, secrets)


def of_a_folder(v1, _folder):
    return Remembered(of_folder(open_folder(v1.dags), name="", now=datetime.now(UTC)).inventory)


@pytest.fixture(params=[of_a_snapshot, of_a_folder])
def known(request, estates, same, v1, tmp_path):  # noqa: F811
    return request.param(v1, tmp_path)


def compared(known, v2, workspace, dag_ids=None):  # noqa: F811
    return verify_known(known, known.inventory.environment, v2, codes_of_files(workspace), {}, dag_ids)


def test_what_the_rewrite_made_is_equal_or_explained(known, estates, workspace):  # noqa: F811
    parity = compared(known, estates[1], workspace)
    assert found(parity) == set()
    assert len(parity.of(About.DAG)) == len(PLANTS) + 1


def test_each_planted_difference_that_is_told_is_found_and_nothing_else(known, estates, v2, workspace):  # noqa: F811
    for name, plant in PLANTS.items():
        v2.write(f"{name}.py", (workspace.target_dags / f"{name}.py").read_text().replace(plant.old, plant.new))
    store(
        v2,
        {**{key: VARIABLES[key] for key in ("region", "plain")}, "exact": "100000.0"},
        [{**CONNECTIONS[0], "password": "another"}, {**CONNECTIONS[1], "host": "http://u:q@h/"}],
        {**POOLS, "warehouse": 5, "only_here": 1},
    )
    parity = compared(known, estates[1], workspace)
    assert found(parity) == TOLD | (RESOURCES if known.secrets else set())
    shown = table(parity) + as_json(record(parity, NOW, source="a", target="b", files={}))
    assert SECRET not in shown
    assert ("variables are not all known" in " ".join(parity.warnings)) is (known.secrets is None)


EVERY = {"schedule", "task load: queue", "task extract: edge to load", "task load: edge to go"}
HIDDEN = {
    "schedule": {"schedule"},
    "tasks": EVERY - {"schedule"},
    "tasks.queue": {"task load: queue"},
    "edges": {"task extract: edge to load", "task load: edge to go"},
    "catchup": set(),
}
"""By the fact that is unknown: the differences that are none then."""


def test_what_is_unknown_of_a_dag_is_not_compared_and_said(estates, same, v1, v2, workspace):  # noqa: F811
    text = (workspace.target_dags / "untouched.py").read_text().replace('queue="big"', 'queue="small"')
    v2.write("untouched.py", text.replace("15 3 * * *", "15 4 * * *").replace("[clean, load] >> go", "clean >> go"))
    known = of_a_folder(v1, None)
    dag = known.inventory.dag("dag_untouched")
    for fact, hidden in HIDDEN.items():
        odd = replace(dag, unknown=(fact,), catchup=dag.catchup != (fact == "catchup"))
        odd = replace(odd, tasks=() if fact == "tasks" else dag.tasks)
        told = replace(known, inventory=replace(known.inventory, dags=(odd,)))
        (one,) = compared(told, estates[1], workspace, ["dag_untouched"]).objects
        assert f"{fact}: unknown in v1" in one.left_out
        assert {each.field for each in one.unexplained} == EVERY - hidden, fact
