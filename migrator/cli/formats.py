"""The values that ``--format`` takes."""

from __future__ import annotations

from enum import StrEnum

from migrator.errors import UsageError


class Format(StrEnum):
    """A table for a person, or JSON for a program."""

    TABLE = "table"
    JSON = "json"


def table_or_json(value: str) -> str:
    """``table`` or ``json``; UsageError otherwise."""
    if value in {"table", "json"}:
        return value
    raise UsageError(f"There is no format {value!r}.", why="The formats are table and json.", fix="--format table")
