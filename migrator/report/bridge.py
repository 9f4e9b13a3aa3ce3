"""What a pass of the bridge did: a table, JSON, and one line to grep for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.cutover.bridge.mirror import Status
from migrator.model.table import table as tabulated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrator.cutover.bridge.mirror import Served

SCHEMA_VERSION = 1


def as_json(served: Sequence[Served]) -> dict[str, Any]:
    """Every split wait with its lag."""
    return {"schema_version": SCHEMA_VERSION, "edges": [_edge(one) for one in served]}


def _edge(one: Served) -> dict[str, Any]:
    return {
        "upstream": one.split.wait.upstream,
        "consumer": one.split.wait.consumer,
        "mirrored_from": "v2" if one.split.from_v2 else "v1",
        "status": one.status.value,
        "note": one.note,
        "newest_finished": _iso(one.newest_finished),
        "newest_mirrored": _iso(one.newest_mirrored),
        "lag_runs": one.lag_runs,
        "lag_seconds": one.lag_seconds,
        "took_seconds": one.took_seconds,
        "mirrored": one.mirrored,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def as_table(served: Sequence[Served]) -> str:
    """The same for a person."""
    rows = [
        (
            one.split.wait.upstream,
            one.split.wait.consumer,
            one.split.way,
            _iso(one.newest_finished) or "none",
            _iso(one.newest_mirrored) or "none",
            one.lag_runs,
            f"{one.lag_seconds:g}",
            one.mirrored,
            one.note or one.status.value,
        )
        for one in served
    ]
    headers = (
        "upstream",
        "waits",
        "mirrored",
        "newest finished",
        "mirrored up to",
        "runs behind",
        "s behind",
        "new",
        "",
    )
    return tabulated(rows, headers)


def as_line(served: Sequence[Served]) -> str:
    """One line with the worst lag, the same fields each time."""
    count = {status: sum(one.status is status for one in served) for status in Status}
    return (
        f"bridge status=on edges={len(served)} in_step={count[Status.IN_STEP]} moving={count[Status.MOVING]} "
        f"failed={count[Status.FAILED]} mirrored={sum(one.mirrored for one in served)} "
        f"lag_runs={max((one.lag_runs for one in served), default=0)} "
        f"lag_s={max((one.lag_seconds for one in served), default=0.0):g} "
        f"took_s={max((one.took_seconds or 0.0 for one in served), default=0.0):.1f}"
    )
