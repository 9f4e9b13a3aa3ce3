"""Whether a move is why an interval has no run: its DAG was off, or runs that the move queued held it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from migrator.cutover.intervals import Interval
    from migrator.cutover.ledger.model import Moved, Tagged
    from migrator.model.run import Run

NOT_YET = datetime.max.replace(tzinfo=UTC)


def answers(
    move: Moved, missing: Interval, due: Sequence[Interval], made: Mapping[datetime, Tagged], at_once: int
) -> bool:
    """Whether a move had to see to it that an interval is run; ``at_once``: the DAG's ``max_active_runs``.

    It has for what came due while the DAG was off, and for the newest of what was due before, which the side that it
    left would have run; that the other side goes on without a hole, up to the first run there; and for what came due
    while the DAG was held there by a backlog that began with the move.
    """
    if missing.end <= move.on:
        return missing.end >= max((one.end for one in due if one.end <= move.off), default=move.off)
    earlier = [(one, *made[one.start]) for one in due if one.start < missing.start and one.start in made]
    since = [(one, run) for one, side, run in earlier if side == move.to and run.started and run.started >= move.off]
    return not since or (_held_until(move.on, since) >= missing.end and not _outlasted(missing, since, at_once))


def _held_until(on: datetime, runs: Iterable[tuple[Interval, Run]]) -> datetime:
    """When the backlog of a move was worked off: before the first run that waited for none before it."""
    until = on
    for interval, run in runs:
        if interval.end > until:
            break
        until = max(until, run.ended or NOT_YET)
    return until


def _outlasted(missing: Interval, runs: Iterable[tuple[Interval, Run]], at_once: int) -> bool:
    """Whether one run was at work then for so long that Airflow leaves intervals out without any backlog."""
    most = (missing.end - missing.start) * at_once
    spans = _at_work((run for _, run in runs), at_once)
    return any(begun <= missing.end <= ended and ended - begun >= most for begun, ended in spans)


def _at_work(runs: Iterable[Run], at_once: int) -> Iterator[tuple[datetime, datetime]]:
    """When each run was at work: 1.10 says when it was made, though it may have waited for those before it."""
    ends: list[datetime] = []
    for run in runs:
        begun, ended = run.started or NOT_YET, run.ended or NOT_YET
        yield (begun if len(ends) < at_once else max(begun, sorted(ends)[-at_once])), ended
        ends.append(ended)
