"""What the target must carry: read from the inventory, each number with where it comes from."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.model.sealed import clear
from migrator.provision.figure import Figure
from migrator.provision.tables import rows

if TYPE_CHECKING:
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.inventory import Inventory
    from migrator.model.run import Run

TASKS_PER_WORKER = 6
"""``worker_concurrency`` of Composer 1, unless it is overridden."""
CONCURRENCY = "celery-worker_concurrency"
WINDOW_HOURS = 4


@dataclass(frozen=True, slots=True)
class Demand:
    """The load: ``peak`` tasks at once and ``mean`` over the weeks; ``parse`` seconds for one pass over the files.

    ``quiet`` is the hour, UTC, at which the quietest four hours begin; ``unknown``: of ``dags``, ``runs`` and ``tasks``
    those of which there may be more than are counted.
    """

    dags: int
    peak: Figure
    mean: Figure
    runs: Figure
    parse: Figure | None
    quiet: Figure
    deferrable: Figure
    pods: Figure
    unknown: frozenset[str] = frozenset()


def demand_of(inventory: Inventory) -> Demand:
    """The load of the source."""
    runs = _peak_runs(inventory)
    peak = _peak_tasks(inventory, runs)
    return Demand(
        dags=len(inventory.dags),
        peak=peak,
        mean=_mean(inventory, peak),
        runs=runs,
        parse=_parse(inventory),
        quiet=_quiet(inventory),
        deferrable=_deferrable(inventory),
        pods=_pods(inventory, peak),
        unknown=_unknown(inventory, runs, peak),
    )


def _unknown(inventory: Inventory, runs: Figure, peak: Figure) -> frozenset[str]:
    counted = {"dags": not inventory.unlisted, "runs": runs.why.startswith("measured"),
               "tasks": peak.why.startswith("measured")}  # fmt: skip
    return frozenset(name for name, known in counted.items() if not known)


def tasks_per_worker(facts: EnvironmentFacts) -> Figure:
    """How many tasks a worker of the source takes."""
    given = clear(facts.overrides).get(CONCURRENCY, "")
    if given.isdigit() and int(given) > 0:
        return Figure(int(given), f"the source's override {CONCURRENCY}")
    return Figure(TASKS_PER_WORKER, "worker_concurrency of Composer 1 where nothing overrides it")


def _peak_tasks(inventory: Inventory, runs: Figure) -> Figure:
    """Measured, else from runs, else what v1 could take, else what a small environment can."""
    load = inventory.usage.load if inventory.usage else None
    if load and load.tasks:
        at = f" on {load.peak_at:%Y-%m-%d %H:%M} UTC" if load.peak_at else ""
        return Figure(load.peak, f"measured: {load.peak} tasks at once{at}, of {load.tasks:,} tasks")
    if runs.value:
        return Figure(runs.value, f"estimated: no task times are known, and {runs.whole} DAG runs were open at once")
    each = tasks_per_worker(inventory.environment)
    if nodes := inventory.environment.node_count:
        could = nodes * each.whole
        why = f"default: no load history; v1's {nodes} nodes can take {each.whole} tasks each"
        return Figure(could, why)
    tasks = int(rows("presets")[0]["tasks"])
    return Figure(tasks, "default: no load history; what Composer's small preset is for")


def _mean(inventory: Inventory, peak: Figure) -> Figure:
    usage = inventory.usage
    if usage and usage.load and usage.load.tasks:
        window = (inventory.captured_at - usage.since).total_seconds()
        mean = usage.load.seconds / window
        return Figure(mean, f"measured: {usage.load.seconds / 3600:,.0f} h of tasks in {window / 3600:,.0f} h")
    return Figure(peak.value / 4, "default: a quarter of the peak, since no task times are known")


def _peak_runs(inventory: Inventory) -> Figure:
    runs = [run for run in inventory.runs if run.started and not run.carried]
    if not runs:
        return Figure(0, "default: the inventory holds no run with its times")
    most = _most_at_once(sorted(runs, key=lambda run: (run.started, run.dag_id)))
    return Figure(most, f"measured: {most} runs open at once, of {len(runs):,} in the inventory")


def _most_at_once(runs: list[Run]) -> int:
    open_until: list[float] = []
    most = 0
    for run in runs:
        begun = run.started.timestamp()  # type: ignore[union-attr]
        while open_until and open_until[0] <= begun:
            heapq.heappop(open_until)
        heapq.heappush(open_until, run.ended.timestamp() if run.ended else float("inf"))
        most = max(most, len(open_until))
    return most


def _parse(inventory: Inventory) -> Figure | None:
    usage = inventory.usage
    if not usage or not usage.parse:
        return None
    slowest = max(usage.parse, key=lambda one: one.seconds)
    why = f"measured: {len(usage.parse)} files take {usage.parse_seconds:.1f} s, the slowest {slowest.file}"
    return Figure(usage.parse_seconds, why)


def _quiet(inventory: Inventory) -> Figure:
    load = inventory.usage.load if inventory.usage else None
    by_hour = list(load.by_hour) if load and load.tasks else [0] * 24
    what = "the tasks at once"
    if not any(by_hour):
        begun = Counter(run.started.hour for run in inventory.runs if run.started)
        by_hour, what = [begun[hour] for hour in range(24)], "the runs that began"
    if not any(by_hour):
        return Figure(2, "default: there is no load history")
    sums = [sum(by_hour[(hour + more) % 24] for more in range(WINDOW_HOURS)) for hour in range(24)]
    best = sums.index(min(sums))
    return Figure(best, f"measured: {what} are fewest in the {WINDOW_HOURS} hours from {best:02}:00 UTC")


def _deferrable(inventory: Inventory) -> Figure:
    known = {row["operator"] for row in rows("deferrable")}
    found = Counter(task.operator.rpartition(".")[2] for dag in inventory.dags for task in dag.tasks)
    named = {name: count for name, count in found.items() if name in known}
    most = ", ".join(f"{count} {name}" for name, count in sorted(named.items(), key=lambda one: (-one[1], one[0]))[:3])
    more = "" if inventory.tasks_known else "; not all tasks are known"
    return Figure(
        sum(named.values()), (f"tasks that can be deferred: {most}" if named else "no task can be deferred") + more
    )


def _pods(inventory: Inventory, peak: Figure) -> Figure:
    """How many KubernetesPodOperator pods run at once: their share of all tasks at the peak."""
    tasks = [task for dag in inventory.dags for task in dag.tasks]
    pods = sum("KubernetesPod" in task.operator for task in tasks)
    more = "" if inventory.tasks_known else "; not all tasks are known"
    if not pods:
        return Figure(0, f"no task is a KubernetesPodOperator{more}")
    return Figure(peak.value * pods / len(tasks), f"{pods} of {len(tasks)} tasks are a KubernetesPodOperator{more}")
