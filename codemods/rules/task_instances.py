"""CM332: instances of tasks that are made by a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars, short_name
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_CLASS = frozenset(
    {
        "airflow.models.TaskInstance",
        "airflow.models.taskinstance.TaskInstance",
        "airflow.models.taskinstance.TaskInstances",
    }
)
_HEAD = "from airflow.models import TaskInstance\n\n"


class TaskInstances(Rule):
    """Find instances of tasks that are made for a date: in Airflow 2 a run of that date must be there.

    ``TaskInstance(task, date)`` raises DagRunNotFound where the DAG has no run of that date; 1.10 made one of nothing.
    Take the instance of a run, ``dag_run.get_task_instance(task_id)``, or make the run first; in tests
    ``dag.test(...)`` runs all of it.
    """

    code = "CM332"
    name = "task-instances"
    safety = Safety.FLAG
    since = "2.2"
    needles = (b"TaskInstance",)
    watches = (cst.Call,)
    examples = (
        Example("by position", _HEAD + "ti = TaskInstance(task, date)\n", flagged=True),
        Example("by name", "from airflow.models.taskinstance import TaskInstance as TI\n\n"
                "ti = TI(task=task, execution_date=date)\n", flagged=True),
        Example("for a run", _HEAD + "ti = TaskInstance(task, run_id=dag_run.run_id)\n"),
        Example("for both", _HEAD + "ti = TaskInstance(task, execution_date=None, run_id='a')\n"),
        Example("for a run that the file makes",
                _HEAD + "dag.create_dagrun('a', date)\nti = TaskInstance(task, date)\n"),
        Example("unpacked", _HEAD + "ti = TaskInstance(**known)\n"),
        Example("one of ours", "import airflow\nfrom ours import TaskInstance\n\nti = TaskInstance(task, date)\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Look at how the class is called."""
        if file.written(node.func).isdisjoint(_CLASS) or has_stars(node) or argument(node, "run_id") is not None:
            return
        dated = argument(node, "execution_date") is not None or len(positional(node)) > 1
        if dated and not file.once(_makes_runs):
            yield Flag(
                node,
                "TaskInstance raises DagRunNotFound where the DAG has no run of this date: take the instance of a run, "
                "or make the run first",
            )


def _makes_runs(file: File) -> bool:
    """Whether the file makes runs of DAGs itself."""
    calls = [call for call in file.bindings.nodes[cst.Call] if isinstance(call, cst.Call)]
    return any(short_name(call.func) in {"create_dagrun", "DagRun"} for call in calls)
