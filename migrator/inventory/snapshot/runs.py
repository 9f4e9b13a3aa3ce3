"""The runs of a dump as runs of the model."""

from __future__ import annotations

import pickletools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from migrator.inventory.snapshot.past import is_automated
from migrator.inventory.snapshot.rows import OddCellError, each, moment_in, text
from migrator.model.dag import ScheduleKind
from migrator.model.history import History, HistoryRun, ordered
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrator.inventory.snapshot.contents import Contents, Values
    from migrator.inventory.snapshot.problems import Problem
    from migrator.model.dag import Dag, Schedule

MARKS = {"composer_migrator", "carried_over"}


def runs_of(contents: Contents, dags: Iterable[Dag]) -> Iterator[Run]:
    """The runs of these DAGs, by DAG and date."""
    known = {dag.dag_id: dag for dag in dags}
    for dag_id in sorted(contents.runs.keys() & known.keys()):
        rows = [values for _, _, values in sorted(contents.runs[dag_id], key=lambda one: one[:2])]
        yield from each("dag_run", rows, lambda values, dag=known[dag_id]: run_of(values, dag), contents.problems)


def history_in(contents: Contents, dags: Sequence[Dag]) -> History:
    """Each DAG's last runs with their tasks; of a DAG that lost a row, or whose runs are not there, nobody knows."""
    kept, found, doubtful = contents.past.rows(), list[HistoryRun](), set(contents.past.doubtful)
    problems: list[Problem] = []
    for dag in dags:
        rows = kept.get(dag.dag_id, [])
        runs = list(each("dag_run", rows, partial(_with_tasks, contents=contents, dag=dag), problems))
        doubtful |= {dag.dag_id} if len(runs) < len(rows) else set()
        found += runs
    contents.problems += [one for one in problems if one not in contents.problems]
    every = "" in doubtful or contents.is_lost("dag_run")
    return History(ordered(found), tuple(dag.dag_id for dag in dags if every or dag.dag_id in doubtful))


def _with_tasks(values: Values, contents: Contents, dag: Dag) -> HistoryRun:
    run = run_of(values, dag)
    return replace(HistoryRun.of(run), tasks=contents.past.tasks_of(run, values))


def run_of(values: Values, dag: Dag) -> Run:
    """The run of a row of ``dag_run``; OddCellError where a column holds what it can't hold."""
    date = moment_in(values, "execution_date")
    kind, start = values.get("run_type"), moment_in(values, "data_interval_start")
    if kind == "dataset_triggered" and start:
        date = start
    if date is None:
        raise OddCellError("execution_date is NULL")
    run_id = str(text(values, "run_id"))
    automated = is_automated(values)
    end = moment_in(values, "data_interval_end")
    if end is None and "data_interval_end" not in values and automated:
        end = interval_end(dag.schedule, date)
    return Run(
        dag_id=dag.dag_id,
        run_id=run_id,
        logical_date=date,
        state=str(text(values, "state")),
        automated=automated,
        interval_end=end,
        carried=_is_carried(values.get("conf")),
        started=moment_in(values, "start_date"),
        ended=moment_in(values, "end_date"),
    )


def interval_end(schedule: Schedule, date: datetime) -> datetime | None:
    """The end of the interval that starts at ``date``, as ``DAG.following_schedule`` of 1.10 to 2.1 gives it."""
    match schedule.kind:
        case ScheduleKind.ONCE:
            return date
        case ScheduleKind.DELTA if schedule.seconds:
            return _later(date, schedule.seconds)
        case ScheduleKind.CRON:
            return _following(str(schedule.expression), schedule.timezone, date)
        case _:
            return None


def _later(date: datetime, seconds: float) -> datetime | None:
    try:
        return date + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _following(expression: str, zone: str, date: datetime) -> datetime | None:
    """Fixed times of the day hold on the wall clock, others by the length of the interval."""
    try:
        local = date.astimezone(ZoneInfo(zone))
        naive = local.replace(tzinfo=None)
        following = croniter(expression, naive).get_next(datetime)
        again = croniter(expression, following).get_next(datetime)
    except (CroniterError, ValueError, KeyError, OSError, OverflowError):
        return None
    if (again.hour, again.minute) == (following.hour, following.minute):
        return following.replace(tzinfo=local.tzinfo).astimezone(UTC)
    return date + (following - naive)


def _is_carried(stored: str | None) -> bool:
    """Whether the pickled conf bears our mark; it is looked at, never loaded. OddCellError for half a pickle."""
    if not stored or not stored.startswith(("\\x80", "0x80")):
        return bool(stored) and _names_us(str(stored))
    try:
        found = {arg for _, arg, _ in pickletools.genops(bytes.fromhex(stored[2:])) if isinstance(arg, str)}
    except ValueError as error:
        raise OddCellError("conf is no pickle") from error
    return found >= MARKS


def _names_us(stored: str) -> bool:
    """Whether a conf that is text, in JSON or the oldest pickles, holds the words of our mark."""
    hexadecimal = stored[2:] if stored.startswith(("\\x", "0x")) else stored.encode("utf-8", "surrogateescape").hex()
    return all(mark.encode().hex() in hexadecimal.lower() for mark in MARKS)
