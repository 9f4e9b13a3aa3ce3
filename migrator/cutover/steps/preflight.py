"""PLANNED > PREFLIGHT: both sides are as the cutover expects them, or it is refused before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.machine import Direction, Done, Failed, State
from migrator.cutover.readiness import lacking, other_schedule, skewed, without_agent
from migrator.cutover.sides import observe
from migrator.model.readiness import HELD
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen, View
    from migrator.environments.ports import Agent


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Look at every DAG on both sides, and remember whether it was deliberately paused."""
    ids = [record.dag_id for record in records]
    here, there = ("v1", "v2") if move.direction is Direction.FORWARD else ("v2", "v1")
    (origin, wrong), ((destination, more), lacks) = move.together(
        lambda: _read(move, move.origin.agent, ids, here),
        lambda: (_read(move, move.destination.agent, ids, there), lacking(move, ids)),
    )
    if clocks := [*wrong, *more]:
        return {dag_id: Failed("; ".join(clocks)) for dag_id in ids}
    if move.direction is Direction.FORWARD and move.settings.verify:
        last = {d: next(iter(origin[d].finished), None) for d in ids if origin[d].exists and destination[d].exists}
        for dag_id, reason in move.parity(move.origin, move.destination, last).items():
            lacks.setdefault(dag_id, []).append(reason)
    for dag_id in ids:
        if veto := move.hook("before_dag", dag_id, State.PLANNED.name):
            lacks.setdefault(dag_id, []).append(veto)
    return {dag_id: _judge(move, dag_id, origin[dag_id], destination[dag_id], lacks.get(dag_id, [])) for dag_id in ids}


def _read(move: Move, agent: Agent, ids: Sequence[str], name: str) -> tuple[View, list[str]]:
    """What a side shows, and whether its clock is one to go by."""
    view = observe(agent, ids)
    off = skewed(name, view.now, move.clock())
    return view, [off] if off else []


def _judge(move: Move, dag_id: str, here: Seen, there: Seen, lacks: list[str]) -> Outcome:
    kept = _was_paused(move, here)
    reasons = [*_origin(move, here), *_destination(move, dag_id, there, moves=not kept)]
    if not kept and (differs := other_schedule(here.schedule, there.schedule)):
        reasons.append(differs)
    reasons += lacks if there.exists else []
    if reasons:
        return Failed("; ".join([*reasons, *_planned(move, dag_id, there)]))
    facts = {"kept_paused": kept, "by_datasets": here.by_datasets or there.by_datasets}
    return Done(facts, "stays paused, as it was" if kept else "")


def _planned(move: Move, dag_id: str, there: Seen) -> Iterator[str]:
    """The readiness that it was planned with, where its file does not load: what the target loads is ready there."""
    planned = move.wanted.planned.get(dag_id)
    if planned is not None and planned.readiness in HELD and (there.import_error or not there.exists):
        yield f"planned as {planned.verdict}"


def _was_paused(move: Move, here: Seen) -> bool:
    """Whether it is to stay paused; where nobody knows whether it was, a rule of its backlog says that it is to run."""
    if move.outage is None:
        return here.paused
    return bool(here.was_paused)


def _origin(move: Move, here: Seen) -> list[str]:
    name = "v1" if move.direction is Direction.FORWARD else "v2"
    return [] if here.exists else [f"{name} does not know it: run migrate inventory and migrate plan again"]


def _destination(move: Move, dag_id: str, there: Seen, *, moves: bool) -> list[str]:
    name = "v2" if move.direction is Direction.FORWARD else "v1"
    if not there.exists:
        return [f"{name} does not know it: {there.import_error or 'run migrate deploy'}"]
    reasons = []
    if there.import_error:
        reasons.append(f"its file fails to import in {name}: {there.import_error.strip().splitlines()[-1]}")
    if not there.paused:
        reasons.append(f"it is unpaused in {name} already: pause it there, and look for runs that it made")
    # a DAG that stays paused may keep what somebody froze there long ago
    if there.active and moves and move.outage is None:
        reasons.append(f"{len(there.active)} run(s) wait or run in {name}: {shown(there.active[0].run_id)}")
    if move.destination.agentless and moves:
        reasons += without_agent(move, dag_id, there)
    missing = _missing_tasks(move, dag_id, there)
    if missing:
        reasons.append(f"{name} lacks its task(s) {', '.join(missing)}: run migrate rewrite and migrate deploy again")
    return reasons


def _missing_tasks(move: Move, dag_id: str, there: Seen) -> list[str]:
    known = move.dags.get(dag_id)
    if known is None or not there.task_ids:
        return []
    return sorted({task.task_id for task in known.tasks} - set(there.task_ids))
