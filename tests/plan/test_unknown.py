"""What is unknown of a DAG lowers its confidence, and makes no canary of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.assess.check import Example
from migrator.assess.examples import ORDERS, estate_of
from migrator.plan.options import PlanOptions
from migrator.plan.planner import plan

if TYPE_CHECKING:
    from migrator.model.plan import PlannedDag


def planned(*unknown: str) -> tuple[str, PlannedDag]:
    """The title of the DAG's wave, and the DAG in it; another of its kind is there, that comes after it by its name."""
    dags = (
        replace(ORDERS, unknown=unknown),
        *(replace(ORDERS, dag_id=one, file=f"{one}.py") for one in ("stock", "tax")),
    )
    made = plan(estate_of(Example("", dags=dags)).inventory, {"orders.py": "x"}, PlanOptions("v1", "v2", "f"))
    return next((wave.title, dag) for wave in made.waves for dag in wave.dags if dag.dag_id == "orders")


def test_what_is_known_may_be_the_canary() -> None:
    title, dag = planned()
    assert title.startswith("canary")
    assert dag.confidence == 100


@pytest.mark.parametrize("unknown", ["tasks", "references", "schedule", "catchup", "start_date"])
def test_what_nobody_knows_goes_first_in_no_plan(unknown: str) -> None:
    title, dag = planned(unknown)
    assert not title.startswith("canary")
    assert dag.confidence < 100
    assert any(unknown in doubt for doubt in dag.doubts)


def test_edges_that_are_unknown_lower_confidence_and_raise_the_risk() -> None:
    _, known = planned()
    _, hidden = planned("references")
    assert hidden.confidence <= known.confidence - 30
    assert hidden.risk > known.risk
    assert "unknown: known only at run time: its references" in hidden.reasons


def test_whether_it_is_paused_is_said_to_be_unknown() -> None:
    _, dag = planned("paused")
    assert "whether it is paused in the source is unknown" in dag.reasons
