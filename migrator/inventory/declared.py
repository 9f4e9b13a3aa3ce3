"""The last runs that people declare, in the form that ``migrate docs`` makes: a line for each DAG."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from migrator.errors import UsageError
from migrator.inventory.logs.infer import automated
from migrator.inventory.snapshot.runs import interval_end
from migrator.model.dag import ScheduleKind
from migrator.model.history import History, HistoryRun, Source, ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.dag import Dag

COLUMNS = ("dag_id", "last_succeeded", "timezone")
HEAD = """\
# The last run of each DAG that succeeded, by its logical date (execution_date, the start of its interval), such as
# 2026-09-14T03:00:00. The time zone is that of the DAG; a date with its own offset needs none. "never": it never ran.
# "paused": it was paused, and stays so. A line without any of these says nothing.
# Give it with: migrate inventory --history FILE
"""
NEVER = "never"
PAUSED = "paused"
FORMULA = ("=", "+", "-", "@")
"""Beginnings of a cell that a spreadsheet takes for a formula; they are written behind a quote."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Declared:
    """One line: the DAG, and the logical date of the last run that succeeded; None: it never ran, or was ``paused``."""

    dag_id: str
    date: datetime | None
    paused: bool = False
    line: int = field(default=0, compare=False)

    @property
    def said(self) -> str:
        """The line's second cell."""
        if self.paused:
            return PAUSED
        return self.date.isoformat() if self.date else NEVER


def form_of(dags: Iterable[Dag]) -> str:
    """The form to be filled in for these DAGs."""
    return HEAD + _lines((dag.dag_id, "", dag.schedule.timezone) for dag in dags)


def written(declared: Iterable[Declared]) -> str:
    """The form as it was filled in."""
    rows = sorted(declared, key=lambda one: one.dag_id)
    return HEAD + _lines((one.dag_id, one.said, "") for one in rows)


def read_form(data: bytes, name: str) -> tuple[Declared, ...]:
    """What the form declares; UsageError that names each line which is wrong.

    Lines of comment begin with #, cells are parted by commas or semicolons;
    a date without a zone is one of the third cell's zone, or of UTC.
    """
    try:
        text = data.decode("utf-8-sig")
        lines = {number: line for number, line in enumerate(text.splitlines(), 1) if _tells(line)}
        rows = {number: _cells(line) for number, line in lines.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{name} cannot be read", why=str(error), fix="save it as CSV in UTF-8") from error
    found: dict[str, Declared] = {}
    faults: list[str] = []
    for number, cells in rows.items():
        if cells[0].lower() == COLUMNS[0]:
            continue
        try:
            one = _declared(cells, number)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        if one and found.setdefault(one.dag_id, one) != one:
            faults.append(f"line {number}: {one.dag_id} is declared otherwise in line {found[one.dag_id].line}")
    _refuse(name, faults)
    return tuple(found.values())


def check(declared: Iterable[Declared], dags: Mapping[str, Dag], now: datetime, name: str) -> None:
    """UsageError for a DAG that is not there, and for a date on which its schedule has no run, or that is to come."""
    faults = ((one, _fault(one, dags.get(one.dag_id), now)) for one in declared)
    _refuse(name, [f"line {one.line}: {fault}" for one, fault in faults if fault])


def united(history: History, declared: Iterable[Declared], dags: Mapping[str, Dag]) -> History:
    """The history with what people declare; the newest run that ended counts, whoever tells of it."""
    known = {one.dag_id: one for one in declared if one.dag_id in dags}
    dates = {(one.dag_id, one.date) for one in known.values() if one.date}
    ended = {(run.dag_id, run.logical_date) for run in history.runs if run.automated and run.done}
    kept = [run for run in history.runs if run.done or not run.automated or (run.dag_id, run.logical_date) not in dates]
    more = [_run(dags[dag_id], date) for dag_id, date in sorted(dates - ended)]
    return History(ordered([*kept, *more]), tuple(one for one in history.unknown if one not in known))


def with_paused(dags: Iterable[Dag], declared: Iterable[Declared]) -> tuple[Dag, ...]:
    """The DAGs, those that people declare to have been paused as such; what the source itself told is left."""
    paused = {one.dag_id for one in declared if one.paused}
    return tuple(
        replace(dag, paused=True, unknown=tuple(fact for fact in dag.unknown if fact != PAUSED))
        if dag.dag_id in paused and PAUSED in dag.unknown
        else dag
        for dag in dags
    )


def _run(dag: Dag, date: datetime) -> HistoryRun:
    end = interval_end(dag.schedule, date)
    return HistoryRun(dag.dag_id, date, None, "success", automated=True, interval_end=end, source=Source.DECLARED)


def _tells(line: str) -> bool:
    return bool(line.strip(" \t;,\"'")) and not line.lstrip("\"' ").startswith("#")


def _cells(line: str) -> list[str]:
    row = next(csv.reader([line], delimiter=";" if ";" in line and "," not in line else ","))
    return [cell.strip() for cell in row]


def _declared(cells: Sequence[str], line: int) -> Declared | None:
    dag_id, date, zone = (*cells, "", "")[:3]
    dag_id = dag_id.removeprefix("'")
    if not dag_id:
        raise ValueError("it names no DAG")
    if not date:
        return None
    if (word := date.lower()) in {NEVER, PAUSED}:
        return Declared(dag_id, None, word == PAUSED, line)
    return Declared(dag_id, _moment(date, zone), line=line)


def _moment(text: str, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone or "UTC"))).astimezone(UTC)
    except (KeyError, OSError) as error:
        raise ValueError(f"{zone} is no time zone") from error
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text} is no date such as 2026-09-14T03:00:00, in the zone {zone or 'UTC'}") from error


def _fault(one: Declared, dag: Dag | None, now: datetime) -> str:
    if dag is None:
        return f"{one.dag_id} is no DAG of this inventory"
    if one.paused and PAUSED not in dag.unknown and not dag.paused:
        return f"{one.dag_id} was unpaused when the source was seen last: what nobody ran of it is decided by a rule"
    if one.date is None:
        return ""
    if one.date > now:
        return f"{one.dag_id}: {one.date.isoformat()} is to come"
    if dag.schedule.kind in {ScheduleKind.CRON, ScheduleKind.NONE} and automated(dag, [one.date])[one.date] is False:
        zone = dag.schedule.timezone
        return f"{one.dag_id}: its schedule, {dag.schedule} in {zone}, has no run at {one.date.isoformat()}"
    return ""


def _refuse(name: str, faults: Sequence[str]) -> None:
    if faults:
        more = f"\n       and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        raise UsageError(
            f"{name} cannot be taken",
            why="\n       ".join(faults[:SHOWN]) + more,
            fix="fix what this names; a line without a date says nothing",
        )


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in rows)
    return out.getvalue()
