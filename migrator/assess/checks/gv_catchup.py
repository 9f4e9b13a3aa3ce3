"""GV113: a DAG says whether it catches up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_dag
from migrator.assess.examples import changed
from migrator.assess.model import Severity
from migrator.model.dag import Schedule, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView

_LINE = "    catchup=False,\n"


@of_dag(
    "GV113",
    Severity.WARNING,
    fix="Write catchup=False, or catchup=True where each interval counts, on the DAG itself.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dag-run.html#catchup",
    examples=(
        Example("Not set, so it catches up", 1, changed(_LINE, ""), {"catchup": True}),
        Example("In default_args it has no effect", 1, changed(_LINE, "", more=('"retries": 2', '"catchup": False'))),
        Example("It is set"),
        Example(
            "Nothing to catch up without a schedule",
            files=changed(_LINE, ""),
            dag={"schedule": Schedule(ScheduleKind.NONE)},
        ),
        Example("Arguments that cannot be read", files=changed(_LINE, "    **shared,\n")),
    ),
)
def catchup_not_set(dag: DagView) -> Iterator[str]:
    """Tell which scheduled DAGs leave it open whether they catch up.

    The default hangs on a setting of the environment, and two environments need not agree: in the target, a DAG may
    run every interval since its start date.
    """
    if (
        dag.dag.automated
        and dag.dag.schedule.kind is not ScheduleKind.ONCE
        and any(c.lacks("catchup") for c in dag.calls)
    ):
        yield f"catchup is not set; Airflow's default, {dag.dag.catchup}, applies"
