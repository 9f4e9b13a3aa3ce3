"""Check the pins a person set against the DAGs and against what ties them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.plan.graph import path
from migrator.plan.order import describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from migrator.model.plan import Edge

WHERE = "the pins of migrate.toml"


def check_pins(pins: Mapping[str, int], dag_ids: Collection[str], left_out: Mapping[str, str]) -> None:
    """UsageError when a pin names no DAG that can be planned, or no wave."""
    for dag_id, number in sorted(pins.items()):
        if dag_id in left_out:
            raise UsageError(
                f"{dag_id} is pinned to wave {number} and can be in no wave",
                why=left_out[dag_id],
                fix=f"take {dag_id} out of {WHERE}",
            )
        if dag_id not in dag_ids:
            raise UsageError(
                f"{dag_id} is pinned to wave {number} and is no DAG of the inventory",
                why=near_matches(dag_id, dag_ids),
                fix=f"correct {WHERE}, or run: migrate inventory",
            )
        if number < 0:
            raise UsageError(
                f"{dag_id} is pinned to wave {number}", why="waves are numbered from 0", fix=f"correct {WHERE}"
            )


def pin_of(group: Sequence[str], pins: Mapping[str, int], edges: Iterable[Edge]) -> int | None:
    """The wave that the pins of one group ask for; UsageError naming the edges when they disagree."""
    pinned = [dag_id for dag_id in group if dag_id in pins]
    if not pinned:
        return None
    first = pinned[0]
    for other in pinned[1:]:
        if pins[other] != pins[first]:
            way = ", ".join(f"{describe(edge)} ({edge.via})" for edge in path(first, other, edges))
            raise UsageError(
                f"{first} is pinned to wave {pins[first]} and {other} to wave {pins[other]}",
                why=f"they must share a wave: {way}",
                fix=f"pin both to the same wave in {WHERE}",
            )
    return pins[first]


def near_matches(dag_id: str, dag_ids: Iterable[str]) -> str:
    """What may have been meant, as a sentence."""
    near = get_close_matches(dag_id, sorted(dag_ids), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else "no DAG has a name like it"
