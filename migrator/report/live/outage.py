"""What the page tells of a source that no longer runs: since when, and what came due since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.backlog.missed import backlogs
from migrator.model.inventory import Origin

if TYPE_CHECKING:
    from datetime import datetime

    from migrator.cutover.backlog.missed import Backlog
    from migrator.cutover.backlog.rules import Rules
    from migrator.model.inventory import Inventory


def outage(inventory: Inventory, rules: Rules, now: datetime) -> dict[str, Any] | None:
    """When the source was seen last, and a row for each DAG that missed something or may have; None while it runs.

    A count that nobody knows is None.
    """
    if inventory.origin is Origin.LIVE:
        return None
    found = [one for one in backlogs(inventory, rules, now) if one.missed or not one.known]
    seen = f"{inventory.captured_at:%Y-%m-%d %H:%M}"
    return {"last_seen": seen, "dags": [_row(one) for one in found]}


def _row(one: Backlog) -> dict[str, Any]:
    return {
        "dag": one.dag_id,
        "last_run": f"{one.last.logical_date:%Y-%m-%d %H:%M}" if one.last else None,
        "missed": len(one.missed) if one.known else None,
        "run": len(one.run) if one.counted else None,
        "skip": len(one.skip) if one.counted else None,
    }
