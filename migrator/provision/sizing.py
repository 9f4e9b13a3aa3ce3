"""From the load to the workloads of a Composer 2 environment: plain arithmetic that explains itself.

Limits are those of Composer 2's documentation: 0.5 to 28 vCPU in quarters, 1 to 6.5 GB a vCPU, up to 100 workers; an
environment of high resilience has two schedulers, two web servers, two triggerers if any, and two workers at least.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.provision.demand import Demand, tasks_per_worker
from migrator.provision.figure import Figure, quarter
from migrator.provision.tables import rows

if TYPE_CHECKING:
    from migrator.model.environment import EnvironmentFacts

Part = dict[str, Figure]

MOST_WORKERS = 100
MOST_CPU, MOST_MEMORY = 28.0, 80.0
GB_PER_CPU = 6.5
TASKS_PER_CPU = 12
"""Composer's own ``worker_concurrency`` is at most 12 a vCPU."""
GB_PER_TASK = 0.65
WORKER_OWN_GB = 0.5
FRESH_SECONDS = 30
"""How often a file is parsed, unless that takes too much."""
PARSE_CPU = 1.5
RESILIENT = 2


@dataclass(frozen=True, slots=True)
class Sizes:
    """The workloads, and the options of Airflow that go with them."""

    environment: tuple[str, str]
    scheduler: Part
    web_server: Part
    worker: Part
    triggerer: Part | None
    concurrency: Figure
    parse_interval: Figure


def size(demand: Demand, facts: EnvironmentFacts, headroom: float) -> Sizes:
    """The workloads; UsageError when no environment is large enough."""
    preset, why = _preset(demand)
    interval = _interval(demand)
    concurrency, worker = _worker(demand, facts, headroom, preset)
    return Sizes(
        environment=(f"ENVIRONMENT_SIZE_{preset['size']}", why),
        scheduler=_scheduler(demand, preset, interval),
        web_server=_from_preset(preset, "web"),
        worker=worker,
        triggerer=_triggerer(demand),
        concurrency=concurrency,
        parse_interval=interval,
    )


def _preset(demand: Demand) -> tuple[dict[str, str], str]:
    """The smallest that is meant for so many DAGs, runs and tasks; it sizes the database and the queue."""
    presets = rows("presets")
    wanted = {"dags": demand.dags, "runs": demand.runs.whole, "tasks": demand.peak.whole}
    fits = (one for one in presets if all(int(one[key]) >= count for key, count in wanted.items()))
    preset = next(fits, presets[-1])
    told = ", ".join(f"{_count(demand, key, count)} {key} (up to {preset[key]})" for key, count in wanted.items())
    return preset, f"for {told}: it sizes the database and the queue"


def _count(demand: Demand, key: str, count: int) -> str:
    if key not in demand.unknown:
        return str(count)
    return {"dags": f"at least {count}", "runs": "an unknown number of"}.get(key, f"{count} assumed")


def _from_preset(preset: dict[str, str], part: str) -> Part:
    why = f"the {preset['size'].lower()} preset of Composer 2"
    return {
        "cpu": Figure(float(preset[f"{part}_cpu"]), why),
        "memory_gb": Figure(float(preset[f"{part}_memory"]), why),
        "storage_gb": Figure(float(preset[f"{part}_storage"]), why),
    }


def _interval(demand: Demand) -> Figure:
    if demand.parse is None:
        return Figure(FRESH_SECONDS, "default: how long files take to parse is not known")
    interval = max(math.ceil(demand.parse.value / PARSE_CPU / FRESH_SECONDS), 1) * FRESH_SECONDS
    why = f"{demand.parse.why}; each scheduler parses them all with at most {PARSE_CPU} vCPU"
    return Figure(interval, why)


def _scheduler(demand: Demand, preset: dict[str, str], interval: Figure) -> Part:
    part = _from_preset(preset, "scheduler")
    if demand.parse is not None:
        cpu = max(quarter(0.5 + demand.parse.value / interval.value), 0.5)
        why = f"0.5 to schedule + {demand.parse.value:.1f} s of parsing every {interval.whole} s, in quarters"
        least = float(preset["scheduler_cpu"])
        if cpu < least:
            why = f"{cpu} would do ({why}), but {part['cpu'].why} has {least:g}"
        part |= {"cpu": Figure(max(cpu, least), why)}
        part |= {"memory_gb": Figure(max(part["memory_gb"].value, quarter(cpu * 2)), part["memory_gb"].why)}
    return part | {"count": Figure(RESILIENT, "high resilience: one in each of two zones")}


def _triggerer(demand: Demand) -> Part | None:
    if not demand.deferrable.value:
        return None
    return {
        "cpu": Figure(0.5, "the least; one triggerer waits for about a thousand tasks"),
        "memory_gb": Figure(0.5, "the least for 0.5 vCPU"),
        "count": Figure(RESILIENT, f"high resilience; {demand.deferrable.why}"),
    }


def _worker(demand: Demand, facts: EnvironmentFacts, headroom: float, preset: dict[str, str]) -> tuple[Figure, Part]:
    """As many tasks a worker as in v1, or twice, four times ... as many where that takes more than 100 workers."""
    each = tasks_per_worker(facts)
    memory, share, cpu_why = _per_task(facts, each)
    wanted = demand.peak.value * headroom
    tasks = each.whole
    while math.ceil(wanted / tasks) > MOST_WORKERS:
        tasks *= 2
    gb = quarter(tasks * memory.value + WORKER_OWN_GB)
    cpu = quarter(max(0.5, tasks / TASKS_PER_CPU, gb / GB_PER_CPU, tasks * share))
    if gb > MOST_MEMORY or cpu > MOST_CPU:
        raise _too_large(wanted, tasks, gb)
    gb = max(gb, cpu)
    most = max(math.ceil(wanted / tasks), RESILIENT)
    least = max(min(math.ceil(demand.mean.value / tasks), most), RESILIENT)
    told = each.why if tasks == each.whole else f"{each.why}, times {tasks // each.whole} to need no more than 100"
    return Figure(tasks, told), {
        "cpu": Figure(cpu, f"for {tasks} tasks: at most {TASKS_PER_CPU} tasks and {GB_PER_CPU} GB a vCPU; {cpu_why}"),
        "memory_gb": Figure(gb, f"{tasks} tasks x {memory.value:.2f} GB + {WORKER_OWN_GB} of its own; {memory.why}"),
        "storage_gb": Figure(float(preset["worker_storage"]), f"the {preset['size'].lower()} preset of Composer 2"),
        "min_count": Figure(
            least, f"{demand.mean.value:.1f} tasks at once on average ({demand.mean.why}); 2 for zones"
        ),
        "max_count": Figure(most, f"{demand.peak.whole} x {headroom:g} / {tasks} tasks a worker; {demand.peak.why}"),
    }


def _per_task(facts: EnvironmentFacts, each: Figure) -> tuple[Figure, float, str]:
    """What a task of v1 has: its share of its node's memory and vCPU, by its worker's tasks."""
    name = str(facts.network.get("node_config", {}).get("machine_type", "")).rpartition("/")[2]
    machine = next((row for row in rows("machine_types") if row["name"] == name), None)
    if machine is None:
        why = f"default: v1's machine type {name or 'is not known'}" + (" is not in the table" if name else "")
        return Figure(GB_PER_TASK, why), 0, "what v1 had is not known"
    nodes = f"v1's {facts.node_count or '?'} nodes are {name} ({machine['cpu']} vCPU, {machine['memory']} GB)"
    share = float(machine["cpu"]) / each.value
    return (
        Figure(float(machine["memory"]) / each.value, f"{nodes} for {each.whole} tasks"),
        share,
        f"no less than {nodes}",
    )


def _too_large(wanted: float, tasks: int, gb: float) -> UsageError:
    return UsageError(
        f"no environment takes {wanted:,.0f} tasks at once",
        why=f"that is {tasks} tasks and {gb:g} GB on each of {MOST_WORKERS} workers, of {MOST_MEMORY:g} GB at most",
        fix="split the estate over two environments, or lower [provision] headroom in migrate.toml",
    )
