"""Serve sensors whose upstream runs in the other environment: mirror its finished runs into its paused twin.

A sensor reads its own database only, so while an estate is split it would wait for ever. What is mirrored is marked as
carried over: no audit counts it, and a later cutover or rollback of the upstream finds it in place. What is to do is
read from both sides each time, so a bridge may be killed anywhere and started again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.cutover.sides import act, observe, run_json, runs_adapter
from migrator.cutover.wave import in_motion, on_target
from migrator.model.plan import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.cutover.journal import Journal
    from migrator.cutover.sides import Seen
    from migrator.environments.ports import Environment
    from migrator.model.plan import Edge
    from migrator.model.run import Run

HISTORY = 30
"""How many finished runs are compared at each look; more are read where a twin is further behind."""

AS_THEY_ARE = frozenset({"success", "failed", "skipped", "upstream_failed"})
"""The states of tasks that a mirror takes over unchanged."""


@dataclass(frozen=True, slots=True)
class Span:
    """An upstream that runs on ``side`` (``v1`` or ``v2``) and the DAGs on the other side that wait for it.

    ``resting``: one of them is being moved just now, so it is left alone.
    """

    upstream: str
    side: str
    waiting: tuple[str, ...]
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Crossed:
    """What one look found of a span: how many runs it mirrored, and what is still behind.

    ``lag``: seconds since the oldest run ended that is not mirrored, 0 when all are; ``delays``: how many seconds after
    its end each run was mirrored; ``trouble``: why the twin did not take them, or an empty text.
    """

    span: Span
    mirrored: int = 0
    behind: int = 0
    lag: float = 0.0
    newest: datetime | None = None
    delays: tuple[float, ...] = field(default=())
    trouble: str = ""


def spans(edges: Iterable[Edge], journal: Journal) -> tuple[Span, ...]:
    """The upstreams whose sensors are on the other side, as the journal knows it, by id."""
    there, moving = on_target(journal), in_motion(journal)
    waiting: dict[str, set[str]] = {}
    for edge in edges:
        if edge.kind is EdgeKind.WAITS_FOR and (edge.source in there) != (edge.target in there):
            waiting.setdefault(edge.source, set()).add(edge.target)
    return tuple(
        Span(up, "v2" if up in there else "v1", tuple(sorted(down)), bool(moving & {up, *down}))
        for up, down in sorted(waiting.items())
    )


def cross(
    found: Sequence[Span], source: Environment, target: Environment, clock: Callable[[], datetime]
) -> tuple[Crossed, ...]:
    """Mirror what finished since, in a handful of calls for each direction; one failure hides no other."""
    crossed = [Crossed(span, trouble="is being moved just now") for span in found if span.resting]
    for side, (here, there) in {"v1": (source, target), "v2": (target, source)}.items():
        going = {span.upstream: span for span in found if span.side == side and not span.resting}
        if going:
            crossed += _one_way(going, here, there, clock)
    return tuple(sorted(crossed, key=lambda one: one.span.upstream))


def _one_way(
    going: Mapping[str, Span], here: Environment, there: Environment, clock: Callable[[], datetime]
) -> list[Crossed]:
    ups = list(going)
    seen, twins = observe(here.agent, ups, HISTORY), observe(there.agent, ups, HISTORY)
    older = _older(here, {up: (seen[up], twins[up]) for up in ups})
    owed = {up: _owed([*older.get(up, ()), *seen[up].finished], twins[up]) for up in ups}
    asked = {up: [run_json(run) for run in runs] for up, runs in owed.items() if runs}
    answers = act(there.agent, "carry_over", asked)[1] if asked else {}
    now = clock()
    return [_told(span, owed[up], answers.get(up) or {}, seen[up], now) for up, span in going.items()]


def _older(here: Environment, pairs: Mapping[str, tuple[Seen, Seen]]) -> dict[str, list[Run]]:
    """The runs before those that were looked at, of upstreams whose twin is further behind than that."""
    since: dict[str, datetime] = {}
    for up, (seen, twin) in pairs.items():
        oldest = seen.finished[-1].logical_date if len(seen.finished) >= HISTORY else None
        if oldest and twin.finished and twin.finished[0].logical_date < oldest:
            since[up] = twin.finished[0].logical_date
    if not since:
        return {}
    answer = here.agent.call("runs", dag_ids=sorted(since), since=min(since.values()).isoformat())
    found: dict[str, list[Run]] = {}
    for run in runs_adapter().validate_python(answer.result["runs"]):
        if run.automated and run.finished and run.logical_date > since[run.dag_id]:
            found.setdefault(run.dag_id, []).append(run)
    return found


def _owed(finished: Iterable[Run], twin: Seen) -> list[Run]:
    """The runs that really ran there and that the twin lacks, or has otherwise, oldest first."""
    has = {run.logical_date: run for run in twin.finished}
    runs = {run.logical_date: run for run in finished if not run.carried}
    return [run for date, run in sorted(runs.items()) if date not in has or _differs(has[date], run)]


def _differs(mirrored: Run, run: Run) -> bool:
    """Whether the run was cleared and ended otherwise after it was mirrored."""
    if not mirrored.carried:
        return False
    ended = {task: state for task, state in run.tasks.items() if state in AS_THEY_ARE and task in mirrored.tasks}
    return mirrored.state != run.state or any(mirrored.tasks[task] != state for task, state in ended.items())


def _told(span: Span, owed: Sequence[Run], answer: Mapping[str, Any], seen: Seen, now: datetime) -> Crossed:
    newest = seen.finished[0].logical_date if seen.finished else None
    ages = tuple((now - run.ended).total_seconds() for run in owed if run.ended)
    if trouble := str(answer.get("error") or ""):
        return Crossed(span, 0, len(owed), max(ages, default=0.0), newest, trouble=trouble)
    return Crossed(span, len(answer.get("inserted") or ()), newest=newest, delays=ages)
