"""GV106: tasks are tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import BEST, Example, of_dag
from migrator.assess.examples import DUMMY, TASK, changed
from migrator.assess.model import Severity
from migrator.model.dag import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView

NO_WORK = ("DummyOperator", "EmptyOperator", "SubDagOperator")
_NEVER = Task("load", TASK.operator)


@of_dag(
    "GV106",
    Severity.WARNING,
    fix='Give default_args={"retries": 2, "retry_delay": timedelta(minutes=5), ...}.',
    link=BEST,
    examples=(
        Example("A task that is never tried again", 1, changed('"retries": 2, ', ""), {"tasks": (_NEVER,)}),
        Example("Fewer than the team's rules ask for", 1, options={"minimum": 3}),
        Example("Two retries"),
        Example("A task that does no work needs none", dag={"tasks": (TASK, Task("start", DUMMY))}),
    ),
)
def retries_missing(dag: DagView, *, minimum: int = 1) -> Iterator[str]:
    """Tell which tasks are not tried again when they fail.

    Composer 2 adds and removes workers, and a task on one that goes away fails: without a retry, so does the run.
    """
    few = [t.task_id for t in dag.dag.tasks if t.retries < minimum and not t.operator.endswith(NO_WORK)]
    if few:
        shown = ", ".join(few[:3]) + (f" and {len(few) - 3} more" if len(few) > 3 else "")
        yield f"{len(few)} of {len(dag.dag.tasks)} tasks have fewer retries than {minimum}: {shown}"
