"""Drive every DAG of an attempt through the steps, in bulk, with intent and result in the journal.

One round looks at each step once and gives it all the DAGs that are ready for it, so a wave is a handful of calls.
Between two rounds every DAG is at a safe point: the journal says where, and ``resume`` goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, assert_never

from migrator.cutover.back_out import back_out
from migrator.cutover.machine import Again, Done, Failed, Record, State, Waiting, groups, in_flight, may_pause, ready
from migrator.cutover.steps import Step, steps_of
from migrator.cutover.watch import ALARM, Watch
from migrator.errors import RefusedError
from migrator.model.text import file_shown, listed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrator.cutover.journal import Attempt, Journal
    from migrator.cutover.machine import Outcome
    from migrator.cutover.sides import Move


PATIENCE = 12
"""After so many rounds a step that stands back for the others is taken all the same."""

Row = tuple[str, State, "Mapping[str, Any]", str]


class StoppedError(Exception):
    """Somebody asked to stop, and every DAG is at a safe point."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What one attempt is driven with.

    ``pulse`` is told often what each DAG waits for; ``stop`` says whether to stop now.
    """

    move: Move
    journal: Journal
    attempt: Attempt
    pulse: Callable[[Mapping[str, str]], None]
    stop: Callable[[], bool]
    watch: Watch = field(default_factory=Watch)


def run(drive: Drive) -> Mapping[str, Record]:
    """Take every DAG to its end; the records as they ended. RefusedError when the preflight finds a reason.

    Raises StoppedError at the next safe point once ``stop`` says so.
    """
    waiting: dict[str, str] = {}
    for number in count():
        moved = _round(drive, waiting, number)
        _watch(drive)
        drive.pulse(waiting)
        records = drive.journal.records(drive.attempt)
        if all(record.state.final for record in records.values()):
            return records
        if drive.stop():
            raise StoppedError
        if not moved:
            drive.move.sleep(drive.move.settings.poll.total_seconds())
    raise AssertionError


def _watch(drive: Drive) -> None:
    records = drive.journal.records(drive.attempt)
    for dag_id in drive.watch.look(drive.move, records):
        state = records[dag_id].state if dag_id in records else State.OBSERVED
        drive.journal.write(drive.attempt, drive.move.clock(), "alarm", [(dag_id, state, {}, ALARM)])
        drive.move.say(f"{dag_id:<28} {'ALARM':<14} {ALARM}")


def _round(drive: Drive, waiting: dict[str, str], number: int) -> bool:
    moved = False
    for step in steps_of(drive.move):
        if step.patient and moved and number % PATIENCE:
            continue
        records = drive.journal.records(drive.attempt)
        candidates = _candidates(drive, step, records)
        if candidates:
            moved |= _take(drive, step, candidates, waiting)
            drive.pulse(waiting)
    return moved


def _candidates(drive: Drive, step: Step, records: Mapping[str, Record]) -> list[Record]:
    found = [r for group in groups(records, drive.move.ties) for r in ready(records, group, step.before)]
    if step.ordered:
        found = [r for r in found if may_pause(records, drive.move.pause_after.get(r.dag_id, ()))]
    return found


def _take(drive: Drive, step: Step, candidates: list[Record], waiting: dict[str, str]) -> bool:
    now = drive.move.clock()
    drive.journal.write(drive.attempt, now, "intent", [(r.dag_id, step.after, {}, "") for r in candidates])
    flying = in_flight(drive.journal.records(drive.attempt)) if step.ordered else frozenset[str]()
    move = replace(drive.move, flying=flying, switched=_switched(drive, step))
    outcomes = step.act(move, candidates)
    _note(drive, step, {record.dag_id: outcomes[record.dag_id] for record in candidates}, waiting)
    failed = {dag_id: outcome.reason for dag_id, outcome in outcomes.items() if isinstance(outcome, Failed)}
    if failed:
        _give_up(drive, step, failed)
    return any(isinstance(outcome, Done | Failed) for outcome in outcomes.values())


def _switched(drive: Drive, step: Step) -> tuple[Record, ...]:
    """The DAGs that are on in the destination, for the step that switches on."""
    if step.after is not State.UNPAUSED:
        return ()
    records = drive.journal.records(drive.attempt).values()
    return tuple(record for record in records if record.state in {State.UNPAUSED, State.OBSERVED})


def _note(drive: Drive, step: Step, outcomes: Mapping[str, Outcome], waiting: dict[str, str]) -> None:
    """Write what came of a step in three transactions at most, then say it."""
    done: list[Row] = []
    failed: list[Row] = []
    for dag_id, outcome in outcomes.items():
        match outcome:
            case Done(facts, note):
                done.append((dag_id, step.after, facts, note))
            case Again(state, reason):
                done.append((dag_id, state, {}, reason))
            case Failed(reason):
                failed.append((dag_id, step.after, {}, reason))
            case Waiting():
                pass
            case _:
                assert_never(outcome)
    waits: list[Row] = [
        (dag_id, step.before, {}, outcome.reason)
        for dag_id, outcome in outcomes.items()
        if isinstance(outcome, Waiting) and waiting.get(dag_id) != outcome.reason
    ]
    now = drive.move.clock()
    for phase, rows in (("done", done), ("failed", failed), ("waiting", waits)):
        if rows:
            drive.journal.write(drive.attempt, now, phase, rows)
    for dag_id, outcome in outcomes.items():
        _say(drive, step, dag_id, outcome, waiting)
        if step.after is State.OBSERVED and isinstance(outcome, Done):
            _tell(drive, dag_id, step.after)


def _tell(drive: Drive, dag_id: str, state: State) -> None:
    """The hook after a DAG; it is too late for a veto, so its no is only said."""
    if trouble := drive.move.hook("after_dag", dag_id, state.label(drive.attempt.direction)):
        drive.move.say(f"{dag_id:<28} {'warning':<14} {trouble}")


def _say(drive: Drive, step: Step, dag_id: str, outcome: Outcome, waiting: dict[str, str]) -> None:
    match outcome:
        case Done(_, text):
            waiting.pop(dag_id, None)
            word = step.after.label(drive.attempt.direction)
        case Again(_, text):
            word = "again"
        case Failed(text):
            word = "failed"
        case Waiting(text):
            if waiting.get(dag_id) == text:
                return
            waiting[dag_id] = text
            word = "waiting"
    drive.move.say(f"{file_shown(dag_id):<28} {word:<14} {one_line(text)}".rstrip())


def _give_up(drive: Drive, step: Step, failed: Mapping[str, str]) -> None:
    if step.before is State.PLANNED:
        drive.journal.end(drive.attempt, drive.move.clock(), "refused")
        lines = listed(f"{dag_id}: {reason}" for dag_id, reason in failed.items())
        raise RefusedError(
            f"{len(failed)} DAG(s) of the wave cannot be cut over, so nothing was changed.",
            why=lines,
            fix="fix what it names, then run the same command again; migrate plan takes a DAG out of the wave",
        )
    records = drive.journal.records(drive.attempt)
    for group in groups(records, drive.move.ties):
        if group & failed.keys():
            members = [records[dag_id] for dag_id in sorted(group)]
            back_out(drive.move, drive.journal, drive.attempt, members)
