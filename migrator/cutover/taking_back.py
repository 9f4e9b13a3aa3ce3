"""What a rollback of a wave takes back, as the journal has it, and what the attempt back goes by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrator.cutover.machine import Direction
from migrator.cutover.whereabouts import on_target
from migrator.errors import RefusedError
from migrator.model.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Journal
    from migrator.cutover.sides import Settings


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The DAGs that a rollback touches, sorted.

    ``unfinished``: those of the wave's interrupted attempt, which is number ``attempt``, None without one; ``there``:
    those that are in the target.
    """

    wave: int
    attempt: int | None
    unfinished: tuple[str, ...]
    there: tuple[str, ...]


def taking_back(journal: Journal, number: int) -> TakingBack:
    """What a rollback of that wave would take back now."""
    found = journal.open_attempt()
    opened = found if found and found.wave == number and found.direction is Direction.FORWARD else None
    unfinished = tuple(journal.records(opened)) if opened else ()
    there = tuple(sorted(dag_id for dag_id, wave in on_target(journal).items() if wave == number))
    return TakingBack(number, opened.id if opened else None, unfinished, there)


def refuse_other(confirmed: TakingBack, now: TakingBack) -> None:
    """RefusedError when what was confirmed is not what the journal has now."""
    if confirmed == now:
        return
    lines = [
        f"{words}: {', '.join(before) or 'none'} -> {', '.join(after) or 'none'}"
        for words, before, after in (
            ("interrupted on their way", confirmed.unfinished, now.unfinished),
            ("in v2", confirmed.there, now.there),
        )
        if before != after
    ]
    raise RefusedError(
        f"Wave {now.wave} does not stand as it did when its rollback was confirmed, so nothing was changed.",
        why=listed(["between the question and the lock:", *(lines or ["another attempt of it was begun"])]),
        fix=f"migrate status shows who did what; then again: migrate rollback --wave {now.wave}",
    )


def excerpt_back(number: int, there: Iterable[Excerpt], ids: Iterable[str], settings: Settings) -> Excerpt:
    """What the way back goes by: what each DAG came with, of the newest attempt where several brought some."""
    excerpts = list(there)
    newest = excerpts[-1]
    planned = {dag.dag_id: dag for one in excerpts for dag in one.planned}
    known = {dag.dag_id: dag for one in excerpts for dag in one.known}
    edges = {edge for one in excerpts for edge in one.edges}
    return replace(
        newest,
        wave=number,
        moving=tuple(sorted(ids)),
        planned=tuple(dag for _, dag in sorted(planned.items())),
        known=tuple(dag for _, dag in sorted(known.items())),
        edges=tuple(sorted(edges, key=lambda edge: (edge.source, edge.target, edge.kind, edge.via, edge.bridge))),
        settings=settings,
        needs={dag_id: one for each in excerpts for dag_id, one in each.needs.items()},
        seconds={dag_id: one for each in excerpts for dag_id, one in each.seconds.items()},
        past={dag_id: one for each in excerpts for dag_id, one in each.past.items()},
    )
