"""What a wave goes by whose source no longer runs: what it left undone, and what somebody decided about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003 - pydantic reads these at run time
from typing import TYPE_CHECKING

from migrator.cutover.backlog.missed import backlog, is_history_known
from migrator.cutover.backlog.rules import Choice, choose
from migrator.model.last_runs import known_runs
from migrator.model.run import Run  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from migrator.cutover.backlog.missed import Backlog
    from migrator.cutover.backlog.rules import Rules
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Outage:
    """What is known of the DAGs of a wave, by id.

    ``last_seen``: when the source was seen last; ``at_once``: how many runs of all backlogs may be at work at once;
    ``half_done``: the runs that were under way; ``unknown``: the DAGs whose last run nobody knows, sorted.
    """

    last_seen: datetime
    at_once: int
    choices: dict[str, Choice]
    half_done: dict[str, tuple[Run, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def outage_of(inventory: Inventory, rules: Rules, ids: Collection[str]) -> Outage:
    """The outage of these DAGs, as the inventory and the rules have it now."""
    dags = sorted((dag for dag in inventory.dags if dag.dag_id in ids), key=lambda dag: dag.dag_id)
    under_way: dict[str, tuple[Run, ...]] = {}
    for run in known_runs(inventory):
        if run.dag_id in ids and not run.finished and not run.carried:
            under_way[run.dag_id] = (*under_way.get(run.dag_id, ()), run)
    return Outage(
        last_seen=inventory.captured_at,
        at_once=rules.at_once,
        choices={dag.dag_id: choose(dag, rules) for dag in dags},
        half_done=under_way,
        unknown=tuple(dag.dag_id for dag in dags if not is_history_known(inventory, dag)),
    )


def backlog_now(
    outage: Outage, dag: Dag, finished: Sequence[Run], now: datetime, taken: Collection[datetime], usual: float | None
) -> Backlog:
    """The backlog of a DAG at ``now``.

    ``finished``: the last runs of the source; ``taken``: the intervals that ran in the target already; ``usual``: how
    many seconds a run takes.
    """
    runs = sorted((*finished, *outage.half_done.get(dag.dag_id, ())), key=lambda run: run.logical_date)
    known = dag.dag_id not in outage.unknown
    return backlog(dag, runs, outage.choices[dag.dag_id], now, known=known, usual=usual, taken=taken)
