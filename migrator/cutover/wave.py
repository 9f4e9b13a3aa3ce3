"""Cut a wave over, resume what was interrupted, and take a wave back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrator.cutover.back_out import back_out
from migrator.cutover.endings import outcome_of, raise_for, refuse_when_complete
from migrator.cutover.executor import Drive, StoppedError, run
from migrator.cutover.hooks import Hooks
from migrator.cutover.machine import Direction, Record, State, groups
from migrator.cutover.progress import Pace, usual_seconds
from migrator.cutover.pulse import Pulse
from migrator.cutover.readiness import Wanted
from migrator.cutover.sides import Move, Settings, observe
from migrator.cutover.together import in_turn
from migrator.cutover.verdict import Verdict, by_dag
from migrator.cutover.watch import Watch
from migrator.cutover.whereabouts import ARRIVED, arrivals, on_target
from migrator.errors import (
    AgentError,
    ItemsFailedError,
    RefusedError,
    UnreachableError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from migrator.cutover.journal import Act, Attempt, Journal
    from migrator.cutover.parity import Gate
    from migrator.cutover.progress import Progress
    from migrator.cutover.together import Together
    from migrator.environments.ports import Environment
    from migrator.inventory.needs import Needs
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Plan, Wave

JOURNAL_COPY = "data/migrate/journal.db"


@dataclass(frozen=True, slots=True)
class Trip:
    """Everything a wave needs: both environments, what is known of them, the journal, and the outer world.

    ``actor`` does it for ``reason``, which ``log`` is told; ``eyes`` are shown how far it is.
    """

    plan: Plan
    inventory: Inventory
    source: Environment
    target: Environment
    journal: Journal
    settings: Settings
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    stop: Callable[[], bool]
    dry: bool = False
    needs: Mapping[str, Needs] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=Hooks)
    parity: Gate = lambda _v1, _v2, _last: {}
    actor: str = ""
    reason: str = ""
    log: Callable[[Act], None] = lambda _act: None
    eyes: Callable[[Progress], None] = lambda _progress: None
    together: Together = in_turn


def find_wave(plan: Plan, number: int) -> Wave:
    """The wave of that number; UsageError when the plan has none."""
    wave = plan.wave(number)
    if wave is None:
        known = ", ".join(str(wave.number) for wave in plan.waves) or "none"
        raise UsageError(
            f"The plan has no wave {number}.", why=f"Its waves are: {known}.", fix="migrate plan shows the waves"
        )
    return wave


def cut_over(trip: Trip, number: int) -> Mapping[str, Record]:
    """Take every DAG of the wave from v1 to v2."""
    wave = find_wave(trip.plan, number)
    refuse_when_open(trip.journal)
    moved = on_target(trip.journal)
    ids = [dag.dag_id for dag in wave.dags if dag.dag_id not in moved]
    if not ids:
        raise RefusedError(
            f"Wave {number} is cut over already.",
            why="The journal says that each of its DAGs runs in v2.",
            fix=f"migrate audit shows its runs; migrate rollback --wave {number} takes it back",
        )
    _ask_before(trip, number, Direction.FORWARD)
    return drive(trip, begin(trip, number, Direction.FORWARD, ids), ids)


def begin(trip: Trip, number: int, direction: Direction, ids: Iterable[str]) -> Attempt:
    """Open an attempt, with who asked for it and why."""
    note_act(trip, "cutover" if direction is Direction.FORWARD else "rollback", number)
    return trip.journal.begin(number, direction, ids, trip.clock(), trip.actor, trip.reason)


def note_act(trip: Trip, command: str, number: int) -> None:
    """Write down who asks for what, before it is done; a rehearsal asks for nothing."""
    if not trip.dry:
        trip.log(trip.journal.act(trip.clock(), trip.actor, command, number, trip.reason))


def resume(trip: Trip) -> Mapping[str, Record]:
    """Go on with the attempt that is open, from where each DAG stands."""
    attempt = trip.journal.open_attempt()
    if attempt is None:
        raise RefusedError(
            "There is nothing to resume.", why="Every wave that was begun has ended.", fix="migrate status shows them"
        )
    note_act(trip, "resume", attempt.wave)
    trip.say(f"resuming wave {attempt.wave}, {attempt.direction}")
    return drive(trip, attempt, list(trip.journal.records(attempt)))


def roll_back(trip: Trip, number: int) -> Mapping[str, Record]:
    """Take a wave back to v1, at whatever state it is: what is not on yet is backed out, what is on moves back."""
    unfinished = trip.journal.open_attempt()
    if unfinished is not None:
        if unfinished.wave != number or unfinished.direction is Direction.BACK:
            refuse_when_open(trip.journal)
        note_act(trip, "abandon", number)
        _abandon(trip, unfinished)
    ids = sorted(dag_id for dag_id, wave in on_target(trip.journal).items() if wave == number)
    if ids:
        arrived = arrivals(trip.journal)
        refuse_when_complete(number, {i: trip.journal.records(arrived[i])[i] for i in ids})
        _ask_before(trip, number, Direction.BACK)
        return drive(trip, begin(trip, number, Direction.BACK, ids), ids)
    if unfinished is not None:
        return {}
    raise RefusedError(
        f"Wave {number} is not on in v2, so there is nothing to take back.",
        why="The journal has no DAG of it that was switched on there.",
        fix="migrate status shows where each DAG is",
    )


def refuse_when_open(journal: Journal) -> None:
    """RefusedError while an attempt is open."""
    attempt = journal.open_attempt()
    if attempt is not None:
        raise RefusedError(
            f"Wave {attempt.wave} ({attempt.direction}) was begun at {attempt.started[:19]} UTC and has not ended.",
            why="It was interrupted; its DAGs may be paused on both sides.",
            fix=f"migrate resume goes on with it; migrate rollback --wave {attempt.wave} takes it back",
        )


def _abandon(trip: Trip, attempt: Attempt) -> None:
    """End an open attempt: what is not on in the destination yet goes back to where it began."""
    _note_arrivals(trip, attempt)
    records = trip.journal.records(attempt)
    behind = [record for record in records.values() if record.state < State.UNPAUSED]
    if behind:
        back_out(move_of(trip, attempt, list(records)), trip.journal, attempt, behind)
    trip.journal.end(attempt, trip.clock(), "abandoned")
    mirror(trip)
    ended = trip.journal.records(attempt)
    raise_for({i: r for i, r in ended.items() if r.state is State.NEEDS_PERSON}, attempt.wave)


def _note_arrivals(trip: Trip, attempt: Attempt) -> None:
    """A crash may have come after a DAG was switched on and before the journal knew: read it back."""
    waiting = [r.dag_id for r in trip.journal.records(attempt).values() if r.state is State.REPARSED]
    if not waiting:
        return
    now = trip.clock()
    view = observe(move_of(trip, attempt, waiting).destination.agent, waiting)
    facts = {"switched_at": now.isoformat()}
    on = [(dag_id, State.UNPAUSED, facts, "was on already") for dag_id in waiting if not view[dag_id].paused]
    trip.journal.write(attempt, now, "done", on)


def drive(trip: Trip, attempt: Attempt, ids: list[str]) -> Mapping[str, Record]:
    """Take an attempt to its end; then take back what failed there, where that is asked for."""
    records = _drive(trip, attempt, ids)
    back = _to_take_back(trip, attempt, records)
    if not back:
        return records
    trip.say(f"{', '.join(back)}: taken back, as cutover.auto_rollback asks for")
    asked = replace(trip, reason="automatic: a first run in v2 failed")
    ended = _drive(asked, begin(asked, attempt.wave, Direction.BACK, back), back)
    home = {dag_id for dag_id, record in ended.items() if record.state is State.OBSERVED}
    return {i: replace(r, facts={**r.facts, "taken_back": i in home}) for i, r in records.items()}


def _to_take_back(trip: Trip, attempt: Attempt, records: Mapping[str, Record]) -> list[str]:
    """The groups of what failed in v2 and did not in v1; what is inconclusive waits for a person."""
    if trip.dry or not trip.settings.auto_rollback or attempt.direction is Direction.BACK:
        return []
    failed = {dag_id for dag_id, record in records.items() if record.facts.get("verdict") == Verdict.FAILED}
    together = groups(records, move_of(trip, attempt, records).ties)
    there = [dag_id for group in together if group & failed for dag_id in group]
    return sorted(dag_id for dag_id in there if records[dag_id].state in ARRIVED)


def _drive(trip: Trip, attempt: Attempt, ids: list[str]) -> Mapping[str, Record]:
    others = frozenset(on_target(trip.journal)) if attempt.direction is Direction.FORWARD else frozenset[str]()
    watch = Watch(others - set(ids) & frozenset(dag.dag_id for dag in trip.inventory.dags if not dag.paused))
    pace = Pace(usual_seconds(trip.inventory.runs), trip.settings.settle, trip.settings.observe)
    pulse = Pulse(trip.journal, attempt, trip.clock, trip.eyes, lambda: mirror(trip), pace)
    drive = Drive(move_of(trip, attempt, ids), trip.journal, attempt, pulse.beat, trip.stop, watch)
    try:
        pulse.beat({}, sure=True)
        records = run(drive)
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
    trip.journal.end(attempt, trip.clock(), outcome)
    pulse.beat({}, sure=True)
    if trouble := _hook(trip, attempt.wave, attempt.direction)("after_wave", "", outcome):
        trip.say(f"warning: {trouble}")
    return records


def mirror(trip: Trip) -> None:
    """Copy the journal to where it can be read from another machine; a rehearsal has nothing to tell."""
    if not trip.dry:
        trip.target.bucket.write(JOURNAL_COPY, trip.journal.snapshot())


def _hook(trip: Trip, wave: int, direction: Direction) -> Callable[[str, str, str], str]:
    """Runs the operator's commands, telling them where they are; a rehearsal runs none."""

    def run_hook(name: str, dag_id: str, state: str) -> str:
        about = {"wave": str(wave), "direction": direction.value, "dag": dag_id, "state": state}
        return "" if trip.dry else trip.hooks.run(name, about)

    return run_hook


def _ask_before(trip: Trip, wave: int, direction: Direction) -> None:
    if veto := _hook(trip, wave, direction)("before_wave", "", State.PLANNED.name):
        raise RefusedError("Nothing was changed.", why=veto, fix="see what the hook of migrate.toml asks for")


def move_of(trip: Trip, attempt: Attempt, ids: Iterable[str]) -> Move:
    """The context of the steps, for these DAGs of an attempt."""
    chosen = set(ids)
    planned = [dag for wave in trip.plan.waves for dag in wave.dags if dag.dag_id in chosen]
    forward = attempt.direction is Direction.FORWARD
    return Move(
        direction=attempt.direction,
        origin=trip.source if forward else trip.target,
        destination=trip.target if forward else trip.source,
        dags={dag.dag_id: dag for dag in trip.inventory.dags if dag.dag_id in chosen},
        pause_after={dag.dag_id: dag.pause_after for dag in planned},
        settings=trip.settings,
        clock=trip.clock,
        sleep=trip.sleep,
        say=trip.say,
        dry=trip.dry,
        past=by_dag(trip.inventory.runs, chosen),
        hook=_hook(trip, attempt.wave, attempt.direction),
        parity=trip.parity,
        together=trip.together,
        wanted=Wanted({dag.dag_id: dag for dag in planned}, trip.needs, usual_seconds(trip.inventory.runs)),
        ties=tuple((edge.source, edge.target) for edge in trip.plan.edges if edge.strength != "soft"),
    )
