"""DAGs that published factories make of files in the tree: dag-factory of YAML, gusty of folders."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import data
from migrator.inventory.static.files import place_of
from migrator.inventory.static.values import (
    UNKNOWN,
    Entries,
    Items,
    MadeDag,
    MadeTask,
    Method,
    Opened,
    Place,
    is_known,
)

if TYPE_CHECKING:
    from migrator.inventory.static.frame import State

FACTORY = "dagfactory.DagFactory"
_ARGUMENTS = {"schedule_interval", "schedule", "description", "tags", "catchup", "max_active_runs", "start_date",
              "end_date", "is_paused_upon_creation"}  # fmt: skip
_META = "METADATA.yml"


def call(state: State, name: str, positional: list[Any], named: dict[str, Any], line: int) -> Any:  # noqa: ANN401
    """What a function of one of these libraries gives; NotImplemented where it is none, or its files are not known."""
    place = place_of(positional[0]) if positional else None
    match name.rpartition(".")[2]:
        case "DagFactory" if name.startswith("dagfactory.") and place is not None:
            return Method(place, FACTORY)
        case "create_dag" if name.startswith("gusty.") and place is not None:
            return _gusty(state, place, named, line)
    return NotImplemented


def generated(state: State, place: Place, line: int) -> dict[str, MadeDag] | None:
    """The DAGs of a YAML file of dag-factory; None where it is not known what the file holds."""
    found = data.loaded(state, Opened(place.path), data.YAML)
    if not isinstance(found, Entries) or found.open or not all(isinstance(one, Entries) for one in found.values()):
        return None
    shared = found.get("default", Entries())
    return {key: _of_yaml(state, key, shared, own, line) for key, own in found.items() if key != "default"}


def _of_yaml(state: State, dag_id: Any, shared: Entries, own: Entries, line: int) -> MadeDag:  # noqa: ANN401
    whole = {**shared, **own}
    defaults = Entries({**_entries(shared.get("default_args")), **_entries(own.get("default_args"))})
    given = {key: value for key, value in whole.items() if key in _ARGUMENTS}
    made = MadeDag({**given, "dag_id": dag_id, "default_args": defaults}, line)
    tasks = own.get("tasks", Entries())
    rows = tasks.items() if isinstance(tasks, Entries) else [(one.get("task_id"), one) for one in tasks] \
        if isinstance(tasks, Items) and all(isinstance(one, Entries) for one in tasks) else None  # fmt: skip
    if rows is None or "task_groups" in own or not is_known(tasks):
        made.lose_tasks()
    _tasks(made, dict(rows or ()))
    state.made.append(made)
    return made


def _tasks(made: MadeDag, rows: dict[Any, Any]) -> None:
    by_id: dict[str, MadeTask] = {}
    for task_id, row in rows.items():
        if not isinstance(task_id, str) or not isinstance(row, Entries) or not isinstance(row.get("operator"), str):
            made.lose_tasks()
            continue
        task = MadeTask(task_id, (row["operator"],), {**row, "task_id": task_id}, None)
        task.join(made)
        by_id[task_id] = task
    for task_id, row in rows.items():
        before = row.get("dependencies", ()) if isinstance(row, Entries) else ()
        for one in before if isinstance(before, Items) else ():
            if one in by_id and task_id in by_id:
                by_id[one].downstream.add(task_id)
            else:
                made.lose("edges")


def _gusty(state: State, place: Place, named: dict[str, Any], line: int) -> Any:  # noqa: ANN401
    """A folder is a DAG: its name the id, METADATA.yml what the DAG is given, each other file a task.

    What the call and the file say differently is not known; nor are the tasks, whose files have many forms.
    """
    meta = data.loaded(state, Opened(f"{place.path}/{_META}"), data.YAML)
    if not place.path.startswith(("dags/", "plugins/")) or not isinstance(meta, Entries) or meta.open:
        return NotImplemented
    given = {key: value for key, value in named.items() if key in _ARGUMENTS}
    stored = {key: value for key, value in meta.items() if key in _ARGUMENTS}
    both = {key: UNKNOWN for key in given.keys() & stored.keys() if given[key] != stored[key]}
    mine, theirs = (one.get("default_args", Entries()) for one in (meta, named))
    defaults = mine if "default_args" not in named or mine == theirs else UNKNOWN
    made = MadeDag(
        {**given, **stored, **both, "dag_id": posixpath.basename(place.path), "default_args": defaults}, line
    )
    made.lose_tasks()
    state.made.append(made)
    return made


def _entries(value: Any) -> dict[Any, Any]:  # noqa: ANN401
    return value if isinstance(value, Entries) else {"*": UNKNOWN} if value is not None else {}


def is_factory(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is a dag-factory of a known file."""
    return isinstance(value, Method) and value.name == FACTORY
