"""The DAGs that somebody outside starts: by their runs, and by Airflow's log. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.model.dag import ReferenceKind
from migrator.model.last_runs import known_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.run import Run

OWN_ID = "a program, by run ids of its own"
MANUAL = "a manual run: by hand, gcloud or the API"
EVENTS = {
    "trigger": "by hand, in the web interface",
    "cli_trigger_dag": "gcloud, or airflow trigger_dag",
    "cli_dag_trigger": "gcloud, or airflow dags trigger",
    "post_dag_run": "the REST API",
    "trigger_dag": "the experimental API",
    "dag_run.create": "the REST API",
}
"""How Airflow's log names what starts a run: its views, commands and APIs, of 1.10 and 2."""
_OF_AIRFLOW = re.compile(r"(?:trig__|backfill_|dataset_triggered__)")
"""Ids of runs that Airflow itself began: by a TriggerDagRunOperator of 1.10, a backfill, a dataset."""
_MANUAL = re.compile(r"(?:manual|scheduled)__\d{4}-")


class Answer(StrEnum):
    """What becomes of the calls.

    ``moves``: they go to the target from the cutover on; ``people``: they are made by hand only; ``ends``: there are to
    be no more.
    """

    MOVES = "moves"
    PEOPLE = "people"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Caller:
    """One way in which a DAG is started from outside: how often, by whom where that is known, first and last."""

    dag_id: str
    how: str
    count: int
    first: datetime
    last: datetime
    who: tuple[str, ...] = ()


def callers_of(inventory: Inventory) -> tuple[Caller, ...]:
    """Every way in which somebody outside started a DAG that is known, by DAG and way.

    Airflow's log says more than an id: where it tells who started a DAG, plain manual runs are not told again. A manual
    run in Airflow 2 of a DAG that another DAG triggers may be that one's, so it is left out.
    """
    told = list(_by_log(inventory))
    logged = {one.dag_id for one in told}
    triggered = _triggered(inventory) if not inventory.airflow_version.startswith("1.") else frozenset()
    runs = [one for one in _by_runs(inventory) if one.how != MANUAL or one.dag_id not in logged | triggered]
    return tuple(sorted([*told, *runs], key=lambda one: (one.dag_id, one.how)))


def _by_log(inventory: Inventory) -> Iterator[Caller]:
    found: defaultdict[tuple[str, str], list[tuple[int, datetime, datetime, str]]] = defaultdict(list)
    known = {dag.dag_id for dag in inventory.dags}
    for one in inventory.triggers:
        if one.dag_id in known and one.event in EVENTS:
            found[one.dag_id, EVENTS[one.event]].append((one.count, one.first, one.last, one.who))
    for (dag_id, how), rows in found.items():
        counts, firsts, lasts, people = zip(*rows, strict=True)
        yield Caller(dag_id, how, sum(counts), min(firsts), max(lasts), tuple(sorted(set(people) - {""})))


def _by_runs(inventory: Inventory) -> Iterator[Caller]:
    found: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for run in {(run.dag_id, run.run_id, run.logical_date): run for run in _all_runs(inventory)}.values():
        if not run.automated and not run.carried and not _OF_AIRFLOW.match(run.run_id):
            found[run.dag_id, MANUAL if _MANUAL.match(run.run_id) else OWN_ID].append(run.logical_date)
    for (dag_id, how), dates in found.items():
        yield Caller(dag_id, how, len(dates), min(dates), max(dates))


def _all_runs(inventory: Inventory) -> Iterator[Run]:
    yield from inventory.runs
    yield from known_runs(inventory)


def _triggered(inventory: Inventory) -> frozenset[str]:
    references = (task.reference for dag in inventory.dags for task in dag.tasks if task.reference)
    return frozenset(str(one.dag_id) for one in references if one.kind is ReferenceKind.TRIGGERS and one.dag_id)


def answer_for(dag_id: str, answers: Mapping[str, Answer]) -> Answer | None:
    """What was answered for a DAG: its own id first, then the first pattern that fits; None where nobody did."""
    if dag_id in answers:
        return answers[dag_id]
    return next((answer for pattern, answer in answers.items() if fnmatchcase(dag_id, pattern)), None)


def unanswered(callers: Iterable[Caller], answers: Mapping[str, Answer]) -> tuple[Caller, ...]:
    """The ways for whose DAG nobody answered."""
    return tuple(one for one in callers if answer_for(one.dag_id, answers) is None)
