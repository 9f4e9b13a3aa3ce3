"""The excerpt for an attempt that a journal of version 1 began, which kept none: only while the files are as then.

Such a journal knows when it was begun and which DAGs it moves. What it does not know is taken from plan.json and
inventory.json where nothing speaks against their being the same; otherwise a person has to restore them from git.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from migrator.cutover.offer import excerpt_of, hard_edges
from migrator.errors import RefusedError, UsageError
from migrator.inventory.store import fingerprint
from migrator.model.text import listed
from migrator.plan.edges import find_edges
from migrator.plan.order import describe, orders, pause_order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Attempt
    from migrator.cutover.offer import Files
    from migrator.cutover.sides import Settings
    from migrator.model.plan import Wave

SHOWN = 8


def excerpt_of_earlier(
    attempt: Attempt,
    dag_ids: Collection[str],
    elsewhere: Collection[str],
    read: Callable[[], Files],
    settings: Settings,
    sides: tuple[str, str],
) -> Excerpt:
    """What an attempt goes by that kept no excerpt; RefusedError unless the files are as when it was begun.

    ``dag_ids``: those of its records; ``elsewhere``: DAGs that other attempts took to the target.
    """
    try:
        files = read()
    except UsageError as error:
        raise _restore(attempt, [f"{error.what}: {error.why}"]) from error
    wave = _wave(files, attempt, dag_ids)
    if wave is None:
        lines = [f"plan.json does not hold {', '.join(sorted(dag_ids))} in one wave"]
        raise _restore(attempt, lines)
    if problems := list(_problems(files, wave, attempt, dag_ids, elsewhere)):
        raise _restore(attempt, problems)
    return excerpt_of(files, wave, settings, dag_ids, sides)


def _wave(files: Files, attempt: Attempt, dag_ids: Collection[str]) -> Wave | None:
    """The wave that holds all of its DAGs: of an attempt that is open, only the one of its number."""
    holding = [one for one in files.plan.waves if set(dag_ids) <= {dag.dag_id for dag in one.dags}]
    return next((one for one in holding if attempt.outcome or one.number == attempt.wave), None)


def _problems(
    files: Files, wave: Wave, attempt: Attempt, dag_ids: Collection[str], elsewhere: Collection[str]
) -> Iterator[str]:
    inventory, open_ = files.inventory, not attempt.outcome
    if files.plan.inventory_fingerprint != fingerprint(inventory):
        yield "plan.json was not made from this inventory.json"
    if open_ and inventory.captured_at > datetime.fromisoformat(attempt.started):
        yield f"inventory.json was taken at {inventory.captured_at:%Y-%m-%d %H:%M:%S} UTC, after that"
    members = {dag.dag_id for dag in wave.dags}
    edges, _ = find_edges(inventory.dags, {})
    ties = hard_edges(files.plan.edges, dag_ids)
    for edge in ties:
        for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if one in dag_ids and other in members - {*dag_ids, *elsewhere}:
                yield f"{describe(edge)}, and the journal does not move {other} with it"
    named = {(edge.source, edge.target, edge.kind) for edge in ties}
    within = [edge for edge in edges if {edge.source, edge.target} <= members]
    for edge in hard_edges(within, dag_ids):
        if (edge.source, edge.target, edge.kind) not in named:
            yield f"{describe(edge)}, which plan.json does not say"
    order = pause_order(sorted(members), [edge for edge in within if orders(edge)]).after
    for dag in wave.dags:
        if dag.dag_id in dag_ids and dag.pause_after != order.get(dag.dag_id, ()):
            then = ", ".join(order.get(dag.dag_id, ())) or "none"
            yield f"{dag.dag_id} is paused after {', '.join(dag.pause_after) or 'none'} in plan.json, not after {then}"


def _restore(attempt: Attempt, problems: list[str]) -> RefusedError:
    more = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    before = datetime.fromisoformat(attempt.started).isoformat(timespec="seconds")
    return RefusedError(
        f"What wave {attempt.wave} was begun with at {before} is not what plan.json and inventory.json say now.",
        why=listed(["the journal is of an earlier version, which kept no copy of them:", *problems[:SHOWN], *more]),
        fix=f'git checkout "$(git rev-list -1 --before={before} HEAD)" -- plan.json inventory.json;'
        " then run the same command again",
    )
