"""PREFLIGHT > QUIESCING > PAUSED: wait until a DAG is idle and far from a boundary, then pause it, in one transaction.

Pausing freezes every task that is not running yet, so a DAG is left on until no run of it is active; one that is never
idle, until all that is left of its runs is running.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.cutover.drains import DrainRule, Policy, rule_for
from migrator.cutover.intervals import PauseWindow, pause_window
from migrator.cutover.machine import Done, Failed, Waiting, admitted, groups
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe
from migrator.model.duration import spelled
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen, View


_LATER = Waiting("its turn comes when those before it are unpaused")


def begin(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Fix the moment from which intervals that nobody ran are ours to run."""
    since = move.clock().isoformat()
    return {record.dag_id: Done({"quiescing_since": since}) for record in records}


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Pause each DAG that is idle inside its window; the others are waited for until the drain timeout."""
    outcomes: dict[str, Outcome] = {
        record.dag_id: Done({}, "was paused already") for record in records if record.facts["kept_paused"]
    }
    moving = {record.dag_id: record for record in records if record.dag_id not in outcomes}
    if not moving:
        return outcomes
    together = groups([*moving, *move.flying], move.ties)
    if not admitted(moving, move.flying, together, move.settings.max_in_flight):
        return outcomes | dict.fromkeys(moving, _LATER)
    view = _thawed(move, observe(move.origin.agent, moving))
    windows = {dag_id: _window(move, dag_id, view[dag_id], view.now) for dag_id in moving}
    last = {dag_id for dag_id, record in moving.items() if _waited(move, record) > move.settings.last_tasks}
    idle = [d for d, window in windows.items() if move.dry or _open(view, d, window, last_tasks=d in last)]
    room = admitted(idle, move.flying, together, move.settings.max_in_flight)
    candidates = {d: {**windows[d].as_json(), "last_tasks": d in last} for d in idle if d in room}
    paused = ask(move.origin.agent, "pause_if_idle", candidates)[1] if candidates else {}
    frozen = _freeze(move, moving, view)
    later = {dag_id for dag_id in idle if dag_id not in room}
    for dag_id, record in moving.items():
        if dag_id in frozen:
            outcomes[dag_id] = left_behind(view[dag_id], view.now)
        elif dag_id in later:
            outcomes[dag_id] = _LATER
        elif move.dry and not _open(view, dag_id, windows[dag_id], last_tasks=False):
            reason = _reason(None, view[dag_id], windows[dag_id])
            outcomes[dag_id] = Done({"paused_at": view.now.isoformat()}, f"would wait: {reason}")
        else:
            outcomes[dag_id] = _outcome(move, record, paused.get(dag_id), view[dag_id], windows[dag_id])
    return outcomes


def _thawed(move: Move, view: View) -> View:
    """The view once no DAG is paused with work left, as a pause that a crash cut off may leave it: it would not end."""
    stuck = [d for d, seen in view.dags.items() if seen.paused and not all(run.on_last_tasks for run in seen.active)]
    if stuck and not move.dry:
        ask(move.origin.agent, "set_paused", dict.fromkeys(stuck, False))
        return observe(move.origin.agent, view.dags)
    return view


def _freeze(move: Move, records: Mapping[str, Record], view: View) -> list[str]:
    """Pause the DAGs that had their time and whose runs may be left behind."""
    due = [
        dag_id
        for dag_id, record in records.items()
        if (rule := _rule(move, dag_id)).policy is Policy.FREEZE
        and view[dag_id].active
        and _waited(move, record) > rule.after
    ]
    if due and not move.dry:
        ask(move.origin.agent, "set_paused", dict.fromkeys(due, True))
    return due


def left_behind(seen: Seen, now: datetime) -> Done:
    """What was active is run anew on the other side, where it is automated; others can't be made again."""
    intervals = [
        {"logical_date": run.logical_date.isoformat(), "interval_end": run.interval_end.isoformat()}
        for run in seen.active
        if run.automated and run.interval_end
    ]
    names = ", ".join(shown(run.run_id) for run in seen.active)
    return Done({"paused_at": now.isoformat(), "frozen": intervals}, f"left behind, frozen: {names}")


def _open(view: View, dag_id: str, window: PauseWindow, *, last_tasks: bool) -> bool:
    free = all(last_tasks and run.on_last_tasks for run in view[dag_id].active)
    return free and _inside(window, view.now)


def _window(move: Move, dag_id: str, seen: Seen, now: datetime) -> PauseWindow:
    dag = move.dags.get(dag_id)
    last = seen.finished[0].logical_date if seen.finished else None
    return pause_window(dag.schedule, now, last, move.settings.margin) if dag else PauseWindow()


def _inside(window: PauseWindow, now: datetime) -> bool:
    return (window.not_before is None or window.not_before <= now) and (
        window.not_after is None or now <= window.not_after
    )


def _outcome(move: Move, record: Record, answer: Any, seen: Seen, window: PauseWindow) -> Outcome:  # noqa: ANN401
    if answer and answer.get("paused"):
        left = ", ".join(shown(run["run_id"]) for run in answer.get("active") or ())
        note = f"while the last tasks of {left} run" if left else ""
        return Done({"paused_at": answer["at"], "last_tasks": bool(left)}, note)
    if answer and answer.get("error"):
        return Failed(str(answer["error"]))
    reason = _reason(answer, seen, window)
    rule = _rule(move, record.dag_id)
    if rule.policy is Policy.GIVE_UP and _waited(move, record) > rule.after:
        return Failed(f"not idle within {spelled(rule.after.total_seconds())}: {reason}")
    return Waiting(reason)


def _rule(move: Move, dag_id: str) -> DrainRule:
    return rule_for(dag_id, move.settings.drains, move.settings.drain_timeout)


def _waited(move: Move, record: Record) -> timedelta:
    return move.clock() - datetime.fromisoformat(record.facts["quiescing_since"])


def _reason(answer: Any, seen: Seen, window: PauseWindow) -> str:  # noqa: ANN401 - JSON
    if answer:
        return str(answer.get("reason") or "not idle")
    if seen.active:
        run = seen.active[0]
        unfinished = [f"{task}={state}" for task, state in sorted(run.tasks.items()) if state != "success"]
        return f"{shown(run.run_id)} is {run.state} ({', '.join(unfinished[:3]) or 'no task yet'})"
    opens = f"{window.not_before:%H:%M:%S}" if window.not_before else "?"
    closes = f"{window.not_after:%H:%M:%S}" if window.not_after else "?"
    return f"near an interval boundary; may pause from {opens} to {closes} UTC"
