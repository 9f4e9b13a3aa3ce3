"""One pass of the bridge: read what both sides hold, mirror what is missing, and tell how far each wait is behind.

Nothing is remembered between passes: what is missing is the difference of two databases, and the agent inserts a run
once. So a pass may be cut off anywhere, and two bridges at once do no harm.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from migrator.cutover.sides import act, observe, run_json, runs_adapter
from migrator.model.run import FINISHED, TASK_FINISHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.cutover.bridge.edges import Split, Wait
    from migrator.cutover.sides import Seen, View
    from migrator.environments.ports import Agent
    from migrator.model.run import Run

LOOKBACK = timedelta(days=2)
"""How far back runs are mirrored for a consumer that has none of its own yet."""


class Status(StrEnum):
    """How a wait stands after a pass."""

    IN_STEP = "in step"
    MOVING = "moving"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Served:
    """One split wait after a pass.

    ``lag_runs``: finished upstream runs that are not mirrored; ``lag_seconds``: the newest finished one is that much
    newer, by its date, than the newest mirrored; ``took_seconds``: from the end of the newest mirrored run until it
    was mirrored. ``mirrored``: runs written in this pass.
    """

    split: Split
    status: Status
    note: str = ""
    newest_finished: datetime | None = None
    newest_mirrored: datetime | None = None
    lag_runs: int = 0
    lag_seconds: float = 0.0
    took_seconds: float | None = None
    mirrored: int = 0


def serve(
    v1: Agent, v2: Agent, splits: Iterable[Split], moving: Callable[[], frozenset[str]], *, dry: bool = False
) -> tuple[Served, ...]:
    """Mirror in both directions; a DAG that ``moving`` names just before the write is left to the wave."""
    found: list[Served] = []
    ways: defaultdict[bool, list[Split]] = defaultdict(list)
    for one in splits:
        ways[one.from_v2].append(one)
    for from_v2, chosen in sorted(ways.items()):
        origin, destination = (v2, v1) if from_v2 else (v1, v2)
        found += _way(origin, destination, chosen, moving, dry=dry)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one wait may ask for: the finished runs of the origin, and those of the twin, by date."""

    split: Split
    problem: str
    finished: Mapping[datetime, Run]
    twin: Mapping[datetime, Run]

    @property
    def missing(self) -> list[Run]:
        """What the twin lacks, or holds as it was before somebody cleared it."""
        return [run for date, run in sorted(self.finished.items()) if _lacks(self.twin.get(date), run)]


def _way(
    origin: Agent, destination: Agent, splits: Sequence[Split], moving: Callable[[], frozenset[str]], *, dry: bool
) -> list[Served]:
    readings = _read(origin, destination, splits)
    wanted: defaultdict[str, dict[datetime, Run]] = defaultdict(dict)
    held_back = moving()
    for one in readings:
        upstream = one.split.wait.upstream
        if not one.problem and upstream not in held_back:
            wanted[upstream].update({run.logical_date: run for run in one.missing})
    asked = {upstream: [run_json(_dated(r)) for _, r in sorted(runs.items())] for upstream, runs in wanted.items()}
    asked = {} if dry else {upstream: runs for upstream, runs in asked.items() if runs}
    now, answers = act(destination, "carry_over", asked) if asked else (None, {})
    return [_served(one, answers.get(one.split.wait.upstream), now, held_back) for one in readings]


def _read(origin: Agent, destination: Agent, splits: Sequence[Split]) -> list[_Reading]:
    upstreams = sorted({one.wait.upstream for one in splits})
    view = observe(destination, {*upstreams, *(one.wait.consumer for one in splits)})
    since = {one: _since(view[one.wait.consumer], one.wait, view.now) for one in splits}
    here, there = (_runs(agent, upstreams, min(since.values())) for agent in (origin, destination))
    return [
        _Reading(
            one,
            _problem(view, one.wait),
            {r.logical_date: r for r in here[one.wait.upstream] if _counts(r, one.wait) and r.logical_date >= date},
            {r.logical_date: r for r in there[one.wait.upstream]},
        )
        for one, date in since.items()
    ]


def _since(consumer: Seen, wait: Wait, now: datetime) -> datetime:
    """The oldest date that the consumer may still ask for: what it has done it does not ask for again."""
    dates = [run.logical_date for run in (*consumer.active, *consumer.finished[:1])]
    return min(dates, default=now - LOOKBACK) - wait.back


def _runs(agent: Agent, dag_ids: Sequence[str], since: datetime) -> Mapping[str, list[Run]]:
    answer = agent.call("runs", dag_ids=list(dag_ids), since=since.isoformat())
    found: defaultdict[str, list[Run]] = defaultdict(list)
    for run in runs_adapter().validate_python(answer.result["runs"]):
        found[run.dag_id].append(run)
    return found


def _counts(run: Run, wait: Wait) -> bool:
    """Whether it ended, by its own side's work; a manual run only where the DAG has no other."""
    ended = run.state in FINISHED and all(state is None or state in TASK_FINISHED for state in run.tasks.values())
    return ended and not run.carried and (run.automated or wait.free)


def _lacks(twin: Run | None, run: Run) -> bool:
    if twin is None:
        return True
    again = run.ended is not None and twin.ended is not None and run.ended > twin.ended
    return twin.carried and (twin.state != run.state or again)


def _dated(run: Run) -> Run:
    """A run without an interval stands for its own date."""
    return run if run.interval_end else replace(run, interval_end=run.logical_date)


def _problem(view: View, wait: Wait) -> str:
    twin, consumer = view[wait.upstream], view[wait.consumer]
    if not twin.exists:
        return f"there is no {wait.upstream} on the side of {wait.consumer}"
    if not twin.paused:
        return f"{wait.upstream} is unpaused in both environments"
    if consumer.by_datasets or twin.by_datasets:
        return "one of them runs by datasets there, which no mirrored run can update: keep both in one wave"
    return ""


def _served(reading: _Reading, answer: Any, now: datetime | None, held_back: frozenset[str]) -> Served:  # noqa: ANN401 - JSON
    moving = reading.split.wait.upstream in held_back
    error = str((answer or {}).get("error", ""))
    note = reading.problem or ("a wave moves it just now, and carries its runs itself" if moving else error)
    written = {run.logical_date: run for run in reading.missing} if answer and not error else {}
    have = {date for date in reading.finished if date in reading.twin or date in written}
    newest, mirrored = max(reading.finished, default=None), max(have, default=None)
    return Served(
        split=reading.split,
        status=Status.MOVING if moving and not reading.problem else Status.FAILED if note else Status.IN_STEP,
        note=note,
        newest_finished=newest,
        newest_mirrored=mirrored,
        lag_runs=len(reading.finished) - len(have),
        lag_seconds=(newest - (mirrored or min(reading.finished))).total_seconds() if newest else 0.0,
        took_seconds=_took(reading, mirrored, now if mirrored in written else None),
        mirrored=len(written),
    )


def _took(reading: _Reading, date: datetime | None, now: datetime | None) -> float | None:
    if date is None:
        return None
    ended, arrived = reading.finished[date].ended, now or reading.twin[date].ended
    return (arrived - ended).total_seconds() if ended and arrived else None
