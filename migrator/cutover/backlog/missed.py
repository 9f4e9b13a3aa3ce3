"""The backlog of each DAG: what came due since the source ended its last run of it, and what is to become of it. Pure.

What an inventory cannot tell is a problem with its name, never an empty backlog.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migrator.cutover.backlog.problems import NEEDED, doubts, merged, problems
from migrator.cutover.backlog.rules import Choice, HalfDone, Policy, Rules, choose
from migrator.cutover.intervals import Interval, intervals
from migrator.cutover.progress import usual_seconds
from migrator.cutover.zones import is_known
from migrator.model.dag import ScheduleKind
from migrator.model.last_runs import is_past_known, known_runs
from migrator.model.parts import RUNS, unknown_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run


@dataclass(frozen=True, slots=True)
class Backlog:
    """One DAG's backlog.

    ``last``: its newest finished run by time; ``missed``: the intervals that came due since; of these ``run`` are to be
    run and ``skip`` are not; ``alone``: how many unpausing alone would start, None where its catchup is unknown;
    ``half_done``: the runs that were under way; ``seconds``: how long the backlog may take, None where nobody knows;
    ``problems``: why it cannot be moved yet.
    ``known``: whether anybody knows its last run and when it is due; without these nothing could be counted.
    """

    dag_id: str
    choice: Choice
    last: Run | None = None
    missed: tuple[Interval, ...] = ()
    run: tuple[Interval, ...] = ()
    skip: tuple[Interval, ...] = ()
    alone: int | None = 0
    half_done: tuple[Run, ...] = ()
    seconds: float | None = None
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    known: bool = True

    @property
    def counted(self) -> bool:
        """Whether it is known how many intervals are run and how many are not."""
        return self.known and self.choice.decided

    @property
    def at_once(self) -> int:
        """How many of its runs may be at work at once."""
        return min(self.choice.at_once, len(self.run)) if self.run else 0


def backlogs(inventory: Inventory, rules: Rules, now: datetime) -> tuple[Backlog, ...]:
    """The backlog of every DAG that was unpaused, by id."""
    runs = by_dag(known_runs(inventory))
    seconds = usual_seconds(inventory.runs)
    dags = [dag for dag in sorted(inventory.dags, key=lambda dag: dag.dag_id) if not _stays_paused(dag)]
    found = {
        dag.dag_id: backlog(
            dag,
            runs.get(dag.dag_id, ()),
            choose(dag, rules),
            now,
            known=is_history_known(inventory, dag),
            usual=seconds.get(dag.dag_id),
        )
        for dag in dags
    }
    return tuple(_among_others(dag, found, dags) for dag in dags)


def _among_others(dag: Dag, found: Mapping[str, Backlog], dags: Sequence[Dag]) -> Backlog:
    own = found[dag.dag_id]
    more = tuple(merged(dag, found, dags))
    return replace(own, problems=(*own.problems, *more), doubts=tuple(doubts(dag, found)))


def by_dag(runs: Iterable[Run]) -> dict[str, tuple[Run, ...]]:
    """The runs of each DAG, oldest first."""
    found: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda run: run.logical_date):
        found.setdefault(run.dag_id, []).append(run)
    return {dag_id: tuple(each) for dag_id, each in found.items()}


def is_history_known(inventory: Inventory, dag: Dag) -> bool:
    """Whether its last run is known, or that it never ran; of a DAG that time does not start nobody asks."""
    if not dag.automated:
        return True
    known = is_past_known(inventory, dag.dag_id)
    if known is None:
        some = any(run.dag_id == dag.dag_id and run.automated for run in inventory.runs)
        return some or RUNS not in unknown_of(inventory)
    return known


def backlog(
    dag: Dag,
    runs: Sequence[Run],
    choice: Choice,
    now: datetime,
    *,
    known: bool,
    usual: float | None = None,
    taken: Collection[datetime] = (),
) -> Backlog:
    """The backlog of one DAG, whose ``runs`` are those that the source had, oldest first.

    ``taken``: the intervals that ran in the target already. A run that was under way is no missed interval either.
    """
    done = [run for run in runs if run.automated and run.finished]
    last = done[-1] if done else None
    half = tuple(run for run in runs if not run.finished and not run.carried)
    ran = {*taken, *(run.logical_date for run in runs if run.automated)}
    countable = known and all(map(dag.knows, NEEDED))
    due = _due(dag, last, now) if countable else ()  # since a last run that nobody knows none can be counted
    missed = tuple(one for one in due if one.start not in ran)
    to_run = tuple(one for one in _chosen(due, choice) if one.start not in ran)
    starts = {one.start for one in to_run}
    again = sum(run.automated for run in half) if choice.half_done in {HalfDone.RERUN, HalfDone.CONTINUE} else 0
    seconds = _seconds(len(to_run) + again, dag, choice, usual)
    found = Backlog(
        dag_id=dag.dag_id,
        choice=choice,
        last=last,
        missed=missed,
        run=to_run,
        skip=tuple(one for one in missed if one.start not in starts),
        alone=_alone(dag, len(missed)),
        half_done=half,
        seconds=seconds if countable and choice.decided else None,
        known=countable,
    )
    return replace(found, problems=tuple(problems(dag, found, known=known)))


def _alone(dag: Dag, missed: int) -> int | None:
    if not dag.knows("catchup"):
        return None
    return missed if dag.catchup else min(missed, 1)


def _due(dag: Dag, last: Run | None, now: datetime) -> tuple[Interval, ...]:
    """The intervals after the last run that are due."""
    if dag.schedule.kind is ScheduleKind.ONCE:
        start = dag.start_date
        return (Interval(start, start),) if start and start <= now and last is None else ()
    if dag.schedule.kind is ScheduleKind.CRON and not is_known(dag.schedule.timezone):
        return ()
    since = (last.interval_end or last.logical_date) if last else dag.start_date
    if since is None:
        return ()
    anchor = last.logical_date if last else dag.start_date
    due = intervals(dag.schedule, since, now, anchor)
    return tuple(one for one in due if _begun(dag, one, last))


def _begun(dag: Dag, one: Interval, last: Run | None) -> bool:
    first = last.logical_date if last else None
    begun = one.start > first if first else dag.start_date is None or one.start >= dag.start_date
    return begun and (dag.end_date is None or one.start <= dag.end_date)


def _chosen(missed: tuple[Interval, ...], choice: Choice) -> tuple[Interval, ...]:
    match choice.policy:
        case Policy.RUN_ALL:
            return missed
        case Policy.RUN_LATEST:
            return missed[-1:]
        case Policy.SKIP:
            return ()
        case Policy.FROM:
            since = choice.since
            return tuple(one for one in missed if since is None or one.start >= since)


def _seconds(count: int, dag: Dag, choice: Choice, usual: float | None) -> float | None:
    """By the median of its runs, side by side as far as both limits let them."""
    if not count:
        return 0.0
    if usual is None:
        return None
    if not dag.knows("max_active_runs") or dag.minds_its_past is None:
        return None
    side_by_side = max(1, min(choice.at_once, dag.max_active_runs, count))
    return usual * (count if dag.minds_its_past else -(-count // side_by_side))


def _stays_paused(dag: Dag) -> bool:
    return dag.state == "paused"
