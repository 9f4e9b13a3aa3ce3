"""What a transfer or a deploy did, as text, JSON and a record among the reports. No secret is in any of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from migrator.model.table import table as tabulated
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from migrator.transfer.resources import Item, Kind, Policy

SCHEMA_VERSION = 1


def as_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table for a person; empty when there are no rows."""
    return tabulated(rows, headers=headers, tablefmt="simple") + "\n" if rows else ""


def items_table(items: Sequence[Item]) -> str:
    """What became of each item that was not equal already."""
    rows = [(one.kind, one.name, one.status, one.why) for one in items if one.status != "equal" or one.why]
    return as_table(("kind", "name", "status", "why"), rows)


def items_record(
    items: Sequence[Item], at: datetime, *, target: str, policies: Mapping[Kind, Policy], dry_run: bool
) -> dict[str, Any]:
    """The record of one transfer: names and fates only."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": at.isoformat(),
        "target": target,
        "policy": {str(kind): str(policy) for kind, policy in policies.items()},
        "dry_run": dry_run,
        "summary": dict(sorted(Counter(str(one.status) for one in items).items())),
        "items": [{"kind": one.kind, "name": one.name, "status": one.status, "why": one.why} for one in items],
    }


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Keep the record as JSON, whole or not at all."""
    write_atomic(path, as_json(record).encode())


def as_json(record: dict[str, Any]) -> str:
    """The record as JSON, ending in a newline."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
