"""The load of the source by hour of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.model import Hour

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory
    from migrator.model.selection import Selection


def load_by_hour(inventory: Inventory, only: Selection | None = None) -> tuple[Hour, ...]:
    """The 24 hours, UTC: runs that started in each, of all DAGs or of some, and their seconds; 0 without runs."""
    runs, seconds = [0] * 24, [0.0] * 24
    for run in inventory.runs:
        if run.started is not None and not run.carried and (only is None or run.dag_id in only):
            runs[run.started.hour] += 1
            seconds[run.started.hour] += run.seconds or 0
    return tuple(Hour(hour, runs[hour], seconds[hour]) for hour in range(24))
