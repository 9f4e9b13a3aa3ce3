"""The account of a DAG that time starts: on a grid, as a chain of runs, or once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.chain import chained
from migrator.cutover.intervals import Interval, clock_changes, covered, intervals, next_in_1_10, on_grid
from migrator.cutover.ledger.backlog import answers
from migrator.cutover.ledger.model import DagLedger, Entry, Tagged, Window, tally
from migrator.model.dag import ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrator.model.dag import Dag
    from migrator.model.run import Run


def timed(dag: Dag, own: Sequence[Tagged], window: Window) -> DagLedger:
    """A schedule whose intervals lie on a grid: each that was due ran once, or Airflow itself skipped it."""
    automated = [(side, run) for side, run in own if run.automated]
    anchor = min((*(run.logical_date for _, run in automated), *window.told_of(dag.dag_id)), default=None)
    due = [] if dag.paused else list(_due(dag, window, anchor))
    slots: dict[datetime, list[Tagged]] = {interval.start: [] for interval in due}
    others: list[Tagged] = []
    for side, run in automated:
        slots.get(run.logical_date.astimezone(UTC), others).append((side, run))
        for date in _taken_along(run, slots):
            slots[date].append((side, run))
    for date in _at_other_points(dag, due, slots, automated):
        del slots[date]
    out = _left_out(dag, slots, window)
    due = [interval for interval in due if interval.start in slots]
    slots |= _repeated(others)
    strays = [i for i in others if i[1].logical_date not in slots and _stray(dag, i[1], anchor)]
    excused = _skipped(dag, due, slots, window)
    kept = {date: runs for date, runs in slots.items() if date not in excused}
    early = _early(dag, due, automated, window) | _awaited_in_v1(dag, due, automated, window)
    line = tally(dag.dag_id, kept, strays, window, early=early)
    note = "paused in v1, so nothing is due" if dag.paused else ""
    return replace(line, skipped=tuple(Entry(date) for date in excused), left_out=out, note=note)


def drifting(dag: Dag, step: timedelta, own: Sequence[Tagged], window: Window) -> DagLedger:
    """A timedelta without catchup: 1.10 puts each run after the one before, not on a grid."""
    automated = [(side, run) for side, run in own if run.automated]
    runs: list[tuple[datetime, Tagged | None]] = [
        *((run.logical_date.astimezone(UTC), (side, run)) for side, run in automated),
        *((date.astimezone(UTC), None) for date in window.told_of(dag.dag_id)),
    ]
    chain = chained(runs, step, window.until - window.grace)
    links = {date: [one for one in found if one] for date, found in chain.links.items()}
    last = dag.end_date or window.until
    dates = sorted(date for date in {*links, *chain.holes} if date + step > window.since and date <= last)
    slots: dict[datetime, list[Tagged]] = {date: links.get(date, []) for date in dates}
    slots |= {date: found for date, found in links.items() if len(found) > 1}
    out = _left_out(dag, slots, window)
    due = [Interval(date, date + step) for date in dates if date in slots]
    excused = _skipped(dag, due, slots, window)
    kept = {date: found for date, found in slots.items() if date not in excused}
    line = tally(dag.dag_id, kept, [], window, early=_early(dag, due, automated, window))
    skipped, note = tuple(Entry(date) for date in excused), "a timedelta without catchup: no grid"
    return replace(line, skipped=skipped, left_out=out, note=note)


def _left_out(dag: Dag, slots: dict[datetime, list[Tagged]], window: Window) -> tuple[Entry, ...]:
    """What nobody ran because somebody decided so; it leaves the slots, as does what only logs or a person tell."""
    empty = sorted(date for date, runs in slots.items() if not runs)
    told = {date for date in empty if (dag.dag_id, date) in window.told}
    found = [date for date in empty if date not in told and window.is_left_out(dag.dag_id, date)]
    for date in (*told, *found):
        del slots[date]
    return tuple(map(Entry, found))


def once(dag: Dag, own: Sequence[Tagged], window: Window) -> DagLedger:
    """``@once``: one run on both sides together."""
    automated = [(side, run) for side, run in own if run.automated]
    if dag.paused and not automated:
        return DagLedger(dag.dag_id, note="paused in v1, so nothing is due")
    date = min((run.logical_date for _, run in automated), default=dag.start_date or window.since)
    if not automated and window.told_of(dag.dag_id):
        return DagLedger(dag.dag_id, note="once, ever")
    if not automated and window.is_left_out(dag.dag_id, date):
        return DagLedger(dag.dag_id, left_out=(Entry(date),), note="once, ever")
    early = {date} if dag.dag_id in window.moving or date > window.until - window.grace else set[datetime]()
    return tally(dag.dag_id, {date: automated}, [], window, early=early, note="once, ever")


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
        and not any(answers(move, one, due, made, dag.max_active_runs) for move in moves)
    ]


def _early(dag: Dag, due: Iterable[Interval], automated: Sequence[Tagged], window: Window) -> set[datetime]:
    """The intervals that are not late yet."""
    if dag.dag_id in window.moving:
        return {interval.start for interval in due}
    newest = max((run for _, run in automated), key=lambda run: run.logical_date, default=None)
    if dag.catchup and newest and (newest.ended or window.until) > window.until - window.grace:
        return {interval.start for interval in due if interval.start > newest.logical_date}
    return {interval.start for interval in due if interval.end > window.until - window.grace}


def _awaited_in_v1(dag: Dag, due: Iterable[Interval], automated: Sequence[Tagged], window: Window) -> set[datetime]:
    """What the next run in v1 will be of, where the clock changes: 1.10 may make it a day later than 2.10 would."""
    moves, last = window.moves.get(dag.dag_id), max((run.logical_date for _, run in automated), default=None)
    if dag.schedule.kind is not ScheduleKind.CRON or last is None or (moves and moves[-1].to == "v2"):
        return set()
    end = next_in_1_10(dag.schedule, next_in_1_10(dag.schedule, last)) if clock_changes(dag.schedule, last) else last
    return {one.start for one in due if last < one.start < end and end > window.until - window.grace}


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
