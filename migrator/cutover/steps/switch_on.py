"""REPARSED > UNPAUSED: the destination goes on, in the order in which nobody misses a trigger.

What came due while both sides were paused is made into real runs in the same transaction, since Airflow skips them
where catchup is off.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.cutover.intervals import PauseWindow, intervals, newest_due, pause_window
from migrator.cutover.machine import Again, Done, Failed, Record, State, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe
from migrator.model.dag import ReferenceKind
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome
    from migrator.cutover.sides import Move, Seen
    from migrator.model.dag import Reference


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Read the origin back, then switch on; never while the origin is on."""
    outcomes: dict[str, Outcome] = {
        record.dag_id: Done({"switched_at": None}, "left paused, as it was")
        for record in records
        if record.facts["kept_paused"]
    }
    moving = [record for record in records if record.dag_id not in outcomes]
    if not moving:
        return outcomes
    view = observe(move.origin.agent, [record.dag_id for record in moving])
    on = [record.dag_id for record in moving if not view[record.dag_id].paused]
    if on:
        reason = f"{', '.join(on)}: unpaused again in the origin by somebody"
        return outcomes | {record.dag_id: Failed(reason) for record in moving}
    # a rehearsal pauses nothing, so the origin goes on as it should
    ran = {} if move.dry else {r.dag_id: reason for r in moving if (reason := _ran_since(r, view[r.dag_id]))}
    if ran:
        reason = "; ".join(ran.values())
        return outcomes | {record.dag_id: Failed(reason) for record in moving}
    asked = {record.dag_id: _request(move, record, records) for record in start_order(move, moving)}
    now, answers = ask(move.destination.agent, "switch_on", asked)
    return outcomes | {record.dag_id: outcome(answers.get(record.dag_id), now.isoformat()) for record in moving}


def _ran_since(record: Record, seen: Seen) -> str:
    """What the origin ran after its finished runs were read: somebody had it on meanwhile."""
    mark = record.facts["watermark"]
    if not seen.finished or "frozen" in record.facts:
        return ""
    newest = seen.finished[0]
    if mark and newest.logical_date <= datetime.fromisoformat(mark["start"]):
        return ""
    return f"{record.dag_id}: {shown(newest.run_id)} ran in the origin while it was moved"


def fill_after(move: Move, record: Record) -> str:
    """The moment after which what came due is ours to run: of what was due before the wave, only the newest is.

    That one a side without catchup would have run, however late it was; the ones before it leaves out.
    """
    since, dag = str(record.facts["quiescing_since"]), move.dags.get(record.dag_id)
    if dag is None or dag.catchup:
        return since
    mark = record.facts.get("watermark")
    last = datetime.fromisoformat(mark["start"]) if mark else None
    newest = newest_due(dag.schedule, datetime.fromisoformat(since), last)
    return (newest - timedelta(microseconds=1)).isoformat() if newest else since


def _request(move: Move, record: Record, group: Sequence[Record]) -> dict[str, Any]:
    since, mark, frozen = fill_after(move, record), record.facts["watermark"], record.facts.get("frozen", [])
    ends = [run["interval_end"] for run in frozen]
    if mark and mark["end"] and (move.settings.run_missed or _was_busy(move, record)):
        ends.append(mark["end"])
    since = min([since, *ends], key=datetime.fromisoformat)
    fill = [*frozen, *_owed(move, record, group)]
    return {"fill_after": since, "fill": fill, **_window(move, record).as_json()}


def _window(move: Move, record: Record) -> PauseWindow:
    """When it may go on: at any time, but near a boundary where there is no agent that looks and unpauses at once."""
    dag, mark = move.dags.get(record.dag_id), record.facts["watermark"]
    if dag is None or not move.destination.agentless:
        return PauseWindow()
    last = datetime.fromisoformat(mark["start"]) if mark else None
    return pause_window(dag.schedule, move.clock(), last, move.settings.margin)


def _was_busy(move: Move, record: Record) -> bool:
    """Whether intervals came due while the last run was at work: the origin would have gone on with those."""
    mark, dag = record.facts["watermark"], move.dags.get(record.dag_id)
    if dag is None or not mark.get("ended"):
        return False
    start, end, ended = (datetime.fromisoformat(mark[name]) for name in ("start", "end", "ended"))
    return next(intervals(dag.schedule, end, ended, start), None) is not None


def _owed(move: Move, record: Record, group: Sequence[Record]) -> list[dict[str, str]]:
    """What a DAG that runs by datasets on one of the sides still has to do: intervals that its producers have done.

    Nothing will start these: an update that met it paused is lost, and the other side knows no update of it.
    """
    dag = move.dags.get(record.dag_id)
    if dag is None or not record.facts.get("by_datasets") or not record.facts["watermark"]:
        return []
    awaited = {task.reference.dag_id for task in dag.tasks if task.reference and _waits(task.reference)}
    done = [other.facts["watermark"] for other in group if other.dag_id in awaited]
    if not done or not all(done):
        return []
    own = datetime.fromisoformat(record.facts["watermark"]["start"])
    until = min(datetime.fromisoformat(mark["start"]) for mark in done)
    found = intervals(dag.schedule, own, move.clock(), own)
    return [
        {"logical_date": one.start.isoformat(), "interval_end": one.end.isoformat()}
        for one in found
        if own < one.start <= until
    ]


def _waits(reference: Reference) -> bool:
    return reference.kind is ReferenceKind.WAITS_FOR


def start_order(move: Move, records: Sequence[Record]) -> list[Record]:
    """The DAGs with those first that others wait for to be listening: the reverse of the order of pausing."""
    left, done = {record.dag_id: record for record in records}, list[Record]()
    while left:
        free = [i for i in sorted(left) if not any(i in move.pause_after.get(o, ()) for o in left if o != i)]
        for dag_id in free or sorted(left)[:1]:
            done.append(left.pop(dag_id))
    return done


def outcome(answer: Any, now: str) -> Outcome:  # noqa: ANN401 - JSON
    """What came of switching on, by the agent's answer; ``now``: its clock."""
    if answer is None:
        return Waiting("no answer for it yet")
    if answer.get("error"):
        return Failed(f"unpause: {answer['error']}")
    if answer.get("paused"):
        return Again(State.REPARSED, str(answer.get("reason") or "not unpaused"))
    filled = answer.get("filled") or []
    note = f"{len(filled)} interval(s) that came due meanwhile were queued" if filled else ""
    return Done({"switched_at": answer.get("at") or now, "filled": filled}, note)
