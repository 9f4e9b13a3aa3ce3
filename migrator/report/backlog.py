"""The backlog of an estate that no longer runs, as a table and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.model.table import table as tabulated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from migrator.cutover.backlog.missed import Backlog
    from migrator.cutover.intervals import Interval
    from migrator.model.run import Run

SCHEMA_VERSION = 1
HEADERS = ("DAG", "last run", "missed", "unpausing alone starts", "policy", "reason", "runs", "skips", "about")
SHOWN = 1000
"""So many intervals of one kind are listed for a DAG in JSON; the counts are of all."""


def as_json(found: Sequence[Backlog], seen: datetime, now: datetime) -> dict[str, Any]:
    """Every DAG's backlog at ``now``; ``seen``: when the source was seen last. Times are ISO dates."""
    return {
        "schema_version": SCHEMA_VERSION,
        "last_seen": seen.isoformat(),
        "until": now.isoformat(),
        "summary": _summary(found),
        "dags": [_dag(one) for one in found],
    }


def _summary(found: Sequence[Backlog]) -> dict[str, int]:
    return {
        "dags": len(found),
        "missed": sum(len(one.missed) for one in found),
        "unknown": sum(not one.known for one in found),
        "run": sum(len(one.run) for one in found if one.counted),
        "skip": sum(len(one.skip) for one in found if one.counted),
        "half_done": sum(len(one.half_done) for one in found),
        "refused": sum(bool(one.problems) for one in found),
    }


def _dag(one: Backlog) -> dict[str, Any]:
    choice = one.choice
    return {
        "dag_id": one.dag_id,
        "last_run": one.last.logical_date.isoformat() if one.last else None,
        "last_state": one.last.state if one.last else None,
        "missed": len(one.missed) if one.known else None,
        "unpausing_alone_starts": one.alone if one.known else None,
        "policy": str(choice.policy) if choice.decided else None,
        "from": choice.since.isoformat() if choice.since else None,
        "because": choice.why,
        "runs_at_once": choice.at_once,
        "hours": choice.hours,
        "estimated_seconds": one.seconds,
        "run": len(one.run) if one.counted else None,
        "skip": len(one.skip) if one.counted else None,
        "run_intervals": _intervals(one.run if one.counted else ()),
        "skip_intervals": _intervals(one.skip if one.counted else ()),
        "half_done": [_half_done(run, choice.half_done) for run in one.half_done],
        "problems": list(one.problems),
        "doubts": list(one.doubts),
    }


def _intervals(found: Sequence[Interval]) -> list[dict[str, str]]:
    return [{"start": one.start.isoformat(), "end": one.end.isoformat()} for one in found[:SHOWN]]


def _half_done(run: Run, policy: str | None) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "logical_date": run.logical_date.isoformat(),
        "state": run.state,
        "automated": run.automated,
        "tasks": dict(sorted(run.tasks.items())),
        "policy": policy,
    }


def as_table(found: Sequence[Backlog], seen: datetime, now: datetime) -> str:
    """A row a DAG, then the runs that were under way, what is refused, and what a person should know."""
    head = f"the source was seen last at {_moment(seen)}; what came due until {_moment(now)} UTC:"
    rows = [_row(one) for one in found]
    alone = _sum([one.alone if one.known else None for one in found])
    missed = _sum([len(one.missed) if one.known else None for one in found])
    run = _sum([len(one.run) if one.counted else None for one in found])
    skip = _sum([len(one.skip) if one.counted else None for one in found])
    sums = ("all", "", missed, alone, "", "", run, skip, "")
    return "\n".join([head, "", tabulated([*rows, sums], HEADERS, tablefmt="simple"), *_below(found)])


def _row(one: Backlog) -> tuple[object, ...]:
    last = _moment(one.last.logical_date) if one.last else "none" if one.known else "unknown"
    about = "unknown" if one.seconds is None else f"{one.seconds / 3600:.1f} h" if one.seconds else ""
    policy = str(one.choice)
    missed = len(one.missed) if one.known else "unknown"
    alone = one.alone if one.known and one.alone is not None else "unknown"
    run, skip = (len(one.run), len(one.skip)) if one.counted else ("unknown", "unknown")
    return one.dag_id, last, missed, alone, policy, one.choice.why, run, skip, about


def _sum(counts: Sequence[int | None]) -> str:
    """Their sum, which is a least one where some are unknown."""
    known = [count for count in counts if count is not None]
    if counts and not known:
        return "unknown"
    return str(sum(known)) if len(known) == len(counts) else f"at least {sum(known)}"


def _below(found: Sequence[Backlog]) -> Iterator[str]:
    lines = [f"{one.dag_id}: refused: {problem}" for one in found for problem in one.problems]
    lines += [f"{one.dag_id}: {doubt}" for one in found for doubt in one.doubts]
    lines += [
        f"{one.dag_id}: under way: {run.run_id}, {run.state}: {one.choice.half_done or 'not decided'}"
        for one in found
        for run in one.half_done
    ]
    yield from ["", *lines] if lines else []


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
