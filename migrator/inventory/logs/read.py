"""The history that the logs in a copy of a bucket tell: all of it inferred."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.inventory.logs.endings import read_ending
from migrator.inventory.logs.infer import automated, run_state, task_states, tasks_of_all
from migrator.inventory.logs.names import AUTOMATED, dag_folders, runs_in
from migrator.inventory.snapshot.runs import interval_end
from migrator.model.dag import ScheduleKind
from migrator.model.history import NEWEST, History, HistoryRun, Source, ordered
from migrator.model.run import TASK_FINISHED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from migrator.inventory.logs.endings import Ending
    from migrator.inventory.logs.names import LogRun
    from migrator.model.dag import Dag

NO_DAGS = frozenset({"scheduler", "dag_processor_manager", "dag_processor"})
"""Folders of logs that are no DAG's."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run and what its logs say, before its DAG's other runs are known."""

    date: datetime
    run_id: str | None
    endings: dict[str, Ending]


def history_in(root: Path, dags: Sequence[Dag]) -> History:
    """The last runs of these DAGs by the logs below ``root``; unknown is one of which no run is known to have ended.

    A DAG without a schedule needs none: nothing is due of it.
    """
    folders: defaultdict[str, list[Path]] = defaultdict(list)
    for dag_id, folder in dag_folders(root):
        folders[dag_id].append(folder)
    found = [run for dag in dags for run in _runs(dag, folders.get(dag.dag_id, []))]
    known = History(ordered(found))
    unknown = [dag for dag in dags if needs_history(dag) and known.last_done(dag.dag_id) is None]
    return History(known.runs, tuple(dag.dag_id for dag in unknown))


def without_logs(dags: Sequence[Dag]) -> History:
    """The history of which nobody knows anything."""
    return History(unknown=tuple(dag.dag_id for dag in dags if needs_history(dag)))


def needs_history(dag: Dag) -> bool:
    """Whether the scheduler makes runs of the DAG, as far as its code tells."""
    return dag.schedule.kind is not ScheduleKind.NONE or "schedule" in dag.unknown


def unlisted_in(root: Path, dags: Collection[str]) -> list[str]:
    """The DAGs that have logs and are in no list, sorted."""
    names = {dag_id for dag_id, _ in dag_folders(root)} - set(dags) - NO_DAGS
    return sorted(name for name in names if not name.startswith("."))


def _runs(dag: Dag, folders: Sequence[Path]) -> list[HistoryRun]:
    """Its newest runs: until enough of either kind are known to have ended."""
    seen = [one for folder in folders for one in _last(dag, folder)]
    by_date = automated(dag, [one.date for one in seen if one.run_id is None])
    every = tasks_of_all([{**dict.fromkeys(one.endings, "")} for one in seen])
    return [_run(dag, one, by_date, every) for one in seen]


def _last(dag: Dag, folder: Path) -> Iterator[_Seen]:
    """The runs that are looked at: all down to the one with which NEWEST are behind that seem to have ended."""
    ended = 0
    for run in runs_in(folder):
        seen = _seen(dag.dag_id, run)
        if seen is None:
            continue
        yield seen
        ended += all(ending.state in TASK_FINISHED for ending in seen.endings.values())
        if ended >= 2 * NEWEST:
            return


def _seen(dag_id: str, run: LogRun) -> _Seen | None:
    """None where nobody knows its date."""
    endings = {
        task: max((read_ending(log, dag_id, task) for log in logs), key=_left) for task, logs in run.logs.items()
    }
    date = run.logical_date or next((one.logical_date for one in endings.values() if one.logical_date), None)
    return _Seen(date, run.run_id, endings) if date else None


def _left(ending: Ending) -> int:
    order = ("skipped", "success", "failed")
    return order.index(ending.state) if ending.state in order else len(order)


def _run(dag: Dag, seen: _Seen, by_date: dict[datetime, bool | None], every: frozenset[str]) -> HistoryRun:
    tasks = task_states(dag, seen.endings)
    by_scheduler = by_date.get(seen.date) if seen.run_id is None else seen.run_id.startswith(AUTOMATED)
    return HistoryRun(
        dag_id=dag.dag_id,
        logical_date=seen.date,
        run_id=seen.run_id,
        state=run_state(dag, tasks, every=every),
        automated=by_scheduler,
        interval_end=interval_end(dag.schedule, seen.date) if by_scheduler and "schedule" not in dag.unknown else None,
        tasks=tasks,
        source=Source.INFERRED,
    )
