"""Whether critical DAGs have succeeded by the time of day at which somebody needs their data.

The clock and the answers of the environment are parameters. A DAG is judged by the newest interval that ended before
the newest deadline; when nothing was due since, an older one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from migrator.cutover.intervals import intervals
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrator.environments.ports import Environment
    from migrator.workspace.provision_config import FreshnessSection

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
"""What is due at the deadline itself cannot have succeeded by then."""
LOOK_BACK = (timedelta(days=2), timedelta(days=9), timedelta(days=40), timedelta(days=400))
"""How far the newest interval is looked for, the nearest first: a yearly DAG has one within 400 days."""
HISTORY = 20
_RUNS = TypeAdapter(list[Run])
_SCHEDULE: TypeAdapter[Schedule | None] = TypeAdapter(Schedule | None)


@dataclass(frozen=True, slots=True)
class Seen:
    """One DAG as its environment tells it; ``runs`` are all that may answer for it, in no order."""

    dag_id: str
    exists: bool
    paused: bool
    schedule: Schedule | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a DAG is fresh, and the sentence that says why; ``deadline`` is the newest that passed."""

    dag_id: str
    deadline: datetime
    fresh: bool
    why: str


def watched(environment: Environment, section: FreshnessSection) -> tuple[Verdict, ...]:
    """Each DAG of the section by the environment's own clock, those that are not fresh first; one or two calls."""
    answer = environment.agent.call("observe", dag_ids=sorted(section.dags), history=HISTORY)
    seen = {dag_id: _seen(dag_id, answer.result[dag_id]) for dag_id in section.dags}
    untimed = sorted(dag_id for dag_id, one in seen.items() if not timed(one.schedule))
    if untimed:
        since = (answer.now - 3 * DAY).isoformat()
        found = environment.agent.call("runs", dag_ids=untimed, since=since).result["runs"]
        seen |= {dag_id: _with(seen[dag_id], _RUNS.validate_python(found)) for dag_id in untimed}
    return judged(seen.values(), section, answer.now)


def judged(seen: Iterable[Seen], section: FreshnessSection, now: datetime) -> tuple[Verdict, ...]:
    """A verdict for each DAG, those that are not fresh first."""
    zone = ZoneInfo(section.timezone)
    verdicts = [_verdict(one, last_deadline(section.dags[one.dag_id], zone, now)) for one in seen]
    return tuple(sorted(verdicts, key=lambda one: (one.fresh, one.deadline, one.dag_id)))


def last_deadline(clock: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment, not after ``now``, at which clocks in the zone showed that time."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), time.fromisoformat(clock), zone)
    return today if today <= now else datetime.combine(local.date() - DAY, time.fromisoformat(clock), zone)


def timed(schedule: Schedule | None) -> bool:
    """Whether clocks alone say when the DAG is due."""
    return schedule is not None and schedule.kind in {ScheduleKind.CRON, ScheduleKind.DELTA}


def _verdict(one: Seen, deadline: datetime) -> Verdict:
    if not one.exists:
        return Verdict(one.dag_id, deadline, fresh=False, why="there is no such DAG")
    fresh, why = _by_interval(one, deadline) if timed(one.schedule) else _by_day(one, deadline)
    paused = "; it is paused" if one.paused and not fresh else ""
    return Verdict(one.dag_id, deadline, fresh, f"{why}{paused}")


def _by_interval(one: Seen, deadline: datetime) -> tuple[bool, str]:
    """The newest interval that ended by the deadline must have a run that succeeded, or a later one."""
    due = _newest_due(one, deadline)
    if due is None:
        return bool(one.runs), "nothing was due within 400 days"
    answering = [run for run in one.runs if run.interval_end is not None and run.interval_end >= due]
    good = [run for run in answering if run.state == "success"]
    if good:
        return True, f"the run due at {_at(due)} succeeded"
    if not answering:
        return False, f"the run that was due at {_at(due)} is not there; {_last_success(one)}"
    worst = min(answering, key=lambda run: run.logical_date)
    return False, f"the run due at {_at(due)} is {worst.state}; {_last_success(one)}"


def _by_day(one: Seen, deadline: datetime) -> tuple[bool, str]:
    """A DAG without a timetable must have succeeded in the day before the deadline, or since."""
    good = [run.ended for run in one.runs if run.state == "success" and run.ended and run.ended > deadline - DAY]
    if good:
        return True, f"it succeeded at {_at(max(good))}"
    return False, f"no run succeeded since {_at(deadline - DAY)}; {_last_success(one)}"


def _newest_due(one: Seen, deadline: datetime) -> datetime | None:
    """The end of the newest interval that ended by the deadline; a timedelta counts from the newest run."""
    anchor = max((run.logical_date for run in one.runs if run.automated), default=None)
    if one.schedule is None:
        return None
    if one.schedule.kind is ScheduleKind.DELTA and anchor is None:
        return deadline  # it never ran
    until = deadline - MINUTE
    for back in LOOK_BACK:
        ends = [span.end for span in intervals(one.schedule, until - back, until, anchor)]
        if ends:
            return ends[-1]
    return None


def _last_success(one: Seen) -> str:
    ended = [run.ended or run.interval_end for run in one.runs if run.state == "success"]
    times = [moment for moment in ended if moment is not None]
    return f"the last success was at {_at(max(times))}" if times else "no success is known"


def _seen(dag_id: str, row: Mapping[str, Any]) -> Seen:
    runs = _RUNS.validate_python([*row["active"], *row["finished"]])
    return Seen(dag_id, row["exists"], bool(row["paused"]), _SCHEDULE.validate_python(row["schedule"]), tuple(runs))


def _with(one: Seen, runs: Iterable[Run]) -> Seen:
    own = tuple(run for run in runs if run.dag_id == one.dag_id)
    return Seen(one.dag_id, one.exists, one.paused, one.schedule, (*one.runs, *own))


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M} UTC"
