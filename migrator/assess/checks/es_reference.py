"""ES308: DAGs that wait for, or start, one that is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import ORDERS, TASK
from migrator.assess.model import Problem, Severity
from migrator.model.dag import Reference, ReferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


def _waits(dag_id: str | None) -> dict[str, Any]:
    return {"tasks": (replace(TASK, reference=Reference(ReferenceKind.WAITS_FOR, dag_id)),)}


@of_estate(
    "ES308",
    Severity.ERROR,
    fix="Name the DAG that is meant, or take the task out.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/howto/operator/external_task_sensor.html",
    runs=True,
    minutes=20,
    examples=(
        Example("It waits for a DAG that does not exist", 1, dag=_waits("gone")),
        Example(
            "It waits for one that is there",
            dags=(replace(ORDERS, **_waits("prices")), replace(ORDERS, dag_id="prices")),
        ),
        Example("Only run time knows", dag=_waits(None)),
        Example("It waits for nobody"),
    ),
)
def reference_missing(estate: Estate) -> Iterator[Problem]:
    """Tell which tasks wait for, or start, a DAG that v1 does not have.

    A sensor on it waits until its time is over, each day; a trigger fails. Where the DAGs of a file cannot be listed,
    it may be one of these: look there first.
    """
    known = {view.dag.dag_id for view in estate.dags}
    made_elsewhere = " or ".join(f"{one.file} line {one.line}" for one in estate.inventory.unlisted)
    for view in estate.dags:
        for task in view.dag.tasks:
            to = task.reference
            if to and to.dag_id and not to.dynamic and to.kind is not ReferenceKind.SUBDAG and to.dag_id not in known:
                verb = to.kind.replace("_", " ")
                there = f"which is unknown: {made_elsewhere} may make it" if made_elsewhere else "which is not there"
                yield Problem(
                    f"task {task.task_id} {verb} {to.dag_id}, {there}",
                    view.line,
                    f"dags/{view.dag.file}",
                    (view.dag.dag_id,),
                )
