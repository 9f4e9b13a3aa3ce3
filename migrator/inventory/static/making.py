"""Make DAGs and tasks from calls, and tie tasks to each other."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from codemods.tables import canonical
from migrator.inventory.static.values import (
    UNKNOWN,
    Globals,
    Imported,
    Items,
    MadeDag,
    MadeTask,
    UserClass,
    is_known,
    poison,
    reachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.inventory.static.frame import State
    from migrator.inventory.static.gate import Gate

_POSITIONAL = ("dag_id", "description", "schedule_interval", "start_date", "end_date", "full_filepath")
CHAIN = "airflow.models.baseoperator.chain"
CROSS = "airflow.models.baseoperator.cross_downstream"
TIES = frozenset({CHAIN, CROSS})
HARMLESS = (
    "airflow.",
    "builtins.",
    "datetime.",
    "os.",
    "json.",
    "logging.",
    "pendulum.",
    "re.",
    "sys.",
    "pathlib.",
    "glob.",
    "yaml.",
    "posixpath.",
)
"""Callables of these neither make tasks nor change what they are given."""


_MAKER = re.compile(r"(?:dags?|dag_?(?:factory|builder|maker|generator))$", re.IGNORECASE)
"""Such names make DAGs in the factories that people publish: ``create_dag``, ``load_dags``, ``DagFactory``."""
_ARGUMENTS = frozenset({"dag_id", "schedule_interval", "schedule", "default_args", "catchup"})


def is_dag(name: str) -> bool:
    """Whether the dotted name is the class DAG."""
    return canonical(name) == "airflow.models.dag.DAG"


def makes_dag(callee: Any) -> bool:  # noqa: ANN401 - any value of a file
    """Whether a call of it makes a DAG: it is the class, or one that derives from it."""
    return any(is_dag(name) for name in names_of(callee))


def may_make_dags(callee: Any, written: str, given: Iterable[Any], keywords: Iterable[str]) -> bool:  # noqa: ANN401
    """Whether a call that is not followed may make DAGs: by its name, or what it is given.

    ``written``: the last part of the name that is called.
    """
    names = names_of(callee)
    if names and names[0].startswith(HARMLESS):
        return False
    told = bool(_MAKER.search(written)) or not _ARGUMENTS.isdisjoint(keywords)
    return told or any(isinstance(value, Globals) for value in given)


def make_dag(state: State, positional: list[Any], named: dict[str, Any], line: int, *, opened: bool) -> MadeDag:
    """A DAG; ``opened``: it was given arguments that are not known, from ``*`` or ``**``."""
    made = MadeDag({}, line)
    fill(made, positional, named, opened=opened)
    if made.dag_id is None:
        state.unlisted.add(line)
    state.made.append(made)
    return made


def fill(made: MadeDag, positional: list[Any], named: dict[str, Any], *, opened: bool) -> None:
    """Give the DAG the arguments of a call; ``opened`` as above."""
    made.arguments |= dict(zip(_POSITIONAL, positional, strict=False)) | named
    if opened:
        made.lose(
            *(
                {"schedule", "start_date", "end_date", "catchup", "tags", "max_active_runs", "description"}
                - _said(named)
            )
        )
        made.arguments.setdefault("default_args", UNKNOWN)
        made.arguments.setdefault("dag_id", UNKNOWN)


def _said(named: dict[str, Any]) -> set[str]:
    """The facts that arguments by name tell: nothing else can give them too."""
    return {"schedule" if name in {"schedule_interval", "timetable"} else name for name in named}


def makes_task(callee: Any, named: dict[str, Any]) -> bool:  # noqa: ANN401 - any value of a file
    """Whether a call of it makes a task: an operator or a sensor by its name or ancestors, or given a ``task_id``."""
    names = names_of(callee)
    by_name = any(name.endswith(("Operator", "Sensor")) for name in names)
    return bool(names) and (by_name or "task_id" in named)


def names_of(callee: Any) -> tuple[str, ...]:  # noqa: ANN401
    """The dotted names of a class and its ancestors."""
    return callee.names if isinstance(callee, UserClass) else (callee.name,) if isinstance(callee, Imported) else ()


def make_task(state: State, callee: Any, positional: list[Any], named: dict[str, Any], *, opened: bool) -> MadeTask:  # noqa: ANN401
    """A task of the DAG that is given, or of the ``with`` block around it."""
    given = named.get("dag", state.dag)
    task_id = named.get("task_id", UNKNOWN)
    dag = given if isinstance(given, MadeDag) else None
    made = MadeTask(task_id if isinstance(task_id, str) else None, names_of(callee), named, None)
    if dag is not None:
        made.join(dag)
    if opened or positional or (isinstance(callee, UserClass) and callee.own_init):
        made.arguments = {**named, "*": UNKNOWN}
    return made


def tasks_of(gate: Gate, value: Any) -> list[MadeTask] | None:  # noqa: ANN401
    """The tasks that one side of an edge names; None when it is not known which."""
    tasks = []
    for one in reachable(gate, value):
        if isinstance(one, MadeTask):
            tasks.append(one)
        elif not isinstance(one, Items | tuple) or not is_known(one):
            return None
    return tasks


def follow(state: State, before: Any, after: Any) -> None:  # noqa: ANN401
    """``before >> after``; where one side is not known, the DAG's edges are not."""
    one, other = tasks_of(state.gate, before), tasks_of(state.gate, after)
    if isinstance(before, MadeDag) or isinstance(after, MadeDag):  # 1.10: dag >> task
        dag = before if isinstance(before, MadeDag) else after
        for task in (one or []) + (other or []):
            task.join(dag)
        return
    if one is None or other is None:
        _lose_edges(state, (one or []) + (other or []))
        return
    _share_dag(one + other)
    state.gate.tie(len(one), len(other))
    for task in one:
        task.downstream.update(str(next_.task_id) for next_ in other)


def chain(state: State, values: list[Any]) -> None:
    """``chain(a, [b, c], [d, e], f)``: lists of one length are joined one by one."""
    for before, after in pairwise(values):
        if isinstance(before, Items) and isinstance(after, Items) and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                follow(state, one, other)
        else:
            follow(state, before, after)


def tie(state: State, name: str, values: list[Any]) -> None:
    """``chain`` or ``cross_downstream``; what is not known of their arguments leaves edges not known."""
    if not values or any(value is UNKNOWN for value in values):
        _lose_edges(state, [task for value in values for task in tasks_of(state.gate, value) or ()])
    elif name == CHAIN:
        chain(state, values)
    else:
        for one in values[0] if isinstance(values[0], Items | tuple) else [UNKNOWN]:
            follow(state, one, values[-1])


def _share_dag(tasks: list[MadeTask]) -> None:
    """Tasks that are tied belong to one DAG: that of the first that has one."""
    dag = next((task.dag for task in tasks if task.dag is not None), None)
    for task in tasks if dag is not None else ():
        task.join(dag)  # type: ignore[arg-type]


def _lose_edges(state: State, tasks: list[MadeTask]) -> None:
    dags = [task.dag for task in tasks if task.dag is not None] or ([state.dag] if state.dag else [])
    for dag in dags:
        dag.lose("edges")


def handed_over(state: State, callee: Any, values: list[Any]) -> None:  # noqa: ANN401
    """What is not followed was called with these: it may change them, and make tasks in the ``with`` block."""
    names = names_of(callee)
    if names and names[0].startswith(HARMLESS):
        return
    poison(state.gate, *values)
    if state.dag is not None:
        state.dag.lose_tasks()
