"""On which side each DAG runs, from the rows of ``migrate status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def latest(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The newest row of each DAG, by its id."""
    return {row["dag"]: row for row in rows}


def place(row: Mapping[str, Any] | None) -> str:
    """Where a DAG runs by its newest row: ``v1``, ``v2``, ``between``, or ``person`` when one has to decide."""
    if row is None:
        return "v1"
    origin, destination = ("v1", "v2") if row["direction"] == "forward" else ("v2", "v1")
    match row["state"]:
        case "NEEDS_PERSON":
            return "person"
        case "PLANNED" | "PREFLIGHT" | "QUIESCING" | "BACKED_OUT":
            return origin
        case "OBSERVED" | "COMPLETE" | "V1_UNPAUSED" | "V2_UNPAUSED":
            return destination
        case _:
            return "between"
