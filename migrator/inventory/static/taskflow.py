"""Tasks that are written as functions: ``@task``, and what a call of such a function ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.inventory.static.making import follow, make_task
from migrator.inventory.static.values import UNKNOWN, Imported, MadeDag, MadeTask, TaskFactory, reachable

if TYPE_CHECKING:
    from migrator.inventory.static.frame import State

_DECORATORS = {
    "airflow.decorators.task": "airflow.decorators.python._PythonDecoratedOperator",
    "airflow.decorators.task.python": "airflow.decorators.python._PythonDecoratedOperator",
    "airflow.decorators.task.virtualenv": "airflow.decorators.python_virtualenv._PythonVirtualenvDecoratedOperator",
    "airflow.decorators.task.branch": "airflow.decorators.branch_python._BranchPythonDecoratedOperator",
    "airflow.decorators.task.short_circuit": "airflow.decorators.short_circuit._ShortCircuitDecoratedOperator",
}
"""Decorators of Airflow 2, and the classes of the tasks that they make."""


def operator_of(decorator: str) -> str:
    """The class of the tasks; empty for what is no such decorator."""
    return _DECORATORS.get(decorator, "")


def called(state: State, factory: TaskFactory, given: list[Any]) -> Any:  # noqa: ANN401 - any value of a file
    """The task of a call, behind the tasks whose results it is given; a second one of a name gets a number."""
    if state.dag is None:
        return UNKNOWN
    name = factory.named.get("task_id", factory.name)
    named = {**factory.named, "task_id": _free(state.dag, name) if isinstance(name, str) else UNKNOWN}
    before = [one for one in reachable(state.gate, *given) if isinstance(one, MadeTask)]
    made = make_task(state, Imported(factory.operator), [], named, opened=False)
    for task in before:
        follow(state, task, made)
    if any(one is UNKNOWN for one in reachable(state.gate, *given)):
        state.dag.lose("edges")  # it may be the result of a task
    return made


def _free(dag: MadeDag, name: str) -> str:
    """As Airflow numbers them: ``name``, ``name__1``, ``name__2``."""
    names = [name, *(f"{name}__{number}" for number in range(1, len(dag.tasks) + 1))]
    return next(one for one in names if one not in dag.tasks)
