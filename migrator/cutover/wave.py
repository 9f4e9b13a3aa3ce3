"""Cut a wave over, resume what was interrupted, and take a wave back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.cutover.back_out import back_out
from migrator.cutover.context import (
    ask_before,
    begin,
    excerpt_for,
    hook_of,
    mirror,
    move_of,
    note_act,
    refuse_other_inventory,
    refuse_other_source,
    settle,
)
from migrator.cutover.difference import changed, refuse_changed
from migrator.cutover.endings import outcome_of, raise_for, refuse_when_complete
from migrator.cutover.executor import Drive, StoppedError, run
from migrator.cutover.machine import Direction, Record, State, groups
from migrator.cutover.offer import offer
from migrator.cutover.progress import Pace
from migrator.cutover.pulse import Pulse
from migrator.cutover.sides import observe
from migrator.cutover.taking_back import TakingBack, excerpt_back, refuse_other, taking_back
from migrator.cutover.verdict import Verdict
from migrator.cutover.watch import Watch
from migrator.cutover.whereabouts import ARRIVED, arrivals, on_target, unpaused_on_target
from migrator.errors import AgentError, ItemsFailedError, RefusedError, UnreachableError, UsageError
from migrator.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.cutover.context import CutoverContext
    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Attempt, Journal


def cut_over(context: CutoverContext, number: int, confirmed: Excerpt | None = None) -> Mapping[str, Record]:
    """Take every DAG of the wave to the target.

    ``confirmed``: what the person was shown; RefusedError with the differences where the files say otherwise by now.
    """
    refuse_when_open(context.journal)
    context.refuse_living()
    excerpt = _chosen(context, number, confirmed)
    if not excerpt.moving:
        raise RefusedError(
            f"Wave {number} is cut over already.",
            why="The journal says that each of its DAGs runs in v2.",
            fix=f"migrate audit shows its runs; migrate rollback --wave {number} takes it back",
        )
    ask_before(context, number, Direction.FORWARD)
    return drive(context, begin(context, Direction.FORWARD, excerpt))


def _chosen(context: CutoverContext, number: int, confirmed: Excerpt | None) -> Excerpt:
    """What the wave is begun with, read while the lock is held."""
    try:
        files = context.files()
        excerpt = offer(files, number, context.settings, on_target(context.journal).keys(), context.sides)
    except UsageError as error:
        if confirmed is None:
            raise
        raise changed(number, [f"{error.what} {error.why}"]) from error
    if confirmed is not None:
        refuse_changed(confirmed, excerpt)
    files.check(number)
    return excerpt


def resume(context: CutoverContext) -> Mapping[str, Record]:
    """Go on with the attempt that is open, from where each DAG stands, by what it was begun with."""
    attempt = context.journal.open_attempt()
    if attempt is None:
        raise RefusedError(
            "There is nothing to resume.", why="Every wave that was begun has ended.", fix="migrate status shows them"
        )
    settle(context, attempt)
    refuse_other_inventory(context, attempt)
    if attempt.direction is Direction.FORWARD and excerpt_for(context, attempt).outage is not None:
        context.refuse_living()
    note_act(context, "resume", attempt.wave)
    context.say(f"resuming wave {attempt.wave}, {attempt.direction}")
    return drive(context, attempt)


def roll_back(context: CutoverContext, number: int, confirmed: TakingBack | None = None) -> Mapping[str, Record]:
    """Take a wave back to v1, at whatever state it is: what is not on yet is backed out, what is on moves back.

    ``confirmed``: what the person was shown; RefusedError where the journal has another by now.
    """
    unfinished = context.journal.open_attempt()
    if unfinished is not None and (unfinished.wave != number or unfinished.direction is Direction.BACK):
        refuse_when_open(context.journal)
    if confirmed is not None:
        refuse_other(confirmed, taking_back(context.journal, number))
    _came_with(context, number)
    if unfinished is not None:
        settle(context, unfinished)
        note_act(context, "abandon", number)
        _abandon(context, unfinished)
    ids = taking_back(context.journal, number).there
    if ids:
        arrived = arrivals(context.journal)
        refuse_when_complete(number, {i: context.journal.records(arrived[i])[i] for i in ids})
        excerpt = excerpt_back(number, _came_with(context, number), ids, context.settings)
        _refuse_revived(context, arrived[ids[0]], excerpt)
        ask_before(context, number, Direction.BACK)
        return drive(context, begin(context, Direction.BACK, excerpt))
    if unfinished is not None:
        return {}
    raise RefusedError(
        f"Wave {number} is not unpaused in v2, so there is nothing to take back.",
        why="The journal has no DAG of it that was unpaused there.",
        fix="migrate status shows where each DAG is",
    )


def _came_with(context: CutoverContext, number: int) -> list[Excerpt]:
    """What the attempts went by that brought the wave's DAGs to the target, oldest first."""
    found = {attempt.id: attempt for attempt in arrivals(context.journal).values() if attempt.wave == number}
    return [excerpt_for(context, attempt) for _, attempt in sorted(found.items())]


def _refuse_revived(context: CutoverContext, attempt: Attempt, excerpt: Excerpt) -> None:
    """RefusedError where DAGs came from a source that no longer ran, and one that runs is named now."""
    if excerpt.outage is not None:
        refuse_other_source(context, attempt, excerpt)


def refuse_when_open(journal: Journal) -> None:
    """RefusedError while an attempt is open."""
    attempt = journal.open_attempt()
    if attempt is not None:
        raise RefusedError(
            f"Wave {attempt.wave} ({attempt.direction}) was begun at {attempt.started[:19]} UTC and has not ended.",
            why="It was interrupted; its DAGs may be paused on both sides.",
            fix=f"migrate resume goes on with it; migrate rollback --wave {attempt.wave} takes it back",
        )


def _abandon(context: CutoverContext, attempt: Attempt) -> None:
    """End an open attempt: what is not on in the destination yet goes back to where it began."""
    _note_arrivals(context, attempt)
    records = context.journal.records(attempt)
    behind = [record for record in records.values() if record.state < State.UNPAUSED]
    if behind:
        back_out(move_of(context, attempt, list(records)), context.journal, attempt, behind)
    context.journal.end(attempt, context.clock(), "abandoned")
    mirror(context)
    ended = context.journal.records(attempt)
    raise_for({i: r for i, r in ended.items() if r.state is State.NEEDS_PERSON}, attempt.wave)


def _note_arrivals(context: CutoverContext, attempt: Attempt) -> None:
    """A crash may have come after a DAG was switched on and before the journal knew: read it back."""
    waiting = [r.dag_id for r in context.journal.records(attempt).values() if r.state is State.REPARSED]
    if not waiting:
        return
    now = context.clock()
    view = observe(move_of(context, attempt, waiting).destination.agent, waiting)
    facts = {"switched_at": now.isoformat()}
    on = [(dag_id, State.UNPAUSED, facts, "was unpaused already") for dag_id in waiting if not view[dag_id].paused]
    context.journal.write(attempt, now, "done", on)


def drive(context: CutoverContext, attempt: Attempt) -> Mapping[str, Record]:
    """Take an attempt to its end; then take back what failed there, where that is asked for."""
    records = _drive(context, attempt)
    back = _to_take_back(context, attempt, records)
    if not back:
        return records
    context.say(f"{', '.join(back)}: taken back, as cutover.auto_rollback asks for")
    asked = replace(context, reason="automatic: a first run in v2 failed")
    excerpt = replace(excerpt_for(context, attempt), moving=tuple(back))
    ended = _drive(asked, begin(asked, Direction.BACK, excerpt))
    there = {dag_id for dag_id, record in ended.items() if record.state is State.OBSERVED}
    return {i: replace(r, facts={**r.facts, "taken_back": i in there}) for i, r in records.items()}


def _to_take_back(context: CutoverContext, attempt: Attempt, records: Mapping[str, Record]) -> list[str]:
    """The groups of what failed in v2 and did not in v1; what is inconclusive waits for a person."""
    excerpt = excerpt_for(context, attempt)
    if context.dry or not excerpt.settings.auto_rollback or attempt.direction is Direction.BACK:
        return []
    failed = {dag_id for dag_id, record in records.items() if record.facts.get("verdict") == Verdict.FAILED}
    there = [dag_id for group in groups(records, excerpt.ties) if group & failed for dag_id in group]
    return sorted(dag_id for dag_id in there if records[dag_id].state in ARRIVED)


def _drive(context: CutoverContext, attempt: Attempt) -> Mapping[str, Record]:
    excerpt, forward = excerpt_for(context, attempt), attempt.direction is Direction.FORWARD
    watch = Watch(unpaused_on_target(context.journal) - set(excerpt.moving) if forward else frozenset())
    pace = Pace(excerpt.seconds, excerpt.settings.settle, excerpt.settings.observe)
    pulse = Pulse(context.journal, attempt, context.clock, context.eyes, lambda: mirror(context), pace)
    move = move_of(context, attempt, excerpt.moving)
    try:
        pulse.beat({}, sure=True)
        records = run(Drive(move, context.journal, attempt, pulse.beat, context.stop, watch))
    except (StoppedError, RefusedError):
        pulse.beat({}, sure=True)
        raise
    except (UnreachableError, AgentError) as error:
        raise ItemsFailedError(
            f"Wave {attempt.wave} stopped; the journal knows where each DAG stands.",
            why=f"{error.what} {error.why}",
            fix=f"{error.fix}; then: migrate resume",
        ) from error
    outcome = outcome_of(records)
    context.journal.end(attempt, context.clock(), outcome)
    pulse.beat({}, sure=True)
    if trouble := hook_of(context, attempt.wave, attempt.direction)("after_wave", "", outcome):
        context.say(f"warning: {one_line(trouble)}")
    return records
