"""What a wave would be begun with, as the workspace's files say now: it is shown, and chosen again under the lock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrator.cutover.backlog.outage import outage_of
from migrator.cutover.excerpt import Excerpt, PastRun
from migrator.cutover.progress import usual_seconds
from migrator.errors import UsageError
from migrator.model.dag import Task
from migrator.model.plan import Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from migrator.cutover.backlog.rules import Rules
    from migrator.cutover.sides import Settings
    from migrator.inventory.needs import Needs
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.plan import Edge, Plan, PlannedDag, Wave
    from migrator.model.run import Run

PAST = 50
"""So many of a DAG's newest runs are carried: enough for a median and the 95th percentile of what is usual."""


@dataclass(frozen=True, slots=True)
class Files:
    """The workspace's plan and inventory, read once; ``needs``: what each DAG's file in the target's form names.

    ``rules``: what becomes of what the source left undone, where it no longer runs; None where it does.
    ``check``: StalePlanError or RefusedError unless the plan of a wave still describes what is there.
    """

    plan: Plan
    inventory: Inventory
    needs: Mapping[str, Needs] = field(default_factory=dict)
    check: Callable[[int], None] = lambda _wave: None
    rules: Rules | None = None


def find_wave(plan: Plan, number: int) -> Wave:
    """The wave of that number; UsageError when the plan has none."""
    wave = plan.wave(number)
    if wave is None:
        known = ", ".join(str(wave.number) for wave in plan.waves) or "none"
        raise UsageError(
            f"The plan has no wave {number}.", why=f"Its waves are: {known}.", fix="migrate plan shows the waves"
        )
    return wave


def offer(
    files: Files, number: int, settings: Settings, moved: Collection[str], sides: tuple[str, str] = ("", "")
) -> Excerpt:
    """The excerpt for a wave, of which those in ``moved`` are in the target already; UsageError when there is none."""
    wave = find_wave(files.plan, number)
    return excerpt_of(files, wave, settings, [d.dag_id for d in wave.dags if d.dag_id not in moved], sides)


def excerpt_of(files: Files, wave: Wave, settings: Settings, moving: Iterable[str], sides: tuple[str, str]) -> Excerpt:
    """The excerpt for these DAGs of a wave."""
    ids = {dag.dag_id for dag in wave.dags}
    inventory = files.inventory
    seconds = usual_seconds(inventory.runs)
    return Excerpt(
        wave=wave.number,
        title=wave.title,
        moving=tuple(sorted(moving)),
        planned=tuple(sorted(map(_planned, wave.dags), key=lambda dag: dag.dag_id)),
        edges=hard_edges(files.plan.edges, ids),
        known=tuple(sorted((_known(dag) for dag in inventory.dags if dag.dag_id in ids), key=lambda dag: dag.dag_id)),
        settings=settings,
        captured_at=inventory.captured_at,
        variables=tuple(sorted(one.key for one in inventory.variables)),
        connections=tuple(sorted(one.conn_id for one in inventory.connections)),
        source=sides[0],
        target=sides[1],
        needs={dag_id: files.needs[dag_id] for dag_id in sorted(ids & files.needs.keys())},
        seconds={dag_id: seconds[dag_id] for dag_id in sorted(ids & seconds.keys())},
        past=_past(inventory.runs, ids),
        outage=outage_of(inventory, files.rules, ids) if files.rules else None,
    )


def hard_edges(edges: Iterable[Edge], ids: Collection[str]) -> tuple[Edge, ...]:
    """The edges that ask for one wave or an order and have an end among these DAGs, sorted."""
    found = {e for e in edges if e.strength is not Strength.SOFT and (e.source in ids or e.target in ids)}
    return tuple(sorted(found, key=lambda edge: (edge.source, edge.target, edge.kind, edge.via, edge.bridge)))


def _planned(dag: PlannedDag) -> PlannedDag:
    """Without the words about it, which are long and change nothing."""
    return replace(dag, reasons=(), constraints=(), doubts=())


def _known(dag: Dag) -> Dag:
    """With what a cutover and the ledger ask of it; free text stays out of the journal."""
    tasks = tuple(Task(task.task_id, task.operator, task.pool, reference=task.reference) for task in dag.tasks)
    return replace(dag, owners=(), tags=(), description=None, tasks=tasks)


def _past(runs: Iterable[Run], ids: Collection[str]) -> dict[str, tuple[PastRun, ...]]:
    """The newest finished automated runs of each DAG, oldest first."""
    found: dict[str, list[PastRun]] = {}
    for run in sorted(runs, key=lambda run: (run.dag_id, run.logical_date)):
        if run.dag_id in ids and run.finished and run.automated and not run.carried:
            found.setdefault(run.dag_id, []).append(PastRun(run.logical_date, run.state, run.started, run.ended))
    return {dag_id: tuple(kept[-PAST:]) for dag_id, kept in found.items()}
