"""What became of a run, as far as the logs of its tasks tell. Pure.

A task that was skipped, or whose upstream failed, leaves no log, nor does one that never began: where the others do not
prove which it was, its state stays None, and so does that of the run.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from migrator.model.dag import ScheduleKind
from migrator.model.run import TASK_FINISHED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from migrator.inventory.logs.endings import Ending
    from migrator.model.dag import Dag, Task

_FAILED = frozenset({"failed", "upstream_failed"})
_NEEDS_ALL = "all_success"
_NEEDS_NO_FAILURE = frozenset({_NEEDS_ALL, "none_failed", "none_failed_or_skipped", "none_failed_min_one_success"})
_NO_WAIT = frozenset({"one_success", "one_failed", "one_done", "dummy", "always"})
"""The rules by which a task may run before all that stands before it ended."""
_EMPTY = ("DummyOperator", "EmptyOperator")
"""What the scheduler marks as done itself, without a log: 1.10.15 and 2.x alike."""
_SURE = 2
"""Of so many runs the tasks must be known where the code does not tell them."""


def task_states(dag: Dag, endings: Mapping[str, Ending]) -> dict[str, str | None]:
    """The state of each task, by id; None where nobody knows whether it was skipped or never began."""
    states: dict[str, str | None] = {task.task_id: None for task in dag.tasks}
    states |= {task_id: ending.state for task_id, ending in endings.items()}
    if "edges" not in dag.unknown and "tasks" not in dag.unknown:
        for cut in (one for one, ending in endings.items() if ending.skips == "all" and ending.state == "success"):
            states |= dict.fromkeys((one for one in _behind(dag, cut) if states.get(one) is None), "skipped")
        while found := _explained(dag, states, endings) or _passed(dag, states):
            states |= found
    return dict(sorted(states.items()))


def run_state(dag: Dag, states: Mapping[str, str | None], *, every: Collection[str] = ()) -> str | None:
    """The state of the run; ``every``: the tasks that its other runs had, where the code does not tell all.

    It is None where nobody knows.
    """
    if any(state and state not in TASK_FINISHED for state in states.values()):
        return "running"
    if "tasks" in dag.unknown or "edges" in dag.unknown:
        sure = set(every) <= states.keys() and bool(every) and set(states.values()) == {"success"}
        return "success" if sure else None
    if not states or None in states.values():
        return None
    leaves = {task.task_id for task in dag.tasks if not task.downstream} & states.keys()
    return "failed" if any(states[leaf] in _FAILED for leaf in leaves) else "success"


def tasks_of_all(runs: Collection[Mapping[str, str | None]]) -> frozenset[str]:
    """The tasks that these runs had, all of them; none where they are too few to tell."""
    return frozenset(task for tasks in runs for task in tasks) if len(runs) >= _SURE else frozenset()


def automated(dag: Dag, dates: Collection[datetime]) -> dict[datetime, bool | None]:
    """Whether the scheduler made the runs of these dates, by the DAG's schedule; None where it does not tell."""
    if "schedule" in dag.unknown:
        return dict.fromkeys(dates)
    match dag.schedule.kind:
        case ScheduleKind.NONE:
            return dict.fromkeys(dates, False)
        case ScheduleKind.CRON:
            return {date: _is_due(str(dag.schedule.expression), dag.schedule.timezone, date) for date in dates}
        case ScheduleKind.DELTA if dag.schedule.seconds:
            return _in_step(dates, dag.schedule.seconds)
        case ScheduleKind.ONCE if dag.start_date:
            return {date: date == dag.start_date for date in dates}
        case _:
            return dict.fromkeys(dates)


def _is_due(expression: str, zone: str, date: datetime) -> bool | None:
    try:
        local = date.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return not local.second and not local.microsecond and bool(croniter.match(expression, local))
    except (CroniterError, ValueError, KeyError, OSError, OverflowError):
        return None


def _in_step(dates: Collection[datetime], seconds: float) -> dict[datetime, bool | None]:
    """Those that are whole intervals apart from each other; of one alone nobody knows."""
    steps = {date: round(date.timestamp() % seconds, 3) % seconds for date in dates}
    counts = Counter(steps.values())
    step, most = max(counts.items(), key=lambda one: one[1], default=(0.0, 0))
    return {date: (steps[date] == step if most > 1 else None) for date in dates}


def _upstream(dag: Dag) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {task.task_id: [] for task in dag.tasks}
    for task in dag.tasks:
        for other in task.downstream:
            found.setdefault(other, []).append(task.task_id)
    return found


def _explained(dag: Dag, states: Mapping[str, str | None], endings: Mapping[str, Ending]) -> dict[str, str]:
    """The states of tasks without a log which those before them prove."""
    upstream = _upstream(dag)
    missing = [task for task in dag.tasks if states[task.task_id] is None]
    found = {task.task_id: _proven(task, upstream[task.task_id], states, endings) for task in missing}
    return {task_id: state for task_id, state in found.items() if state}


def _proven(task: Task, upstream: list[str], states: Mapping[str, str | None], endings: Mapping[str, Ending]) -> str:
    before = [states.get(one) for one in upstream]
    if any(_skips(endings[one], task.task_id) for one in upstream if one in endings):
        return "skipped"
    if task.trigger_rule in _NEEDS_NO_FAILURE and any(state in _FAILED for state in before):
        return "upstream_failed"
    if task.trigger_rule == _NEEDS_ALL and "skipped" in before:
        return "skipped"
    if task.trigger_rule in _NEEDS_NO_FAILURE and set(before) == {"skipped"}:
        return "skipped"
    return "success" if task.operator.endswith(_EMPTY) and _may_run(task.trigger_rule, before) else ""


def _may_run(rule: str, before: list[str | None]) -> bool:
    """Whether all that the rule waits for ended, as it has to."""
    if rule == _NEEDS_ALL:
        return all(state == "success" for state in before)
    return None not in before and (rule == "all_done" or rule in _NEEDS_NO_FAILURE)


def _skips(ending: Ending, task_id: str) -> bool:
    chosen = ending.follows is None or task_id in ending.follows
    return ending.state == "success" and (bool(ending.skips) or not chosen)


def _behind(dag: Dag, task_id: str) -> set[str]:
    """All that comes after a task."""
    downstream = {task.task_id: task.downstream for task in dag.tasks}
    found, waiting = set[str](), list(downstream.get(task_id, ()))
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += downstream.get(one, ())
    return found


def _passed(dag: Dag, states: Mapping[str, str | None]) -> dict[str, str]:
    """Tasks without a log, one behind which ran that waits for all before it: they were skipped."""
    waits = {task.task_id for task in dag.tasks if task.trigger_rule not in _NO_WAIT and states[task.task_id]}
    return {task.task_id: "skipped" for task in dag.tasks if not states[task.task_id] and waits & {*task.downstream}}
