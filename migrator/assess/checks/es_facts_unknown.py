"""ES314: facts that only run time knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.known import in_words
from migrator.assess.model import Problem, Severity
from migrator.model.parts import unknown_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_OF_FOLDERS = "paused"
"""Told once for all DAGs, where no DAG's state is known."""


@of_estate(
    "ES314",
    Severity.NOTE,
    fix="Read the file there; `migrate inventory` of a live environment, or of a snapshot, knows it.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dags.html",
    minutes=5,
    examples=(
        Example("A schedule that is computed", 1, dag={"unknown": ("schedule",)}),
        Example("Arguments of its tasks", 1, dag={"unknown": ("paused", "tasks.retries")}),
        Example("An inventory without runs", 1, more={"unknown": ("runs",)}),
        Example("All that is told"),
        Example("Whether it is paused, as of every DAG of a folder", dag={"unknown": ("paused",)}),
    ),
)
def facts_unknown(estate: Estate) -> Iterator[Problem]:
    """Tell what of DAGs and of the estate is unknown, so that no check judges by it.

    A folder holds code, not what became of it: an argument that is computed has no value before it runs. Where a check
    would need such a value it says nothing, rather than to take Airflow's default for a fact.
    """
    parts = sorted(unknown_of(estate.inventory))
    if parts:
        yield Problem(f"unknown, so no check uses it: {', '.join(parts)}")
    for view in estate.dags:
        facts = [fact for fact in view.dag.unknown if fact != _OF_FOLDERS]
        if facts:
            said = f"unknown, so no check uses it: {', '.join(in_words(facts))}"
            yield Problem(said, view.line, f"dags/{view.dag.file}", (view.dag.dag_id,))
