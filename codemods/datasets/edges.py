"""The waits and triggers of a tree, and for each what would become of it as a dataset."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from codemods.datasets.facts import UNKNOWN, DagFacts, TaskFacts, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_SENSOR = "airflow.sensors.external_task.ExternalTaskSensor"
_TRIGGER = "airflow.operators.trigger_dagrun.TriggerDagRunOperator"
_FILES = {
    "airflow.sensors.filesystem.FileSensor": ("filepath",),
    "airflow.providers.google.cloud.sensors.gcs.GCSObjectExistenceSensor": ("bucket", "object"),
}
_DATES = ("execution_date", "logical_date", "ds", "ts", "data_interval", "next_ds", "prev_ds", "yesterday_ds")


class Verdict(StrEnum):
    """What becomes of a DAG's behaviour when an edge is a dataset, from best to worst."""

    KEEPS = "keeps behaviour"
    TEMPLATES = "needs template rewrites"
    CHANGES = "changes semantics"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Edge:
    """One wait or trigger; ``reasons`` say what stands in the way, empty where nothing does."""

    kind: str
    producer: str
    consumer: str
    path: str
    line: int
    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wait:
    """A sensor, its DAG and the DAG it waits for, if that is in the tree."""

    task: TaskFacts
    dag: DagFacts
    producer_id: str | None
    producer: DagFacts | None
    waiting_for: Mapping[str, int]


def edges(dags: Iterable[DagFacts]) -> list[Edge]:
    """Every edge between DAGs of a tree, by file and line."""
    every = list(dags)
    by_id = {dag.dag_id: dag for dag in every}
    awaited: dict[str, int] = {}
    for dag in every:
        for task in dag.tasks.values():
            if task.kind == _SENSOR and (name := text(task.arguments.get("external_dag_id"))):
                awaited[name] = awaited.get(name, 0) + 1
    found = [edge for dag in every for task in dag.tasks.values() for edge in _of_task(task, dag, by_id, awaited)]
    return sorted(found, key=lambda edge: (edge.path, edge.line))


def _of_task(
    task: TaskFacts, dag: DagFacts, by_id: Mapping[str, DagFacts], awaited: Mapping[str, int]
) -> Iterator[Edge]:
    if task.kind == _SENSOR:
        producer = text(task.arguments.get("external_dag_id"))
        wait = _Wait(task, dag, producer, by_id.get(producer or ""), awaited)
        yield _edge("sensor", producer or "not literal", wait, _judged(wait))
    elif task.kind == _TRIGGER:
        child = text(task.arguments.get("trigger_dag_id")) or "not literal"
        why = "a trigger passes conf and a date of its own; a dataset passes neither, and coalesces several updates"
        yield Edge("trigger", dag.dag_id, child, dag.path, task.line, Verdict.CHANGES, (why,))
    elif task.kind in _FILES:
        values = [text(task.arguments.get(name)) for name in _FILES[task.kind]]
        literal = None not in values
        where = "/".join(value or "?" for value in values)
        why = "nothing in the tree says which task writes it" if literal else "its path is not literal"
        yield Edge("file", where, dag.dag_id, dag.path, task.line, Verdict.IMPOSSIBLE, (why,))


def _edge(kind: str, producer: str, wait: _Wait, judged: list[tuple[Verdict, str]]) -> Edge:
    order = list(Verdict)
    verdict = max((one for one, _ in judged), key=order.index, default=Verdict.KEEPS)
    return Edge(
        kind, producer, wait.dag.dag_id, wait.dag.path, wait.task.line, verdict, tuple(why for _, why in judged)
    )


def _judged(wait: _Wait) -> list[tuple[Verdict, str]]:
    """What each condition has to say, the impossible first: then the others mean nothing."""
    found = [answer for condition in _CONDITIONS if (answer := condition(wait)) is not None]
    impossible = [answer for answer in found if answer[0] is Verdict.IMPOSSIBLE]
    return impossible or found


def _names_its_producer(wait: _Wait) -> tuple[Verdict, str] | None:
    if wait.producer_id is None:
        return Verdict.IMPOSSIBLE, "external_dag_id is not literal: nobody can tell the producer by reading"
    if wait.producer is None:
        return Verdict.IMPOSSIBLE, f"{wait.producer_id} is not in this tree, so nothing there can have an outlet"
    task = wait.task.arguments.get("external_task_id")
    named = text(task)
    if task is not None and named is None and not (isinstance(task, ast.Constant) and task.value is None):
        return Verdict.IMPOSSIBLE, "external_task_id is not literal"
    if named is not None and wait.producer.whole and named not in wait.producer.tasks:
        return Verdict.IMPOSSIBLE, f"{wait.producer_id} has no task {named}"
    return None


def _is_whole(wait: _Wait) -> tuple[Verdict, str] | None:
    if wait.dag.whole:
        return None
    return (
        Verdict.IMPOSSIBLE,
        f"the tasks of {wait.dag.dag_id} are made in a way that can't be followed, such as a loop",
    )


def _is_the_root(wait: _Wait) -> tuple[Verdict, str] | None:
    """Everything else must come after the sensor, since the whole run will."""
    tasks, me = wait.dag.tasks, wait.task.task_id
    if tasks[me].after:
        return Verdict.IMPOSSIBLE, "the sensor is in the middle of its DAG: what comes before it would wait too"
    below, reached = {me}, 0
    while len(below) != reached:
        reached = len(below)
        below |= {task.task_id for task in tasks.values() if task.after & below}
    apart = sorted(set(tasks) - below)
    if apart:
        return Verdict.IMPOSSIBLE, f"{', '.join(apart[:3])} would have to wait too: not all tasks follow the sensor"
    return None


def _waits_for_the_same_date(wait: _Wait) -> tuple[Verdict, str] | None:
    for name in ("execution_delta", "execution_date_fn"):
        if name in wait.task.arguments:
            return Verdict.CHANGES, f"{name}: it waits for another interval than its own, a dataset knows none"
    return None


def _same_schedule(wait: _Wait) -> tuple[Verdict, str] | None:
    if wait.producer is None:
        return None
    own, theirs = wait.dag.schedule, wait.producer.schedule
    if UNKNOWN in {own, theirs}:
        return Verdict.CHANGES, "a schedule can't be read, so whether both are the same is not known"
    if own != theirs:
        return (
            Verdict.CHANGES,
            f"it runs at {own}, {wait.producer_id} at {theirs}: it would run as often as the producer",
        )
    return None


def _only_wait(wait: _Wait) -> tuple[Verdict, str] | None:
    sensors = [task for task in wait.dag.tasks.values() if task.kind == _SENSOR]
    if len(sensors) > 1:
        return Verdict.CHANGES, "several producers: updates of different intervals may meet in one run"
    return None


def _nobody_waits_for_it(wait: _Wait) -> tuple[Verdict, str] | None:
    if wait.waiting_for.get(wait.dag.dag_id):
        return Verdict.CHANGES, f"another sensor waits for {wait.dag.dag_id} by its date, which would be the event's"
    return None


def _default_states(wait: _Wait) -> tuple[Verdict, str] | None:
    given = sorted({"allowed_states", "failed_states", "skipped_states"} & set(wait.task.arguments))
    if given:
        return Verdict.CHANGES, f"{', '.join(given)}: a dataset is updated by success alone"
    return None


def _catches_up(wait: _Wait) -> tuple[Verdict, str] | None:
    value = wait.dag.arguments.get("catchup")
    if isinstance(value, ast.Constant) and value.value is False:
        return None
    return Verdict.CHANGES, "catchup is not off: past intervals would not be made up for, and updates coalesce"


def _templates(wait: _Wait) -> tuple[Verdict, str] | None:
    for task in wait.dag.tasks.values():
        for node in task.arguments.values():
            strings = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
            if any("{{" in value and any(date in value for date in _DATES) for value in strings):
                return (
                    Verdict.TEMPLATES,
                    f"{task.task_id} has dates in templates: they become those of data_interval_start",
                )
    return None


_CONDITIONS: tuple[Callable[[_Wait], tuple[Verdict, str] | None], ...] = (
    _names_its_producer,
    _is_whole,
    _is_the_root,
    _waits_for_the_same_date,
    _same_schedule,
    _only_wait,
    _nobody_waits_for_it,
    _default_states,
    _catches_up,
    _templates,
)
