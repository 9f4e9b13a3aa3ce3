"""What the destination lacks before a wave may begin: for each DAG its reasons, and what is wrong with the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.cutover.machine import Direction
from migrator.cutover.zones import is_known, zone_of
from migrator.model.dag import ScheduleKind
from migrator.model.duration import roughly
from migrator.plan.files import DAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from migrator.cutover.sides import Move, Seen
    from migrator.environments.ports import Environment
    from migrator.inventory.needs import Needs
    from migrator.model.dag import Schedule
    from migrator.model.plan import PlannedDag

SKEW = timedelta(seconds=30)
"""How far a clock may be off; an answer's way back counts into it."""
BACKENDS = "secrets-backend"
"""The override of Composer that puts variables and connections elsewhere than into Airflow's database."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the DAGs of a wave were planned with.

    ``planned``: by id; ``needs``: the variables and connections, which v1 has, that each names; ``seconds``: how long
    its runs take, the median.
    """

    planned: Mapping[str, PlannedDag] = field(default_factory=dict)
    needs: Mapping[str, Needs] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


def lacking(move: Move, dag_ids: Iterable[str]) -> dict[str, list[str]]:
    """Why each DAG can't run in the destination, by id; only those that can't."""
    ids = list(dag_ids)
    there = move.destination.agent.call("names").result
    files = _files(move.destination) if move.direction is Direction.FORWARD else {}
    found = {d: [*_resources(move, d, there), *_file(move, d, files), *_shifting(move, d)] for d in ids}
    return {dag_id: reasons for dag_id, reasons in found.items() if reasons}


def _shifting(move: Move, dag_id: str) -> Iterator[str]:
    """A timedelta without catchup whose runs outlast it: Airflow itself moves its intervals, so none can be kept."""
    dag, taken = move.dags.get(dag_id), move.wanted.seconds.get(dag_id, 0)
    if dag is None or dag.catchup or move.direction is Direction.BACK or _before_rounding(move.destination):
        return
    period = dag.schedule.seconds if dag.schedule.kind is ScheduleKind.DELTA else None
    if period and taken > period and not any(fnmatchcase(dag_id, one) for one in move.settings.may_shift):
        yield (
            f"its runs take {roughly(taken)} and it is scheduled each {roughly(period)} without catchup: v2 moves the "
            "intervals of such a timedelta: give it catchup=True or a cron, or name it in cutover.may_shift"
        )


def without_agent(move: Move, dag_id: str, there: Seen) -> Iterator[str]:
    """Why a DAG can't go on where v1 ended in a destination that has not the agent in it."""
    dag = move.dags.get(dag_id)
    if there.by_datasets:
        yield "it runs by datasets there, where nothing can be carried over without the agent"
    elif dag and not dag.catchup and dag.schedule.kind is ScheduleKind.DELTA and not _before_rounding(move.destination):
        yield (
            "without the agent a timedelta without catchup goes on at a rounded time, and runs part of an interval "
            "again: give it catchup=True or a cron"
        )


def _before_rounding(destination: Environment) -> bool:
    """Whether its Airflow keeps the phase of a timedelta: since 2.8 it goes on at a rounded grid."""
    return tuple(int(part) for part in re.findall(r"\d+", destination.facts.airflow_version)[:2]) < (2, 8)


def skewed(name: str, theirs: datetime, ours: datetime) -> str:
    """Why an environment's clock can't be relied on; empty where it can."""
    off = theirs - ours
    return f"the clock of {name} is {off.total_seconds():+.0f} s off this machine's" if abs(off) > SKEW else ""


def other_schedule(here: Schedule | None, there: Schedule | None) -> str:
    """Why the intervals of one side are not those of the other; empty where they are, or where a side can't tell.

    A DAG may run by time on one side and by datasets on the other: its producers keep the time.
    """
    if here is None or there is None or ScheduleKind.DATASET in {here.kind, there.kind}:
        return ""
    for schedule in (here, there):
        if schedule.kind is ScheduleKind.CRON and not is_known(schedule.timezone):
            return f"unknown time zone {schedule.timezone}: give its start_date one by name, such as Europe/Paris"
    if _same(here, there):
        return ""
    return f"it goes by {_named(here)} here and by {_named(there)} there, so no interval of one is one of the other"


def _same(here: Schedule, there: Schedule) -> bool:
    if here.kind is not there.kind:
        return False
    if here.kind is ScheduleKind.CRON:
        return _words(here) == _words(there) and zone_of(here.timezone) == zone_of(there.timezone)
    return (here.seconds, here.expression) == (there.seconds, there.expression)


def _words(schedule: Schedule) -> list[str]:
    return str(schedule.expression).split()


def _named(schedule: Schedule) -> str:
    return f"{schedule} {schedule.timezone}" if schedule.kind is ScheduleKind.CRON else str(schedule)


def _files(destination: Environment) -> dict[str, str]:
    return {file.path: file.md5 for file in destination.bucket.files(DAGS)}


def _file(move: Move, dag_id: str, there: Mapping[str, str]) -> Iterator[str]:
    planned = move.wanted.planned.get(dag_id)
    if planned is None or not planned.file_md5 or move.direction is Direction.BACK:
        return
    found = there.get(f"{DAGS}{planned.file}")
    if found is None:
        yield f"{planned.file} is not in the target's bucket: run migrate deploy"
    elif found != planned.file_md5:
        yield f"{planned.file} in the target's bucket is not what was planned: run migrate deploy, or migrate plan"


def _resources(move: Move, dag_id: str, there: Mapping[str, list[str]]) -> Iterator[str]:
    dag, needs = move.dags.get(dag_id), move.wanted.needs.get(dag_id)
    missing = sorted({task.pool for task in dag.tasks} - set(there["pools"])) if dag else []
    if missing:
        yield f"pool {', '.join(missing)} is missing there: run migrate transfer"
    if needs is None or any(key.startswith(BACKENDS) for key in move.destination.facts.overrides):
        return
    for kind, wanted in (("variable", needs.variables), ("connection", needs.connections)):
        names = sorted(wanted - set(there[f"{kind}s"]))
        if names:
            yield f"{kind} {', '.join(names)} is missing there: run migrate transfer"
