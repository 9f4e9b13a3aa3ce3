"""UNPAUSED > OBSERVED: the first run on the new side against the history, where one is due soon enough to wait for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.cutover.intervals import next_boundary
from migrator.cutover.machine import Direction, Done, Waiting
from migrator.cutover.progress import usual_seconds
from migrator.cutover.sides import observe, runs_adapter
from migrator.cutover.steps import held
from migrator.cutover.verdict import Observed, Verdict, judge, longest
from migrator.model.dag import ScheduleKind
from migrator.scrub.messages import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.cutover.machine import Outcome, Record
    from migrator.cutover.sides import Move, Seen
    from migrator.model.dag import Dag
    from migrator.model.run import Run

FIRST = 5
"""So many of the newest finished runs are read, of which the oldest is judged: the first one here."""


def act(move: Move, records: Sequence[Record]) -> Mapping[str, Outcome]:
    """Wait for a first finished run of each DAG, at most the time that the settings give, and for what holds a DAG."""
    view = observe(move.destination.agent, [record.dag_id for record in records], FIRST)
    found = {record.dag_id: _look(move, record, view[record.dag_id], view.now) for record in records}
    outcomes: dict[str, Outcome] = {
        dag_id: seen if isinstance(seen, Waiting) else _done(seen, view.now) for dag_id, seen in found.items()
    }
    going = [record for record in records if not _failed(found[record.dag_id])]
    usual = usual_seconds(run for record in going for run in history(move, record))
    return outcomes | dict(held.fill(move, going, view, usual))


def look_again(move: Move, record: Record, seen: Seen, now: datetime) -> Observed:
    """The verdict as of now, long after the wave: the newest run counts, since a person may have cleared the first."""
    if not _has_runs(move, record):
        return Observed(Verdict.NONE)
    runs = _own(record, seen)
    if not runs:
        return _look_without_run(move, record, seen, now) or Observed(Verdict.LATER, ("no run ended yet",))
    return judge(max(runs, key=lambda run: run.logical_date), history(move, record), now)


def history(move: Move, record: Record) -> list[Run]:
    """What to compare with: v1's finished runs, those carried over with their tasks and those of the inventory.

    On the way back these are what it did in v1 before; only without any, what it did in v2.
    """
    carried = list(runs_adapter().validate_python(record.facts.get("carry") or []))
    past = [run for run in move.past.get(record.dag_id, ()) if run.finished and run.automated]
    if move.direction is Direction.BACK:
        return past or [*carried]
    known = {run.logical_date for run in carried}
    return [*carried, *(run for run in past if run.logical_date not in known)]


def _look(move: Move, record: Record, seen: Seen, now: datetime) -> Observed | Waiting:
    if not _has_runs(move, record):
        return Observed(Verdict.NONE)
    runs = _own(record, seen)
    if runs:
        first = min(runs, key=lambda run: run.logical_date)
        return judge(first, history(move, record), _due(record, first))
    if found := _look_without_run(move, record, seen, now):
        return found
    return Waiting("its first run is awaited")


def _look_without_run(move: Move, record: Record, seen: Seen, now: datetime) -> Observed | None:
    """What is to be said of a DAG of which no run ended yet; None: it may still end in time."""
    dag, since = move.dags[record.dag_id], datetime.fromisoformat(record.facts["switched_at"])
    if dag.schedule.kind is ScheduleKind.ONCE and seen.finished:
        return Observed(Verdict.NONE, ("it ran already and will not run again",))
    due = seen.next_dagrun_create_after
    if move.destination.facts.airflow_version.startswith("1."):  # 1.10 keeps no such date
        due = _due_in_1(dag, since, seen)
    if not seen.active and due is not None and due > max(now, since + move.settings.observe):
        return Observed(Verdict.LATER, (f"next run due {due.isoformat()}",))
    if now - since <= move.settings.observe + timedelta(minutes=1):
        return None
    return _overdue(move, record, seen, now)


def _due_in_1(dag: Dag, since: datetime, seen: Seen) -> datetime | None:
    """When 1.10 makes the next run; of a DAG that never ran, at the earliest at its start date."""
    if seen.finished:
        return next_boundary(dag.schedule, since, seen.finished[0].logical_date)
    if dag.start_date is not None and dag.start_date > since:
        return dag.start_date
    return next_boundary(dag.schedule, since, None)


def _overdue(move: Move, record: Record, seen: Seen, now: datetime) -> Observed:
    if not seen.active:
        return Observed(Verdict.INCONCLUSIVE, ("no run came, though one is due",))
    running, most = [run for run in seen.active if run.state == "running"], longest(history(move, record))
    slow = [run for run in running if run.started is not None and most is not None and now - run.started > most]
    if running and not slow:
        return Observed(Verdict.LATER, (f"{shown(running[0].run_id)} is under way, and not longer than before",))
    stuck = (slow or seen.active)[0]
    return Observed(Verdict.INCONCLUSIVE, (f"{shown(stuck.run_id)} is {stuck.state} and did not end in time",))


def _failed(seen: Observed | Waiting) -> bool:
    return isinstance(seen, Observed) and seen.verdict is Verdict.FAILED


def _has_runs(move: Move, record: Record) -> bool:
    dag = move.dags.get(record.dag_id)
    return not (record.facts.get("switched_at") is None or move.dry or dag is None or not dag.automated)


def _own(record: Record, seen: Seen) -> list[Run]:
    watermark: Any = record.facts.get("watermark")
    mark = datetime.fromisoformat(watermark["start"]) if watermark else None
    return [run for run in seen.finished if not run.carried and (mark is None or run.logical_date > mark)]


def _due(record: Record, run: Run) -> datetime:
    switched = datetime.fromisoformat(record.facts["switched_at"])
    return max(switched, run.interval_end or switched)


def _done(seen: Observed, now: datetime) -> Done:
    facts = {"verdict": seen.verdict.value, "observed": "; ".join(seen.reasons), "observed_at": now.isoformat()}
    return Done(facts, ": ".join(filter(None, (seen.verdict.value, "; ".join(seen.reasons)))))
