"""The date of a run in the name of a folder or an object of its logs."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote


def date_in(name: str) -> datetime | None:
    """The date that a folder's name is, in UTC; None for anything else."""
    plain = unquote(name) if "%" in name else name
    if not plain[:4].isdigit() or "T" not in plain:
        return None
    try:
        found = datetime.fromisoformat(plain)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
