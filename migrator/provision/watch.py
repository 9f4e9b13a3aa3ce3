"""What is watched in the target: thresholds with their origin, and which DAGs must be fresh by when."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from migrator.plan.period import period_seconds
from migrator.provision.figure import Figure
from migrator.provision.tables import rows

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory
    from migrator.provision.demand import Demand
    from migrator.provision.sizing import Sizes
    from migrator.workspace.provision_config import FreshnessSection

DAY_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Alert:
    """One policy: a row of the table, and its threshold (none for an absence)."""

    row: dict[str, str]
    threshold: Figure | None

    @property
    def filter(self) -> str:
        """The time series that it looks at."""
        return filter_of(self.row)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A DAG that should have succeeded by a time of day; ``hour`` and ``minute`` are UTC."""

    dag_id: str
    hour: int
    minute: int
    why: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that is watched; ``unwatched`` are critical DAGs that only ``migrate freshness`` can judge."""

    alerts: tuple[Alert, ...]
    fresh: tuple[Fresh, ...]
    unwatched: tuple[str, ...]


def filter_of(row: dict[str, str]) -> str:
    """The time series of a row, of any environment."""
    parts = [f'resource.type="{row["resource"]}"', f'metric.type="{row["metric"]}"', row["only"]]
    return " AND ".join(part for part in parts if part)


def watch_of(inventory: Inventory, demand: Demand, sizes: Sizes, section: FreshnessSection) -> Watch:
    """The alerts for this load, and the deadlines of the critical DAGs."""
    thresholds = _thresholds(inventory, demand, sizes)
    daily = {dag_id: clock for dag_id, clock in sorted(section.dags.items()) if _daily(inventory, dag_id)}
    return Watch(
        alerts=tuple(Alert(row, thresholds.get(row["key"])) for row in rows("alerts")),
        fresh=tuple(_fresh(dag_id, clock, section.timezone) for dag_id, clock in daily.items()),
        unwatched=tuple(sorted(section.dags.keys() - daily.keys())),
    )


def _thresholds(inventory: Inventory, demand: Demand, sizes: Sizes) -> dict[str, Figure]:
    slots = sizes.worker["max_count"].whole * sizes.concurrency.whole
    return {
        "queue": Figure(slots, f"as many as the {slots} places of all workers: a whole round of tasks waits"),
        "parse_time": _parse_limit(demand, sizes),
        "import_errors": Figure(0, "any error is one too many"),
        "evictions": Figure(0, "any eviction kills tasks"),
        "database": Figure(0.95, "healthy in less than 19 of 20 samples"),
        "database_disk": Figure(0.8, "a fifth is left, which is time to clean up in"),
        "failures": _failures(inventory),
    }


def _parse_limit(demand: Demand, sizes: Sizes) -> Figure:
    if demand.parse is None:
        return Figure(sizes.parse_interval.value, "the pause between two passes; v1's own time is not known")
    limit = max(math.ceil(demand.parse.value * 2), sizes.parse_interval.whole)
    return Figure(limit, f"twice v1's, and no less than the pause between two passes; {demand.parse.why}")


def _failures(inventory: Inventory) -> Figure:
    """Twice the worst hour of v1, so that what is usual does not ring."""
    hours = Counter(
        run.ended.replace(minute=0, second=0, microsecond=0)
        for run in inventory.runs
        if run.state == "failed" and run.ended
    )
    if not inventory.runs:
        return Figure(3, "default: there is no history of runs")
    worst = max(hours.values(), default=0)
    return Figure(max(worst * 2, 1), f"twice the worst hour of v1, in which {worst} runs failed; 1 at least")


def _daily(inventory: Inventory, dag_id: str) -> bool:
    """Whether the DAG is due every day, so that a window of a day judges it."""
    dag = inventory.dag(dag_id)
    period = period_seconds(dag.schedule, inventory.captured_at) if dag else None
    return period is not None and period <= DAY_SECONDS


def _fresh(dag_id: str, clock: str, timezone: str) -> Fresh:
    """The deadline in UTC; where clocks change, the later of both, since queries know only UTC."""
    zone, at = ZoneInfo(timezone), time.fromisoformat(clock)
    offsets = [datetime.combine(datetime(2026, month, 15).date(), at, zone).utcoffset() for month in (1, 7)]  # noqa: DTZ001
    later = min(offset or timedelta() for offset in offsets)
    minutes = int((timedelta(hours=at.hour, minutes=at.minute) - later).total_seconds() // 60) % (24 * 60)
    changes = "; an hour late in summer, since queries know only UTC" if len(set(offsets)) > 1 else ""
    return Fresh(dag_id, minutes // 60, minutes % 60, f"{clock} in {timezone}, from [freshness.dags]{changes}")
