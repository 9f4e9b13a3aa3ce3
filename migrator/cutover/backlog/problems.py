"""Why a DAG's backlog cannot be moved as it is, and what of it a person should know before. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.cutover.backlog.rules import HalfDone, Policy
from migrator.cutover.zones import is_known
from migrator.model.dag import ReferenceKind, ScheduleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.cutover.backlog.missed import Backlog
    from migrator.model.dag import Dag
    from migrator.model.run import Run

MOST = 1000
"""So many intervals of one DAG are run again at most."""
HISTORY = (
    "its last run is unknown: give a snapshot (migrate inventory --from-snapshot), or a copy of the bucket with its"
    " logs (--from-folder), or the form of last runs (--history)"
)
RULE = "a rule in [cutover.backlog.dags] of migrate.toml"
NEEDED = ("schedule", "start_date", "end_date")
"""The facts without which it is unknown what a DAG missed."""
SHOWN = 3


def problems(dag: Dag, found: Backlog, *, known: bool) -> Iterator[str]:
    """Each reason for which the DAG is refused; ``known``: whether its history is."""
    if not known:
        yield HISTORY
    if unknown := [fact for fact in NEEDED if fact in dag.unknown]:
        yield f"its {', '.join(unknown)} is unknown, and so is what it missed"
    if dag.known_schedule.kind is ScheduleKind.CRON and not is_known(dag.schedule.timezone):
        yield f"its time zone {dag.schedule.timezone} is unknown"
    yield from _rule(dag, found)
    yield from _limits(dag, found)
    if found.half_done:
        yield from _half_done(found)


def _rule(dag: Dag, found: Backlog) -> Iterator[str]:
    choice = found.choice
    if choice.by_rule and dag.known_schedule.kind is ScheduleKind.OTHER:
        yield "only Airflow can compute its intervals, so only the rule that matches its catchup setting applies"
    if not dag.knows("catchup") and not (choice.by_rule and choice.policy is Policy.SKIP):
        yield "its catchup is unknown, so what its scheduler makes is too: write it in its code, migrate inventory"
    if not dag.knows("paused") and not choice.by_rule:
        yield f"whether it was paused is unknown: if it was, declare it so (--history); if not, it needs {RULE}"
    for pattern in choice.may_fit:
        yield f"its tags are unknown, so whether {pattern} fits is too: name it by its id, before that rule"


def _limits(dag: Dag, found: Backlog) -> Iterator[str]:
    start = min(len(found.run), dag.max_active_runs) if dag.knows("max_active_runs") else len(found.run)
    if start > found.choice.at_once:
        yield (
            f"{start} of its runs would be active at once, more than {found.choice.at_once}: lower its"
            " max_active_runs, or take run-latest"
        )
    if len(found.run) > MOST:
        yield f"{len(found.run)} runs, more than {MOST}: take run-latest, or from DATE"
    budget = found.choice.hours
    if budget is not None and found.seconds is not None and found.seconds > timedelta(hours=budget).total_seconds():
        yield f"its backlog takes about {found.seconds / 3600:.1f} h, more than its {budget:g} h"


def _half_done(found: Backlog) -> Iterator[str]:
    policy = found.choice.half_done
    names = ", ".join(f"{run.run_id} ({_tasks(run)})" for run in found.half_done[:SHOWN])
    manual = [run.run_id for run in found.half_done if not run.automated]
    if policy is None:
        where = "[cutover.backlog.half_done] of migrate.toml"
        yield f"under way when the source ended: {names}: continue, rerun or skip it in {where}"
    elif policy is not HalfDone.SKIP and manual:
        yield f"{', '.join(manual[:SHOWN])}: a manual run can't be made again: skip it, and trigger it"
    elif policy is HalfDone.CONTINUE and not all(run.tasks for run in found.half_done):
        yield f"which tasks of it had ended is unknown: {names}: rerun or skip it"


def _tasks(run: Run) -> str:
    left = ", ".join(f"{task}={run.tasks[task] or 'none'}" for task in run.at_work[:SHOWN])
    return left or run.state


def doubts(dag: Dag, found: Mapping[str, Backlog]) -> Iterator[str]:
    """What the backlogs of others, ``found`` by id, mean for this DAG where it waits for them."""
    awaited = {
        task.reference.dag_id
        for task in dag.tasks
        if task.reference and task.reference.dag_id and task.reference.kind is ReferenceKind.WAITS_FOR
    }
    for other in sorted(awaited & found.keys()) if found[dag.dag_id].run else ():
        if found[other].skip:
            yield f"waits for {other}, of which {len(found[other].skip)} are skipped"


def merged(dag: Dag, found: Mapping[str, Backlog], dags: Iterable[Dag]) -> Iterator[str]:
    """The producers of which several intervals would become one run of the DAG, unless somebody decided that it may."""
    choice = found[dag.dag_id].choice
    if choice.by_rule and choice.policy is not Policy.RUN_ALL:
        return
    for each in dags:
        count = len(found[each.dag_id].run) if each.dag_id in found else 0
        if count > 1 and set(each.datasets_out) & set(dag.datasets_in):
            yield (
                f"{count} intervals of {each.dag_id} would become one run of it: where that is right, name it with"
                f" run-latest in [cutover.backlog.dags]; else name {each.dag_id} so"
            )
