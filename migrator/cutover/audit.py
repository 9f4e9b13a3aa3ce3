"""Read both databases and make the ledger of the migration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.ledger import Ledger, Window, account
from migrator.cutover.sides import runs_adapter
from migrator.cutover.whereabouts import in_motion, left_behind, moves, with_carried
from migrator.model.dag import ReferenceKind, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.cutover.journal import Journal
    from migrator.environments.ports import Agent, Environment
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=35)
"""How much older than its start a run's logical date may be, of a DAG that triggers others: a month, in 1.10."""


GRACE = timedelta(minutes=2)


def audit(
    inventory: Inventory,
    journal: Journal,
    source: Environment,
    target: Environment,
    since: datetime | None = None,
    grace: timedelta = GRACE,
) -> Ledger:
    """The ledger of every DAG of the inventory, from ``since`` (when the migration began) until now.

    A DAG that was moved is accounted by the schedule that its attempt was begun with.
    """
    dags = with_carried(journal, inventory.dags)
    return audit_of(dags, journal, source, target, since or began(inventory.captured_at, journal), grace)


def audit_of(
    dags: Sequence[Dag],
    journal: Journal,
    source: Environment,
    target: Environment,
    start: datetime,
    grace: timedelta = GRACE,
) -> Ledger:
    """The ledger of these DAGs, from ``start`` until now."""
    known = _Known(dags)
    v2, now = known.runs(target.agent, start)
    v1, _ = known.runs(source.agent, min([start, *_redone(v2)]))
    window = Window(start, now, grace, moves(journal, now), in_motion(journal), left_behind(journal))
    return account(dags, v1, v2, window)


def began(captured_at: datetime, journal: Journal) -> datetime:
    """When the migration began: when an inventory was taken, or the first attempt before."""
    begun = [datetime.fromisoformat(attempt.started) for attempt in journal.attempts()]
    return min([captured_at, *begun])


def _redone(runs: Iterable[Run]) -> list[datetime]:
    """The intervals that v2 really ran: v1 has to be asked about each, however old."""
    return [run.logical_date for run in runs if run.automated and not run.carried]


class _Known:
    """Reads the runs that count, in three calls a side at most: those since a date, those of DAGs that trigger others
    (they may have begun long after their logical date), and all of DAGs that run once ever.
    """

    def __init__(self, dags: Sequence[Dag]) -> None:
        self._once = [dag.dag_id for dag in dags if dag.schedule.kind is ScheduleKind.ONCE]
        rest = [dag for dag in dags if dag.schedule.kind is not ScheduleKind.ONCE]
        self._triggers = [dag.dag_id for dag in rest if _triggers(dag)]
        self._others = [dag.dag_id for dag in rest if not _triggers(dag)]

    def runs(self, agent: Agent, since: datetime) -> tuple[tuple[Run, ...], datetime]:
        """The runs, and the environment's clock when the first were read.

        Those that trigger others come first: what they started by then is there when the others are read.
        """
        parents, first = _read(agent, self._triggers, since - LONGEST) if self._triggers else ((), None)
        recent, now = _read(agent, self._others, since)
        ever, _ = _read(agent, self._once, EPOCH) if self._once else ((), now)
        return (*recent, *parents, *ever), first or now


def _triggers(dag: Dag) -> bool:
    return any(task.reference and task.reference.kind is ReferenceKind.TRIGGERS for task in dag.tasks)


def _read(agent: Agent, dag_ids: Iterable[str], since: datetime) -> tuple[tuple[Run, ...], datetime]:
    answer = agent.call("runs", dag_ids=list(dag_ids), since=since.isoformat())
    return runs_adapter().validate_python(answer.result["runs"]), answer.now
