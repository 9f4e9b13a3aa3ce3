"""Read both databases and make the ledger of the migration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migrator.cutover.backlog.missed import by_dag
from migrator.cutover.ledger import Entry, Ledger, Window, account
from migrator.cutover.sides import runs_adapter
from migrator.cutover.whereabouts import in_motion, left_behind, left_out, moves, on_target, outages, with_carried
from migrator.model.dag import ReferenceKind, ScheduleKind
from migrator.model.last_runs import known_runs, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
    start = since or began(inventory.captured_at, journal)
    if source.last_seen is None:
        return audit_of(dags, journal, source, target, start, grace)
    begins = last_runs(inventory, dags) if since is None else {}
    only_told = told_runs(inventory)
    return _with_told(audit_of(dags, journal, source, target, start, grace, begins, only_told), only_told)


def told_runs(inventory: Inventory) -> tuple[Run, ...]:
    """The scheduled runs that ended, of which no database tells; each has for its id who does."""
    sources = told(inventory)
    runs = (run for run in known_runs(inventory) if run.automated and run.finished)
    keys = ((run, sources.get((run.dag_id, run.logical_date))) for run in runs)
    return tuple(replace(run, run_id=source.value) for run, source in keys if source)


def _with_told(ledger: Ledger, only_told: Iterable[Run]) -> Ledger:
    """The ledger with the runs that only logs or a person tell of, which it does not count."""
    runs = by_dag(only_told)
    lines = (replace(line, told=tuple(map(_told, runs.get(line.dag_id, ())))) for line in ledger.dags)
    return replace(ledger, dags=tuple(lines))


def _told(run: Run) -> Entry:
    return Entry(run.logical_date, (f"v1:{run.run_id}",))


def audit_of(
    dags: Sequence[Dag],
    journal: Journal,
    source: Environment,
    target: Environment,
    start: datetime,
    grace: timedelta = GRACE,
    begins: Mapping[str, datetime] | None = None,
    only_told: Iterable[Run] = (),
) -> Ledger:
    """The ledger of these DAGs, from ``start`` until now; ``begins``: of some, since when they are looked at instead.

    ``only_told``: runs of the source that no database tells of; they count only against one that v2 ran once more, and
    are not missing.
    In a source that no longer runs nothing is missing before a DAG has moved: all that is due waits for that; and what
    was under way there did not run, but runs anew, or is left out.
    """
    known, begins = _Known(dags), begins or {}
    earliest = min([start, *begins.values()])
    v2, now = known.runs(target.agent, earliest)
    v1, _ = known.runs(source.agent, min([earliest - LONGEST if begins else earliest, *_redone(v2)]))
    moving, behind = in_motion(journal), left_behind(journal)
    if source.last_seen is not None:
        moving |= {dag.dag_id for dag in dags} - on_target(journal).keys()
        behind |= {(run.dag_id, run.logical_date) for run in v1 if not run.finished}
    again = {(run.dag_id, run.logical_date) for run in v2 if run.automated and not run.carried}
    v1 += tuple(run for run in only_told if (run.dag_id, run.logical_date) in again)
    window = Window(start, now, grace, moves(journal, now), moving, behind, begins, left_out(journal), outages(journal))
    dates = frozenset((run.dag_id, run.logical_date) for run in only_told)
    return account(dags, v1, v2, replace(window, told=dates))


def last_runs(inventory: Inventory, dags: Iterable[Dag]) -> dict[str, datetime]:
    """Since when each DAG that time starts, of a source that ended, is looked at: from its last run there on.

    One that was under way before that counts too; a last run that no database recorded does not.
    """
    only_told = told(inventory)
    runs = by_dag(run for run in known_runs(inventory) if run.automated)
    found: dict[str, datetime] = {}
    for dag in (dag for dag in dags if dag.automated):
        own = runs.get(dag.dag_id, ())
        counted = [*[run for run in own if run.finished][-1:], *(run for run in own if not run.finished)]
        recorded = [run for run in counted if (run.dag_id, run.logical_date) not in only_told]
        before = timedelta(microseconds=1 if recorded or not counted else 0)
        begun = min((run.interval_end or run.logical_date for run in recorded or counted), default=dag.start_date)
        if begun is not None:
            found[dag.dag_id] = begun - before
    return found


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
