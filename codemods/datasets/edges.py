"""The waits and triggers of a tree, and for each what would become of it as a dataset."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.datasets.conditions import CONDITIONS, SENSOR, Wait
from codemods.datasets.facts import DagFacts, TaskFacts, text
from codemods.datasets.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TRIGGER = "airflow.operators.trigger_dagrun.TriggerDagRunOperator"
_FILES = {
    "airflow.sensors.filesystem.FileSensor": ("filepath",),
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectExistenceSensor": ("bucket", "object"),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """One wait or trigger; ``reasons`` say what stands in the way, empty where nothing does; ``task_id``: its task."""

    kind: str
    producer: str
    consumer: str
    path: str
    line: int
    verdict: Verdict
    reasons: tuple[str, ...]
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class _World:
    """All DAGs by id, how many sensors wait for each, and which are triggered."""

    dags: Mapping[str, DagFacts]
    awaited: Mapping[str, int]
    triggered: frozenset[str]


def edges(dags: Iterable[DagFacts]) -> list[Edge]:
    """Every edge between DAGs of a tree, by file and line."""
    every = list(dags)
    times = Counter(dag.dag_id for dag in every)
    by_id = {dag.dag_id: dag for dag in every if times[dag.dag_id] == 1}
    asked = [t for dag in every for t in dag.tasks.values() if t.kind == _TRIGGER]
    triggered = frozenset(text(task.arguments.get("trigger_dag_id")) or "" for task in asked)
    awaited: dict[str, int] = {}
    for dag in every:
        for task in dag.tasks.values():
            if task.kind == SENSOR and (name := text(task.arguments.get("external_dag_id"))):
                awaited[name] = awaited.get(name, 0) + 1
    world = _World(by_id, awaited, triggered)
    found = [edge for dag in every for task in dag.tasks.values() for edge in _of_task(task, dag, world)]
    return sorted(found, key=lambda edge: (edge.path, edge.line))


def _of_task(task: TaskFacts, dag: DagFacts, world: _World) -> Iterator[Edge]:
    if task.kind == SENSOR:
        producer = text(task.arguments.get("external_dag_id"))
        wait = Wait(task, dag, producer, world.dags.get(producer or ""), world.awaited, world.triggered)
        yield _edge("sensor", producer or "not literal", wait, _judged(wait))
    elif task.kind == _TRIGGER:
        child = text(task.arguments.get("trigger_dag_id")) or "not literal"
        why = "a trigger passes conf and a date of its own; a dataset passes neither, and coalesces several updates"
        yield Edge("trigger", dag.dag_id, child, dag.path, task.line, Verdict.CHANGES, (why,), task.task_id)
    elif task.kind in _FILES:
        values = [text(task.arguments.get(name)) for name in _FILES[task.kind]]
        literal = None not in values
        where = "/".join(value or "?" for value in values)
        why = "nothing in the tree says which task writes it" if literal else "its path is not literal"
        yield Edge("file", where, dag.dag_id, dag.path, task.line, Verdict.IMPOSSIBLE, (why,), task.task_id)


def _edge(kind: str, producer: str, wait: Wait, judged: list[tuple[Verdict, str]]) -> Edge:
    order = list(Verdict)
    verdict = max((one for one, _ in judged), key=order.index, default=Verdict.KEEPS)
    reasons = tuple(why for _, why in judged)
    return Edge(
        kind, producer, wait.dag.dag_id, wait.dag.path, wait.task.line, verdict, reasons, task_id=wait.task.task_id
    )


def _judged(wait: Wait) -> list[tuple[Verdict, str]]:
    """What each condition has to say, the impossible first: then the others mean nothing."""
    found = [answer for condition in CONDITIONS if (answer := condition(wait)) is not None]
    impossible = [answer for answer in found if answer[0] is Verdict.IMPOSSIBLE]
    return impossible or found
