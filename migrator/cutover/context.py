"""What every part of a cutover shares: both environments, the journal, the outer world, what an attempt goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.cutover.earlier import excerpt_of_earlier
from migrator.cutover.hooks import Hooks
from migrator.cutover.machine import Direction, State
from migrator.cutover.readiness import Wanted
from migrator.cutover.sides import Move, Settings
from migrator.cutover.together import in_turn
from migrator.cutover.whereabouts import on_target
from migrator.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Act, Attempt, Journal
    from migrator.cutover.offer import Files
    from migrator.cutover.parity import Gate
    from migrator.cutover.progress import Progress
    from migrator.cutover.together import Together
    from migrator.environments.ports import Environment

JOURNAL_COPY = "data/migrate/journal.db"


@dataclass(frozen=True, slots=True)
class CutoverContext:
    """Everything that a command about waves needs.

    ``files`` reads plan.json and inventory.json as they are now, and ``settings`` are those of migrate.toml and the
    command line: a new attempt is begun with them. An attempt that was begun goes by its excerpt in the journal.
    ``sides``: the names of both environments in migrate.toml. ``actor`` does it for ``reason``, which ``log`` is told;
    ``eyes`` are shown how far it is. ``refuse_living`` raises RefusedError where a source that counts as gone runs.
    """

    files: Callable[[], Files]
    source: Environment
    target: Environment
    journal: Journal
    settings: Settings
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    stop: Callable[[], bool]
    dry: bool = False
    sides: tuple[str, str] = ("", "")
    hooks: Hooks = field(default_factory=Hooks)
    parity: Gate = lambda _v1, _v2, _last: {}
    actor: str = ""
    reason: str = ""
    log: Callable[[Act], None] = lambda _act: None
    eyes: Callable[[Progress], None] = lambda _progress: None
    refuse_living: Callable[[], None] = lambda: None
    together: Together = in_turn


def excerpt_for(context: CutoverContext, attempt: Attempt) -> Excerpt:
    """What the attempt goes by; RefusedError where it was begun between other environments, or by a version that kept
    none and the files are not as they were then.
    """
    found = context.journal.excerpt(attempt)
    if found is None:
        ids = context.journal.records(attempt).keys()
        elsewhere = on_target(context.journal).keys()
        return excerpt_of_earlier(attempt, ids, elsewhere, context.files, context.settings, context.sides)
    for word, begun, now in zip(("source", "target"), (found.source, found.target), context.sides, strict=True):
        if begun and now and begun != now:
            raise RefusedError(
                f"Wave {attempt.wave} was begun with the {word} {begun}, and migrate.toml names {now} now.",
                why="The other one knows nothing of what was done.",
                fix=f"name {begun} in [{word}] of migrate.toml again, then run the same command",
            )
    return found


def refuse_other_source(context: CutoverContext, attempt: Attempt, excerpt: Excerpt) -> None:
    """RefusedError where the attempt was begun from a source that no longer ran and it runs now, or the other way."""
    begun, now = excerpt.outage is not None, context.source.last_seen is not None
    if begun == now:
        return
    was, fix = ("no longer ran", "remove [source] from") if begun else ("ran", "name it in [source] of")
    raise RefusedError(
        f"Wave {attempt.wave} was begun when the source {was}, which is different now.",
        why="What was decided about its runs no longer applies.",
        fix=f"{fix} migrate.toml, then run the same command again",
    )


def refuse_other_inventory(context: CutoverContext, attempt: Attempt) -> None:
    """RefusedError where another inventory of the source that ended is there than the attempt was begun with."""
    outage = excerpt_for(context, attempt).outage
    begun, now = outage.last_seen if outage else None, context.source.last_seen
    if begun == now or attempt.direction is Direction.BACK:
        return
    raise RefusedError(
        f"Wave {attempt.wave} was begun with another inventory of the source.",
        why=f"It was last seen at {begun:%Y-%m-%d %H:%M:%S} UTC then, and at {now:%Y-%m-%d %H:%M:%S} UTC now.",
        fix="git checkout the inventory.json of then and run the same command again, or take the wave back:"
        f" migrate rollback --wave {attempt.wave}",
    )


def settle(context: CutoverContext, attempt: Attempt) -> None:
    """Keep what an open attempt goes by from now on, where its journal kept none; RefusedError as ``excerpt_for``."""
    excerpt = excerpt_for(context, attempt)
    refuse_other_source(context, attempt, excerpt)
    if context.journal.excerpt(attempt) is None:
        context.journal.adopt(attempt, excerpt)


def begin(context: CutoverContext, direction: Direction, excerpt: Excerpt) -> Attempt:
    """Open an attempt, with who asked for it and why."""
    note_act(context, "cutover" if direction is Direction.FORWARD else "rollback", excerpt.wave)
    return context.journal.begin(
        excerpt.wave, direction, excerpt.moving, context.clock(), context.actor, context.reason, excerpt
    )


def note_act(context: CutoverContext, command: str, number: int) -> None:
    """Write down who asks for what, before it is done; a rehearsal asks for nothing."""
    if not context.dry:
        context.log(context.journal.act(context.clock(), context.actor, command, number, context.reason))


def mirror(context: CutoverContext) -> None:
    """Copy the journal to where it can be read from another machine; a rehearsal has nothing to tell."""
    if not context.dry:
        context.target.bucket.write(JOURNAL_COPY, context.journal.snapshot())


def hook_of(context: CutoverContext, wave: int, direction: Direction) -> Callable[[str, str, str], str]:
    """Runs the operator's commands, telling them where they are; a rehearsal runs none."""

    def run_hook(name: str, dag_id: str, state: str) -> str:
        about = {"wave": str(wave), "direction": direction.value, "dag": dag_id, "state": state}
        return "" if context.dry else context.hooks.run(name, about)

    return run_hook


def ask_before(context: CutoverContext, wave: int, direction: Direction) -> None:
    """RefusedError when the operator's command before a wave says no."""
    if veto := hook_of(context, wave, direction)("before_wave", "", State.PLANNED.name):
        raise RefusedError("Nothing was changed.", why=veto, fix="see what the hook of migrate.toml asks for")


def move_of(context: CutoverContext, attempt: Attempt, ids: Iterable[str]) -> Move:
    """The context of the steps, for these DAGs of an attempt, by what it was begun with."""
    chosen, excerpt = set(ids), excerpt_for(context, attempt)
    planned = {dag.dag_id: dag for dag in excerpt.planned if dag.dag_id in chosen}
    forward = attempt.direction is Direction.FORWARD
    return Move(
        direction=attempt.direction,
        origin=context.source if forward else context.target,
        destination=context.target if forward else context.source,
        dags={dag.dag_id: dag for dag in excerpt.known if dag.dag_id in chosen},
        pause_after={dag_id: dag.pause_after for dag_id, dag in planned.items()},
        settings=excerpt.settings,
        clock=context.clock,
        sleep=context.sleep,
        say=context.say,
        dry=context.dry,
        past=excerpt.runs(chosen),
        hook=hook_of(context, attempt.wave, attempt.direction),
        parity=context.parity,
        together=context.together,
        wanted=Wanted(planned, excerpt.needs, excerpt.seconds),
        ties=excerpt.ties,
        outage=excerpt.outage,
        by=attempt.actor or context.actor,
    )
