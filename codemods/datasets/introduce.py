"""Introduce datasets in a whole tree: where a wait may become one, both ends change, or neither does."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codemods.datasets import module
from codemods.datasets.edges import edges
from codemods.datasets.facts import read, text
from codemods.datasets.rule import CODE, End, ToDatasets, Work
from codemods.datasets.verdict import Verdict
from codemods.engine.rewrite import REFUSED, UNREADABLE, rewrite
from codemods.engine.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from codemods.datasets.edges import Edge
    from codemods.datasets.facts import DagFacts
    from codemods.engine.report import Change, Finding, Options

_ALWAYS = frozenset({Verdict.KEEPS})
_REVIEWED = frozenset({Verdict.KEEPS, Verdict.TEMPLATES})


@dataclass(frozen=True, slots=True)
class Introduced:
    """What came out: the sources that are others, by path; the edges that became datasets, and those that could not.

    ``changes``: by path, what was done in which line of the file as it then was; ``refused``: an edge and why.
    """

    sources: Mapping[str, bytes]
    done: tuple[Edge, ...]
    refused: tuple[tuple[Edge, str], ...] = ()
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)


class _Tree:
    """The sources as they become, and what was done to them."""

    def __init__(self, sources: Mapping[str, bytes], options: Options) -> None:
        self.before = dict(sources)
        self.now = dict(sources)
        self.options = options
        self.known = module.read(self._text(module.PATH)) if module.PATH in sources else {}
        self.done: list[Edge] = []
        self.refused: dict[tuple[str, str, str], tuple[Edge, str]] = {}
        self.changes: defaultdict[str, list[Change]] = defaultdict(list)

    def _text(self, path: str) -> str:
        return self.now[path].decode("utf-8-sig")

    def dags(self) -> list[DagFacts]:
        found: list[DagFacts] = []
        for path in sorted(self.now):
            if path.endswith(".py") and b"airflow" in self.now[path]:
                try:
                    found.extend(read(path, self._text(path)))
                except (SyntaxError, ValueError):
                    continue
        return found

    def introduce(self, edge: Edge, dags: Mapping[str, DagFacts]) -> None:
        """Make one edge a dataset, in all files that it takes; note why where one of them can't be changed."""
        known = dict(self.known)
        work = _work(edge, dags, known)
        new: dict[str, bytes] = {}
        changes: dict[str, tuple[Change, ...]] = {}
        for path, part in work.items():
            result = rewrite(self.now[path], self.options, path=path, rules=[ToDatasets(part)])
            if trouble := _trouble(self._text(path), result.findings):
                self.refused[_key(edge)] = edge, f"{path}: {trouble}"
                return
            new[path], changes[path] = result.source, result.changes
        self.now.update(new)
        self.known = known
        self.now[module.PATH] = module.written(known).encode()
        self.done.append(edge)
        for path, made in changes.items():
            self.changes[path].extend(made)


def introduce(sources: Mapping[str, bytes], options: Options) -> Introduced:
    """Turn every wait that may into a dataset; with ``options.unsafe`` those whose templates must change, too.

    ``sources``: the files of one DAGs folder by their path in it. One edge that is done can make way for another, so it
    goes on until there are none. Raises NotOursError when the folder has a module of the name that holds more.
    """
    tree = _Tree(sources, options)
    wanted = _REVIEWED if options.unsafe else _ALWAYS
    while True:
        dags = tree.dags()
        by_id = {dag.dag_id: dag for dag in dags}
        ready = [edge for edge in edges(dags) if edge.verdict in wanted and _key(edge) not in tree.refused]
        if not ready:
            break
        tree.introduce(ready[0], by_id)
    changed = {path: source for path, source in tree.now.items() if source != tree.before.get(path)}
    made = {path: tuple(sorted(found)) for path, found in tree.changes.items()}
    return Introduced(changed, tuple(tree.done), tuple(tree.refused.values()), made)


def _key(edge: Edge) -> tuple[str, str, str]:
    return edge.path, edge.consumer, edge.task_id


def _trouble(source: str, findings: Collection[Finding]) -> str:
    """Why a file's part can't be done; what the target check says of other lines is not about it."""
    if Suppressions(source).cover(CODE, 1, len(source)):
        return f"a comment asks that {CODE} be left out"
    return next((found.message for found in findings if found.code in {CODE, UNREADABLE, REFUSED}), "")


def _work(edge: Edge, dags: Mapping[str, DagFacts], known: dict[str, str]) -> dict[str, Work]:
    """What is to be done, by file."""
    producer, consumer = dags[edge.producer], dags[edge.consumer]
    sensor = consumer.tasks[edge.task_id]
    task_id = text(sensor.arguments.get("external_task_id"))
    constant = module.named(known, producer.dag_id, task_id)
    found: defaultdict[str, Work] = defaultdict(Work)
    if not _updates_already(producer, task_id, constant):
        _updating(producer, task_id, constant, found[producer.path])
    own = found[consumer.path]
    own.schedules[consumer.line] = constant
    own.waits.add(sensor.line)
    if edge.verdict is Verdict.TEMPLATES:
        own.dated |= {task.line for task in consumer.tasks.values() if task is not sensor}
    return dict(found)


def _updates_already(producer: DagFacts, task_id: str | None, constant: str) -> bool:
    """Whether another consumer made this end of the edge."""
    tasks = [producer.tasks[task_id]] if task_id else list(producer.tasks.values())
    outlets = [task.arguments.get("outlets") for task in tasks]
    names = [node.id for out in outlets if isinstance(out, ast.List) for node in out.elts if isinstance(node, ast.Name)]
    return constant in names


def _updating(producer: DagFacts, task_id: str | None, constant: str, work: Work) -> None:
    if task_id is not None:
        work.outlets[producer.tasks[task_id].line] = constant
        return
    name = f"{constant.lower()}_done"
    while name in producer.tasks:
        name += "_too"
    after = tuple(sorted(task.variable for task in producer.leaves()))
    work.ends[producer.line] = End(name, after, producer.variable, constant)
