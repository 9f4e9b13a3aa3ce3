"""The ledger: for each DAG, which intervals were due, and how often each was really run on either side. Pure.

Carried-over runs did no work and are not counted. An interval that is due for less than the grace time, whose DAG is
being moved right now, or that a DAG with catchup is still working its way to, is pending: neither run nor missing yet.
Where catchup is off and a side's own scheduler was too late for an interval, or its DAG at work too long, it is
skipped: Airflow means to do that, and the migration had no part in it, unless the DAG was moved in between.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.chain import chained
from migrator.cutover.intervals import Interval, clock_changes, covered, intervals, on_grid
from migrator.cutover.zones import is_known
from migrator.model.dag import ReferenceKind, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.dag import Dag
    from migrator.model.run import Run

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line of the ledger names: a date, and the runs that were found for it, as ``side:run_id``."""

    logical_date: datetime
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DagLedger:
    """One DAG's account; ``expected`` = ``ran_once`` + the number of duplicates + the number of gaps."""

    dag_id: str
    expected: int = 0
    ran_once: int = 0
    by_v1: int = 0
    by_v2: int = 0
    duplicates: tuple[Entry, ...] = ()
    gaps: tuple[Entry, ...] = ()
    extras: tuple[Entry, ...] = ()
    skipped: tuple[Entry, ...] = ()
    pending: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """From when on a DAG was off on both sides, and when it was on again, in ``to``."""

    off: datetime
    on: datetime
    to: str


@dataclass(frozen=True, slots=True)
class Window:
    """What the ledger looks at: intervals due after ``since`` and, less the grace, by ``until``.

    An older interval counts only when it ran twice. ``moves`` says when each DAG was moved, ``moving`` which are just
    now; ``frozen``: runs, by DAG and date, that were left behind in v1 to be run anew.
    """

    since: datetime
    until: datetime
    grace: timedelta = timedelta(minutes=2)
    moves: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    frozen: frozenset[tuple[str, datetime]] = frozenset()


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole account."""

    window: Window
    dags: tuple[DagLedger, ...] = field(default=())

    @property
    def clean(self) -> bool:
        """Whether no interval was run twice and none is missing."""
        return not any(dag.duplicates or dag.gaps for dag in self.dags)


Tagged = tuple[str, "Run"]


def account(dags: Iterable[Dag], v1: Iterable[Run], v2: Iterable[Run], window: Window) -> Ledger:
    """Unite both sides' runs of the inventory's DAGs."""
    chosen = sorted(dags, key=lambda dag: dag.dag_id)
    runs: dict[str, list[Tagged]] = defaultdict(list)
    for side, found in (("v1", v1), ("v2", v2)):
        for run in found:
            if not run.carried and not (side == "v1" and (run.dag_id, run.logical_date) in window.frozen):
                runs[run.dag_id].append((side, run))
    return Ledger(window, tuple(_line(dag, chosen, runs, window) for dag in chosen))


def _line(dag: Dag, dags: Sequence[Dag], runs: Mapping[str, list[Tagged]], window: Window) -> DagLedger:
    own = runs.get(dag.dag_id, [])
    if dag.schedule.kind is ScheduleKind.CRON and not is_known(dag.schedule.timezone):
        return _tally(dag.dag_id, {}, own, window, note=f"NOT accounted: no time zone {dag.schedule.timezone} is known")
    if dag.schedule.kind is ScheduleKind.ONCE:
        return _once(dag, own, window)
    if dag.schedule.kind is ScheduleKind.DELTA and dag.schedule.seconds and not dag.catchup and not dag.paused:
        return _drifting(dag, timedelta(seconds=dag.schedule.seconds), own, window)
    if dag.schedule.kind in {ScheduleKind.CRON, ScheduleKind.DELTA}:
        return _timed(dag, own, window)
    parents = _trigger_tasks(dag.dag_id, dags)
    if parents:
        return _triggered(dag, own, parents, runs, window)
    known = dag.schedule.kind is ScheduleKind.NONE
    note = "no schedule of its own" if known else "NOT accounted: only its Airflow can tell its intervals"
    return _tally(dag.dag_id, {}, own, window, note=note)


def _timed(dag: Dag, own: Sequence[Tagged], window: Window) -> DagLedger:
    automated = [(side, run) for side, run in own if run.automated]
    anchor = min((run.logical_date for _, run in automated), default=None)
    due = [] if dag.paused else list(_due(dag, window, anchor))
    slots: dict[datetime, list[Tagged]] = {interval.start: [] for interval in due}
    others: list[Tagged] = []
    for side, run in automated:
        slots.get(run.logical_date.astimezone(UTC), others).append((side, run))
        for date in _taken_along(run, slots):
            slots[date].append((side, run))
    for date in _at_other_points(dag, due, slots, automated):
        del slots[date]
    due = [interval for interval in due if interval.start in slots]
    slots |= _repeated(others)
    strays = [i for i in others if i[1].logical_date not in slots and _stray(dag, i[1], anchor)]
    excused = _skipped(dag, due, slots, window)
    kept = {date: runs for date, runs in slots.items() if date not in excused}
    line = _tally(dag.dag_id, kept, strays, window, early=_early(dag, due, automated, window))
    note = "paused in v1, so nothing is due" if dag.paused else ""
    return replace(line, skipped=tuple(Entry(date) for date in excused), note=note)


def _drifting(dag: Dag, step: timedelta, own: Sequence[Tagged], window: Window) -> DagLedger:
    """A timedelta without catchup: 1.10 puts each run after the one before, not on a grid."""
    automated = [(side, run) for side, run in own if run.automated]
    runs = [(run.logical_date.astimezone(UTC), (side, run)) for side, run in automated]
    chain = chained(runs, step, window.until - window.grace)
    last = dag.end_date or window.until
    dates = sorted(date for date in {*chain.links, *chain.holes} if date + step > window.since and date <= last)
    slots: dict[datetime, list[Tagged]] = {date: chain.links.get(date, []) for date in dates}
    slots |= {date: found for date, found in chain.links.items() if len(found) > 1}
    due = [Interval(date, date + step) for date in dates]
    excused = _skipped(dag, due, slots, window)
    kept = {date: found for date, found in slots.items() if date not in excused}
    line = _tally(dag.dag_id, kept, [], window, early=_early(dag, due, automated, window))
    return replace(line, skipped=tuple(Entry(date) for date in excused), note="a timedelta without catchup: no grid")


def _taken_along(run: Run, slots: Iterable[datetime]) -> list[datetime]:
    """The intervals after its own that one run stands for: updates of datasets that met are one run, over them all."""
    if not run.run_id.startswith("dataset_triggered__") or run.interval_end is None:
        return []
    return [date for date in slots if run.logical_date < date < run.interval_end]


def _at_other_points(
    dag: Dag, due: Iterable[Interval], slots: Mapping[datetime, Sequence[Tagged]], automated: Sequence[Tagged]
) -> list[datetime]:
    """What ran where the clock changes, when 1.10 has other points than 2.10: all of that time has its runs."""
    if dag.schedule.kind is not ScheduleKind.CRON:
        return []
    spans = [(run.logical_date, run.interval_end) for _, run in automated if run.interval_end]
    empty = [one for one in due if not slots[one.start] and clock_changes(dag.schedule, one.start)]
    return [one.start for one in empty if covered(one, spans)]


def _stray(dag: Dag, run: Run, anchor: datetime | None) -> bool:
    return dag.paused or anchor is None or not on_grid(dag.schedule, run.logical_date, anchor)


def _skipped(
    dag: Dag, due: Sequence[Interval], slots: Mapping[datetime, Sequence[Tagged]], window: Window
) -> list[datetime]:
    """What a side left out by itself: a later run shows that it went on, and no move had to answer for it."""
    if dag.catchup:
        return []
    made = {date: runs[0] for date, runs in slots.items() if runs}
    moves = window.moves.get(dag.dag_id, ())
    return [
        one.start
        for one in due
        if not slots[one.start]
        and any(date > one.start for date in made)
        and not any(_answers(move, one, due, made) for move in moves)
    ]


def _answers(move: Moved, missing: Interval, due: Sequence[Interval], made: Mapping[datetime, Tagged]) -> bool:
    """Whether a move had to see to it that an interval is run.

    It has for what came due while the DAG was off, and for the newest of what was due before, which the side that it
    left would have run; and that the other side goes on without a hole: up to the first run there.
    """
    if missing.end > move.on:
        before = [(side, run.started) for date, (side, run) in made.items() if date < missing.start]
        return not any(side == move.to and started and started >= move.off for side, started in before)
    return missing.end >= max((one.end for one in due if one.end <= move.off), default=move.off)


def _early(dag: Dag, due: Iterable[Interval], automated: Sequence[Tagged], window: Window) -> set[datetime]:
    """The intervals that are not late yet."""
    if dag.dag_id in window.moving:
        return {interval.start for interval in due}
    newest = max((run for _, run in automated), key=lambda run: run.logical_date, default=None)
    if dag.catchup and newest and (newest.ended or window.until) > window.until - window.grace:
        return {interval.start for interval in due if interval.start > newest.logical_date}
    return {interval.start for interval in due if interval.end > window.until - window.grace}


def _repeated(others: Sequence[Tagged]) -> dict[datetime, list[Tagged]]:
    """Intervals that were due before the window opened, and were run again."""
    found: dict[datetime, list[Tagged]] = defaultdict(list)
    for side, run in others:
        found[run.logical_date].append((side, run))
    return {date: runs for date, runs in found.items() if len(runs) > 1}


def _due(dag: Dag, window: Window, anchor: datetime | None) -> Iterable[Interval]:
    for interval in intervals(dag.schedule, window.since, window.until, anchor):
        begun = dag.start_date is None or interval.start >= dag.start_date
        if begun and (dag.end_date is None or interval.start <= dag.end_date):
            yield interval


def _once(dag: Dag, own: Sequence[Tagged], window: Window) -> DagLedger:
    automated = [(side, run) for side, run in own if run.automated]
    if dag.paused and not automated:
        return DagLedger(dag.dag_id, note="paused in v1, so nothing is due")
    date = min((run.logical_date for _, run in automated), default=dag.start_date or window.since)
    early = {date} if dag.dag_id in window.moving or date > window.until - window.grace else set[datetime]()
    return _tally(dag.dag_id, {date: automated}, [], window, early=early, note="once, ever")


def _triggered(
    dag: Dag, own: Sequence[Tagged], parents: Mapping[str, set[str]], runs: Mapping[str, list[Tagged]], window: Window
) -> DagLedger:
    asked = [
        (item, state)
        for parent, tasks in parents.items()
        for item in runs.get(parent, [])
        for task, state in item[1].tasks.items()
        if task in tasks and (item[1].ended or window.until) >= window.since
    ]
    done = [item for item, state in asked if state == "success" and _began(item[1]) >= window.since]
    received = sorted((item for item in own if _began(item[1]) >= window.since), key=lambda item: item[1].logical_date)
    expected = min(len(done) + sum(_may_have_asked(*one, window) for one in asked), len(received))
    slots: dict[datetime, list[Tagged]] = {run.logical_date: [] for _, run in received[:expected]}
    others: list[Tagged] = []
    for item in received:
        slots.get(item[1].logical_date, others).append(item)
    missing = tuple(Entry(run.logical_date, (f"{side}:{run.run_id}",)) for side, run in done[len(received) :])
    line = _tally(dag.dag_id, slots, others, window, note=f"triggered by {', '.join(sorted(parents))}")
    return replace(line, expected=line.expected + len(missing), gaps=line.gaps + missing)


def _may_have_asked(item: Tagged, state: str | None, window: Window) -> bool:
    """Whether a parent's run may have triggered one, that need not be there: at work now, or when the window opened."""
    run = item[1]
    if state == "success":
        return _began(run) < window.since
    return run.ended is None and state is not None


def _began(run: Run) -> datetime:
    return run.started or run.logical_date


def _trigger_tasks(dag_id: str, dags: Iterable[Dag]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for dag in dags:
        for task in dag.tasks:
            reference = task.reference
            if reference and reference.kind is ReferenceKind.TRIGGERS and reference.dag_id == dag_id:
                found[dag.dag_id].add(task.task_id)
    return dict(found)


def _tally(
    dag_id: str,
    slots: Mapping[datetime, Sequence[Tagged]],
    others: Sequence[Tagged],
    window: Window,
    *,
    early: frozenset[datetime] | set[datetime] = frozenset(),
    note: str = "",
) -> DagLedger:
    pending = {date for date, runs in slots.items() if _waits(runs, early=date in early)}
    counted = {date: runs for date, runs in sorted(slots.items()) if date not in pending}
    once = [runs[0] for runs in counted.values() if len(runs) == 1]
    return DagLedger(
        dag_id=dag_id,
        expected=len(counted),
        ran_once=len(once),
        by_v1=sum(side == "v1" for side, _ in once),
        by_v2=sum(side == "v2" for side, _ in once),
        duplicates=tuple(_entry(date, runs) for date, runs in counted.items() if len(runs) > 1),
        gaps=tuple(_entry(date, runs) for date, runs in counted.items() if not runs),
        extras=tuple(
            _entry(run.logical_date, [(side, run)])
            for side, run in others
            if window.since <= _began(run) <= window.until
        ),
        pending=len(pending),
        note=note,
    )


def _waits(runs: Sequence[Tagged], *, early: bool) -> bool:
    return early if not runs else len(runs) == 1 and runs[0][1].state == "queued"


def _entry(date: datetime, runs: Sequence[Tagged]) -> Entry:
    return Entry(date, tuple(f"{side}:{run.run_id}" for side, run in runs))
