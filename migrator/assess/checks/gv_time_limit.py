"""GV107: no task runs for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_dag
from migrator.assess.examples import changed
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import DagCall, SourceFile
    from migrator.assess.view import DagView

LIMITS = ("execution_timeout", "sla")
_LIMIT = ', "execution_timeout": timedelta(hours=1)'


@of_dag(
    "GV107",
    Severity.WARNING,
    fix='Give default_args={"execution_timeout": timedelta(hours=...), ...}, or dagrun_timeout to the DAG.',
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/tasks.html#timeouts",
    needs=("tasks",),
    examples=(
        Example("Nothing ends it", 1, changed(_LIMIT, "")),
        Example("A time limit for each task"),
        Example(
            "A time limit for the run",
            files=changed("default_args=default_args,", "dagrun_timeout=timedelta(hours=2),"),
        ),
        Example("An SLA on one task", files=changed('task_id="load",', 'task_id="load", sla=timedelta(hours=1),')),
        Example(
            "Default arguments from elsewhere: unknown",
            files=changed("default_args=default_args", "default_args=shared()"),
        ),
    ),
)
def time_limit_missing(dag: DagView) -> Iterator[str]:
    """Tell which DAGs have no time limit.

    A task that hangs keeps its slot, and its run keeps a cutover waiting. Only what the file surely lacks is told.
    """
    if dag.file and any(_endless(call, dag.file) for call in dag.calls):
        yield "neither the DAG nor its tasks have a time limit or an SLA"


def _endless(call: DagCall, file: SourceFile) -> bool:
    given = any(keyword.arg in {*LIMITS, None} for task in file.task_calls for keyword in task.keywords)
    return not given and call.lacks("dagrun_timeout") and all(call.lacks_default(name) for name in LIMITS)
