"""What becomes of a DAG's backlog, as the journal keeps it: what is queued, what is left out, and who decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from migrator.cutover.backlog.problems import MOST
from migrator.cutover.backlog.rules import HalfDone
from migrator.cutover.intervals import Interval
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.cutover.backlog.missed import Backlog
    from migrator.model.dag import Dag
    from migrator.model.run import Run

MARKS = 100
"""So many of the newest intervals that are left out get a run in the target that says so; the journal has all."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``queue``: what is run and the scheduler would not make itself; ``skip``: what is left out, oldest first;
    ``marks``: the intervals of ``skip`` that get a run in the target; ``facts``: the decision as a record keeps it.
    """

    queue: tuple[dict[str, Any], ...]
    skip: tuple[Interval, ...]
    marks: tuple[Interval, ...]
    facts: Mapping[str, Any]

    @property
    def problem(self) -> str:
        """Why it can't be kept; empty where it can."""
        lacking = len(self.skip) - len(self.marks)
        if lacking and self.queue and _first(self.queue) < self.marks[0].start:
            return f"{len(self.skip)} intervals would be left out behind a run, more than {MOST}: take from DATE"
        return ""


def decided(dag: Dag, backlog: Backlog, ran: Sequence[Run], by: str, now: datetime) -> Decision:
    """The decision at ``now``; ``ran``: what ran in the target already, ``by``: who asked for the cutover.

    A run that is older than what is left out moves the schedule back to its own end when it ends, so that then each of
    those needs its mark.
    """
    newest = max((run.logical_date for run in ran), default=None)
    queue = (*_again(backlog), *_queued(dag, backlog, newest))
    skip = tuple(sorted([*backlog.skip, *_dropped(backlog)]))
    older = queue and skip and _first(queue) < skip[-1].start
    facts = {
        "by": by,
        "policy": str(backlog.choice),
        "because": backlog.choice.why,
        "since": _since(dag, backlog, now).isoformat(),
        "until": now.isoformat(),
        "last_due": _last_due(backlog, newest),
        "run": len(backlog.run) + len(_again(backlog)),
        "newest": backlog.run[-1].start.isoformat() if backlog.run else None,
        "at_once": min(len(backlog.run), dag.max_active_runs) + len(_again(backlog)),
        "skip": len(skip),
        "skipped": _spans(backlog),
    }
    return Decision(queue, skip, skip[-(MOST if older else MARKS) :], facts)


def _since(dag: Dag, backlog: Backlog, now: datetime) -> datetime:
    """From when on nobody ran the DAG."""
    if backlog.last is None:
        return dag.start_date or now
    return backlog.last.interval_end or backlog.last.logical_date


def _last_due(backlog: Backlog, newest: datetime | None) -> str | None:
    """The start of the newest interval that came due since; what ran in the target already is one of them."""
    starts = [one.start for one in (*backlog.missed[-1:], *_dropped(backlog))] + ([newest] if newest else [])
    return max(starts).isoformat() if starts else None


def _first(queue: Iterable[Mapping[str, Any]]) -> datetime:
    return min(datetime.fromisoformat(one["logical_date"]) for one in queue)


def _again(backlog: Backlog) -> list[dict[str, Any]]:
    """The runs that were under way and go on behind the tasks that had ended, or are run anew."""
    if backlog.choice.half_done not in {HalfDone.RERUN, HalfDone.CONTINUE}:
        return []
    behind = backlog.choice.half_done is HalfDone.CONTINUE
    runs = [run for run in backlog.half_done if run.automated]
    return [{**_named(_interval(run)), "tasks": dict(run.tasks) if behind else {}} for run in runs]


def _dropped(backlog: Backlog) -> list[Interval]:
    """The intervals of the runs that were under way and are left out."""
    if backlog.choice.half_done is not HalfDone.SKIP:
        return []
    return [_interval(run) for run in backlog.half_done if run.automated]


def _interval(run: Run) -> Interval:
    return Interval(run.logical_date, run.interval_end or run.logical_date)


def _queued(dag: Dag, backlog: Backlog, newest: datetime | None) -> list[dict[str, Any]]:
    """With catchup the scheduler makes the runs itself, but for those before what ran in the target already."""
    if dag.schedule.kind is ScheduleKind.ONCE:
        return []
    return [_named(one) for one in backlog.run if not dag.catchup or (newest is not None and one.start < newest)]


def _named(one: Interval) -> dict[str, Any]:
    return {"logical_date": one.start.isoformat(), "interval_end": one.end.isoformat()}


def _spans(backlog: Backlog) -> list[list[str]]:
    """The first and the last start of what is left out: a policy leaves out the oldest, in a row."""
    rows = [(backlog.skip[0].start, backlog.skip[-1].start)] if backlog.skip else []
    rows += [(one.start, one.start) for one in _dropped(backlog)]
    return [[first.isoformat(), last.isoformat()] for first, last in rows]
