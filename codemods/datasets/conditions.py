"""Under which conditions a wait may become a dataset: one small function each, that says what stands in the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codemods.datasets.dates import context_of, dates_of
from codemods.datasets.facts import UNKNOWN, DagFacts, TaskFacts, text
from codemods.datasets.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SENSOR = "airflow.sensors.external_task.ExternalTaskSensor"


@dataclass(frozen=True, slots=True)
class Wait:
    """A sensor, its DAG and the DAG it waits for, if that is in the tree."""

    task: TaskFacts
    dag: DagFacts
    producer_id: str | None
    producer: DagFacts | None
    waiting_for: Mapping[str, int]
    triggered: frozenset[str]


def _is_plain(wait: Wait) -> tuple[Verdict, str] | None:
    if not wait.task.plain:
        return Verdict.IMPOSSIBLE, "the sensor has positional or unpacked arguments: name them"
    if not wait.dag.line or wait.dag.schedule == UNKNOWN or wait.producer is None:
        return None
    for task in updating(wait.producer, text(wait.task.arguments.get("external_task_id"))):
        outlets = task.arguments.get("outlets")
        if not task.plain or (outlets is not None and not isinstance(outlets, ast.List)):
            return Verdict.IMPOSSIBLE, f"the arguments or outlets of {wait.producer_id}'s {task.task_id} can't be read"
    return None


def _has_an_end(wait: Wait) -> tuple[Verdict, str] | None:
    """A wait for a whole DAG becomes a last task, so what it comes after must have names."""
    if wait.producer is None or text(wait.task.arguments.get("external_task_id")) is not None:
        return None
    if not wait.producer.whole or not wait.producer.tasks:
        return Verdict.IMPOSSIBLE, f"the tasks of {wait.producer_id} can't be followed, so none can be put at its end"
    nameless = [task.task_id for task in wait.producer.leaves() if not task.variable]
    if nameless:
        return (
            Verdict.IMPOSSIBLE,
            f"{nameless[0]}, the last task of {wait.producer_id}, has no variable",
        )
    return None


def updating(producer: DagFacts, task_id: str | None) -> list[TaskFacts]:
    """The task of the producer that is to have the outlet; none for the whole DAG, which gets one of its own."""
    task = producer.tasks.get(task_id or "")
    return [task] if task else []


def _names_its_producer(wait: Wait) -> tuple[Verdict, str] | None:
    if wait.producer_id is None:
        return Verdict.IMPOSSIBLE, "external_dag_id is not literal: the producer is unknown"
    if wait.producer is None:
        return (
            Verdict.IMPOSSIBLE,
            f"{wait.producer_id} is not in this tree, or twice: nothing can have an outlet",
        )
    task = wait.task.arguments.get("external_task_id")
    named = text(task)
    if task is not None and named is None and not (isinstance(task, ast.Constant) and task.value is None):
        return Verdict.IMPOSSIBLE, "external_task_id is not literal"
    if named is not None and wait.producer.whole and named not in wait.producer.tasks:
        return Verdict.IMPOSSIBLE, f"{wait.producer_id} has no task {named}"
    return None


def _is_whole(wait: Wait) -> tuple[Verdict, str] | None:
    if wait.dag.whole:
        return None
    return (
        Verdict.IMPOSSIBLE,
        f"the tasks of {wait.dag.dag_id} are made in a way that can't be followed, such as a loop",
    )


def _is_the_root(wait: Wait) -> tuple[Verdict, str] | None:
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


def _waits_for_the_same_date(wait: Wait) -> tuple[Verdict, str] | None:
    for name in ("execution_delta", "execution_date_fn"):
        if name in wait.task.arguments:
            return Verdict.CHANGES, f"{name}: it waits for another interval than its own, a dataset knows none"
    return None


def _same_schedule(wait: Wait) -> tuple[Verdict, str] | None:
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


def _only_wait(wait: Wait) -> tuple[Verdict, str] | None:
    sensors = [task for task in wait.dag.tasks.values() if task.kind == SENSOR]
    if len(sensors) > 1:
        return Verdict.CHANGES, "several producers: updates of different intervals may meet in one run"
    return None


def _nobody_waits_for_it(wait: Wait) -> tuple[Verdict, str] | None:
    if wait.waiting_for.get(wait.dag.dag_id):
        return Verdict.CHANGES, f"another sensor waits for {wait.dag.dag_id} by its date, which would be the event's"
    return None


def _default_states(wait: Wait) -> tuple[Verdict, str] | None:
    given = sorted({"allowed_states", "failed_states", "skipped_states"} & set(wait.task.arguments))
    if given:
        return Verdict.CHANGES, f"{', '.join(given)}: a dataset is updated by success alone"
    return None


def _catches_up(wait: Wait) -> tuple[Verdict, str] | None:
    value = wait.dag.arguments.get("catchup")
    if isinstance(value, ast.Constant) and value.value is False:
        return None
    return Verdict.CHANGES, "catchup is not off: past intervals would not be made up for, and updates coalesce"


def _producer_catches_up(wait: Wait) -> tuple[Verdict, str] | None:
    value = wait.producer.arguments.get("catchup") if wait.producer else None
    if wait.producer is None or (isinstance(value, ast.Constant) and value.value is False):
        return None
    return Verdict.CHANGES, f"catchup of {wait.producer_id} is not off: each past interval it makes up for would run it"


def _producer_is_triggered(wait: Wait) -> tuple[Verdict, str] | None:
    if wait.producer_id in wait.triggered:
        return Verdict.CHANGES, f"{wait.producer_id} is triggered by a DAG too: each such run would run it"
    return None


def _never_ends(wait: Wait) -> tuple[Verdict, str] | None:
    if wait.dag.ends:
        return Verdict.CHANGES, "its file has an end_date, which a DAG that runs by datasets doesn't know"
    return None


def _templates(wait: Wait) -> tuple[Verdict, str] | None:
    for task in wait.dag.tasks.values():
        if task.task_id == wait.task.task_id:
            continue
        verdict, why = dates_of(task, wait.dag.strings)
        if verdict is not None:
            return verdict, f"{task.task_id} {why}"
    return None


def _callables(wait: Wait) -> tuple[Verdict, str] | None:
    for task in wait.dag.tasks.values():
        if why := context_of(task, wait.dag.functions):
            return Verdict.CHANGES, f"{task.task_id} {why}: a date in there would be that of the event"
    return None


CONDITIONS: tuple[Callable[[Wait], tuple[Verdict, str] | None], ...] = (
    _names_its_producer,
    _is_plain,
    _has_an_end,
    _is_whole,
    _is_the_root,
    _waits_for_the_same_date,
    _same_schedule,
    _only_wait,
    _nobody_waits_for_it,
    _default_states,
    _catches_up,
    _producer_catches_up,
    _producer_is_triggered,
    _never_ends,
    _callables,
    _templates,
)
