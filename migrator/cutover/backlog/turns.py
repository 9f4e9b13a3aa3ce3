"""Which DAGs may be switched on now, so that no more runs of backlogs are at work than may be. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def waiting(
    weights: Mapping[str, int], awaited: Mapping[str, frozenset[str]], at_work: Mapping[str, int], most: int
) -> dict[str, str]:
    """The DAGs that wait, by id, and for what.

    ``weights``: how many runs of its backlog each DAG would have at work at once; ``awaited``: whose runs those of each
    wait for; ``at_work``: the weights of those that are on and not done with their backlog.
    """
    later: dict[str, str] = {}
    room = most - sum(at_work.values())
    busy = {dag_id for dag_id, weight in {**weights, **at_work}.items() if weight}
    for dag_id in sorted(weights, key=lambda one: (len(awaited.get(one, ())), one)):
        before = sorted(awaited.get(dag_id, frozenset()) & busy - {dag_id})
        if not weights[dag_id]:
            continue
        if before:
            later[dag_id] = f"its turn comes when the backlog of {', '.join(before)} has run"
        elif weights[dag_id] > room and room < most:
            later[dag_id] = f"its turn comes when other backlogs have run: {most - room} run(s) of {most} are at work"
        else:
            room -= weights[dag_id]
    if later and later.keys() == weights.keys() and not at_work:  # they wait for each other
        later.pop(min(later))
    return later
