"""The DAGs of a tree of files, from its code alone: nothing is imported, nothing runs."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrator.inventory.static.describe import FACTS, Defaults, to_dag
from migrator.inventory.static.gate import TooLongError
from migrator.inventory.static.source import Refused, Wrong
from migrator.inventory.static.statements import run
from migrator.inventory.static.tree import DAGS, Tree
from migrator.inventory.static.values import MadeDag
from migrator.model.dag import BrokenFile, Unlisted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from migrator.inventory.static.frame import Frame
    from migrator.model.dag import Dag

_FACTORY = "it makes DAGs whose ids are known only at run time"
_TOO_MUCH = "its code does more than is followed"


@dataclass(slots=True)
class Found:
    """What a tree of files makes; DAGs are sorted by id."""

    dags: list[Dag] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    unlisted: list[Unlisted] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_dags(paths: Iterable[str], read: Callable[[str], bytes], defaults: Defaults) -> Found:
    """The DAGs of the files, whose paths are those of a bucket (``dags/...``, ``plugins/...``)."""
    tree, found = Tree(paths, read, defaults), Found()
    dags: dict[str, Dag] = {}
    for path in tree.dag_files():
        for dag in _of_file(path, tree, found, defaults):
            first = dags.setdefault(dag.dag_id, dag)
            if first is not dag:
                found.warnings.append(f"DAG {dag.dag_id} is made in {first.file} and in {dag.file}")
                dags[dag.dag_id] = replace(first, unknown=tuple(sorted(FACTS)))
    found.dags = [dags[dag_id] for dag_id in sorted(dags)]
    archives = [Unlisted(path.removeprefix(DAGS), 0, "an archive is not looked into") for path in tree.archives()]
    found.unlisted += archives
    found.warnings += tree.ignored.findings()
    return found


def _of_file(path: str, tree: Tree, found: Found, defaults: Defaults) -> Iterator[Dag]:
    file = path.removeprefix(DAGS)
    match tree.parsed(path):
        case Wrong(why=why):
            found.broken.append(BrokenFile(file, why))
        case Refused(why=why):
            found.unlisted.append(Unlisted(file, 0, why))
        case ast.Module() as code:
            yield from _followed(code, tree.frame(path), found, defaults)


def _followed(code: ast.Module, frame: Frame, found: Found, defaults: Defaults) -> list[Dag]:
    """The DAGs of the file, whatever its code does; one that is not followed to its end is named, with the line."""
    try:
        run(code.body, frame)
        made, nameless = _listed(frame, defaults)
        dags = [_described(one, frame, defaults) for one in made]
    except (TooLongError, RecursionError, MemoryError):
        found.unlisted.append(Unlisted(frame.file, _line(frame), _TOO_MUCH))
        return []
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        why = f"its code cannot be followed: {type(error).__name__}"
        found.unlisted.append(Unlisted(frame.file, _line(frame), why))
        return []
    found.unlisted += [Unlisted(frame.file, line, _FACTORY) for line in sorted(frame.state.unlisted)]
    found.warnings += _told(frame, nameless)
    return dags


def _told(frame: Frame, nameless: list[MadeDag]) -> list[str]:
    refused = frame.state.gate.refused.items()
    return [f"{file} line {line}: {why}; what comes of it is unknown" for (file, line), why in refused] + [
        f"{frame.file} line {one.line}: DAG {one.dag_id} has no name, so Airflow does not see it" for one in nameless
    ]


def _line(frame: Frame) -> int:
    """Where in the file it is at; 0 when it is in a module that the file imports."""
    file, line = frame.state.gate.last
    return line if file == frame.file else 0


def _described(made: MadeDag, frame: Frame, defaults: Defaults) -> Dag:
    """The DAG; what all DAGs of one file say takes no more room than other values."""
    frame.state.gate.last = (frame.file, made.line)
    dag = to_dag(made, frame.file, defaults)
    frame.state.gate.make(_size(dag))
    return dag


def _size(dag: Dag) -> int:
    texts = [dag.dag_id, dag.description or "", *dag.tags, *dag.owners]
    for task in dag.tasks:
        texts += [task.task_id, task.operator, task.pool, task.queue, task.trigger_rule, *task.downstream]
        if task.reference is not None:
            texts += [task.reference.dag_id or "", task.reference.task_id or ""]
    return sum(map(len, texts))


def _listed(frame: Frame, defaults: Defaults) -> tuple[list[MadeDag], list[MadeDag]]:
    """The DAGs that Airflow finds, each once and without subdags; and those of the file that have no name."""
    bound = [value for value in frame.names.values() if isinstance(value, MadeDag)]
    subdags = [task.arguments.get("subdag") for dag in frame.state.made for task in dag.tasks.values()]
    children = {one for one in subdags if isinstance(one, MadeDag)}
    seen = [one for one in dict.fromkeys(bound) if one.dag_id is not None and one not in children]
    apart = children | set(seen)
    left = [one for one in frame.state.made if one.dag_id and one not in apart and one.tasks]
    return (seen + left, []) if defaults.registers else (seen, left)
