"""The steps that are others where the origin no longer runs: nothing is paused or drained, and its backlog is decided.

What is left out is written into the destination as runs that say who decided it; what is to be run is queued when the
DAG is switched on, and what catchup makes itself is left to it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.cutover.backlog.decision import decided
from migrator.cutover.backlog.outage import backlog_now
from migrator.cutover.backlog.problems import merged
from migrator.cutover.backlog.turns import waiting
from migrator.cutover.machine import Done, Failed, Waiting
from migrator.cutover.sides import act as ask
from migrator.cutover.sides import observe, run_json, runs_adapter
from migrator.cutover.steps import preflight, switch_on
from migrator.cutover.steps.watermark import facts_of, marked
from migrator.model.dag import ReferenceKind
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.backlog.decision import Decision
    from migrator.cutover.backlog.missed import Backlog
    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen

    Found = tuple[Backlog, Seen, tuple[Run, ...]]
    """A backlog, what the origin showed, and what ran in the destination already, oldest first."""

NO_AGENT = "without the agent in v2 nothing that is left out can be recorded there: remove agent = false of [target]"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """The preflight, and whether what each DAG left undone can be decided."""
    outcomes = dict(preflight.act(move, records))
    moving = [i for i, one in outcomes.items() if isinstance(one, Done) and not one.facts["kept_paused"]]
    if move.destination.agentless:
        return outcomes | dict.fromkeys(moving, Failed(NO_AGENT))
    now = move.clock()
    found = _backlogs(move, moving, now)
    alone = {dag_id: one[0] for dag_id, one in found.items()}
    for dag_id, one in found.items():
        more = merged(move.dags[dag_id], alone, move.dags.values())
        wrong = [*one[0].problems, *more] or filter(None, [_decision(move, dag_id, one, now).problem])
        if reasons := "; ".join(wrong):
            outcomes[dag_id] = Failed(reasons)
    return outcomes


def nothing_to_pause(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Each DAG is off in an origin that no longer runs."""
    facts, seen = {"paused_at": move.clock().isoformat()}, move.origin.last_seen
    done = Done(facts, f"nothing to pause: v1 was seen last at {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "")
    kept = Done({}, "was paused already")
    return {record.dag_id: kept if record.facts["kept_paused"] else done for record in records}


def nothing_to_drain(_move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Nothing is at work in an origin that no longer runs."""
    return {record.dag_id: Done() for record in records}


def decide(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """L and E of each DAG, and of what came due since until now: what is left out, and what is queued."""
    now = move.clock()
    found = _backlogs(move, [record.dag_id for record in records if not record.facts["kept_paused"]], now)
    view = observe(move.origin.agent, [record.dag_id for record in records], move.settings.history)
    plain = {i: marked(facts_of(view[i])) for i in (record.dag_id for record in records)}
    return plain | {dag_id: _decided(move, dag_id, one, now) for dag_id, one in found.items()}


def start(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Queue what is to be run and switch on, as far as the limit of runs at once leaves room."""
    outcomes: dict[str, Outcome] = {
        record.dag_id: Done({"switched_at": None}, "left paused, as it was")
        for record in records
        if record.facts["kept_paused"]
    }
    moving = [record for record in records if record.dag_id not in outcomes]
    outcomes |= {dag_id: Waiting(reason) for dag_id, reason in _turns(move, moving).items()}
    asked = {r.dag_id: _order(r) for r in switch_on.start_order(move, moving) if r.dag_id not in outcomes}
    if not asked:
        return outcomes
    now, answers = ask(move.destination.agent, "switch_on", asked)
    return outcomes | {dag_id: switch_on.outcome(answers.get(dag_id), now.isoformat()) for dag_id in asked}


def _backlogs(move: Move, ids: Sequence[str], now: datetime) -> dict[str, Found]:
    if not ids or move.outage is None:
        return {}
    view = observe(move.origin.agent, ids, move.settings.history)
    ran = _ran(move, ids, [view[dag_id] for dag_id in ids])
    found: dict[str, Found] = {}
    for dag_id in ids:
        seen, runs = view[dag_id], ran.get(dag_id, ())
        dates, usual = {run.logical_date for run in runs}, move.wanted.seconds.get(dag_id)
        found[dag_id] = backlog_now(move.outage, move.dags[dag_id], seen.finished, now, dates, usual), seen, runs
    return found


def _ran(move: Move, ids: Sequence[str], seen: Sequence[Seen]) -> dict[str, tuple[Run, ...]]:
    """What ran in the destination already, as after a rollback, since the last runs of the origin."""
    last = [one.finished[0].logical_date if one.finished else EPOCH for one in seen]
    since = max(EPOCH, min(last) - timedelta(days=1))
    answer = move.destination.agent.call("runs", dag_ids=list(ids), since=since.isoformat())
    found: dict[str, tuple[Run, ...]] = {}
    for run in sorted(runs_adapter().validate_python(answer.result["runs"]), key=lambda run: run.logical_date):
        if run.automated and not run.carried:
            found[run.dag_id] = (*found.get(run.dag_id, ()), run)
    return found


def _decision(move: Move, dag_id: str, found: Found, now: datetime) -> Decision:
    backlog, _, ran = found
    return decided(move.dags[dag_id], backlog, ran, move.by, now)


def _decided(move: Move, dag_id: str, found: Found, now: datetime) -> Outcome:
    """What the record keeps; the schedule goes on after the last run, what is left out, or what ran here already."""
    _, seen, ran = found
    decision, facts = _decision(move, dag_id, found, now), facts_of(seen)
    who = {name: decision.facts[name] for name in ("by", "policy", "because")}
    marks = [{**_json(dag_id, one.start, one.end), "decided": who} for one in decision.marks]
    ends = [(one.start, one.end) for one in decision.skip] + [(run.logical_date, run.interval_end) for run in ran]
    mark, latest = facts["watermark"], max(ends, default=None, key=lambda one: one[0])
    if latest and (mark is None or latest[0] > datetime.fromisoformat(mark["start"])):
        end = latest[1].isoformat() if latest[1] else None
        mark = {"start": latest[0].isoformat(), "end": end, "ended": None}
    done = marked({"watermark": mark, "carry": facts["carry"]})
    about = f"runs {decision.facts['run']}, leaves out {decision.facts['skip']} ({who['policy']}, {who['because']})"
    more = {"marks": marks, "queue": list(decision.queue), "backlog": dict(decision.facts)}
    return Done({**done.facts, **more}, f"{done.note}; {about}")


def _json(dag_id: str, start: datetime, end: datetime) -> dict[str, Any]:
    return run_json(Run(dag_id, "left out", start, "success", automated=True, interval_end=end))


def _order(record: Record) -> dict[str, Any]:
    facts = record.facts
    return {"fill_after": facts["backlog"]["until"], "fill": facts["queue"], "not_before": None, "not_after": None}


def _turns(move: Move, records: Sequence[Record]) -> dict[str, str]:
    """Why each DAG that has to wait is not switched on yet."""
    if move.outage is None or move.dry:
        return {}
    weights = {record.dag_id: int(record.facts["backlog"]["at_once"]) for record in records}
    awaited = {record.dag_id: _awaited(move, record.dag_id) for record in records}
    return waiting(weights, awaited, _at_work(move), move.outage.at_once)


def _awaited(move: Move, dag_id: str) -> frozenset[str]:
    references = [task.reference for task in move.dags[dag_id].tasks if task.reference]
    return frozenset(one.dag_id for one in references if one.kind is ReferenceKind.WAITS_FOR and one.dag_id)


def _at_work(move: Move) -> dict[str, int]:
    """The DAGs that are on and not done with their backlog, and how many runs of it each may have at work."""
    weights = {r.dag_id: r for r in move.switched if (r.facts.get("backlog") or {}).get("run")}
    view = observe(move.destination.agent, weights, 1) if weights else None
    return {i: int(r.facts["backlog"]["at_once"]) for i, r in weights.items() if view and not _is_done(r, view[i])}


def _is_done(record: Record, seen: Seen) -> bool:
    """Whether the newest run of the backlog ended, and none of it is left."""
    newest = record.facts["backlog"]["newest"]
    if newest is None:
        return not seen.active
    until = datetime.fromisoformat(newest)
    ended = any(not run.carried and run.logical_date >= until for run in seen.finished)
    return ended and not any(run.automated and run.logical_date <= until for run in seen.active)
