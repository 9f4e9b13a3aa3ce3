"""The code of an estate beside what a real Airflow 1.10.15 recorded of it: what is said to be known is right."""

from __future__ import annotations

import pytest

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags
from migrator.model.dag import Facts
from tests.assess.planted import inventory, sources
from tests.inventory.contract import same_dags

MOVING = {"planted_002", "planted_003"}


@pytest.fixture(scope="module")
def found():
    files = {path: text.encode() for path, text in sources().items()}
    return read_dags(files, files.__getitem__, Defaults())


def test_all_that_is_known_is_what_airflow_says(found):
    told = {dag.dag_id: dag for dag in inventory().dags}
    here = [dag for dag in found.dags if dag.dag_id in told]
    assert {dag.dag_id for dag in here} == set(told)
    same_dags(tuple(here), tuple(told[dag.dag_id] for dag in here))


def test_nearly_all_is_known(found):
    unknown = {dag.dag_id: set(dag.unknown) - {"paused"} for dag in found.dags}
    assert sum(map(bool, unknown.values())) <= 25
    assert all(dag.facts is Facts.STATIC for dag in found.dags)
