"""An inventory as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrator.model.inventory import Inventory


def table(inventory: Inventory) -> str:
    """Counts, DAGs, broken files and warnings."""
    return "\n\n".join(_parts(inventory)) + "\n"


def _parts(inventory: Inventory) -> Iterator[str]:
    told = inventory.environment.image or f"a {inventory.origin}"
    yield f"{inventory.environment.name}\n{told}, {inventory.captured_at.isoformat()}"
    yield _grid(_counts(inventory), ("", "count"))
    if inventory.dags:
        rows = [
            (dag.dag_id, str(dag.schedule), ", ".join(dag.owners), "paused" if dag.paused else "", len(dag.tasks))
            for dag in inventory.dags
        ]
        yield _grid(rows, ("DAG", "schedule", "owner", "paused", "tasks"))
    if inventory.broken_files:
        yield _grid([(one.file, _last_line(one.message)) for one in inventory.broken_files], ("broken file", "message"))
    if inventory.unlisted:
        yield _grid([(f"{one.file}:{one.line}", one.why) for one in inventory.unlisted], ("not listed", "why"))
    if any(dag.unknown for dag in inventory.dags):
        unknown = [(dag.dag_id, ", ".join(dag.unknown)) for dag in inventory.dags if dag.unknown]
        yield _grid(unknown, ("DAG", "only run time knows"))
    if inventory.warnings:
        yield "\n".join(f"warning: {warning}" for warning in inventory.warnings)


def _counts(inventory: Inventory) -> list[tuple[str, int]]:
    return [
        ("DAGs", len(inventory.dags)),
        ("of them paused", sum(dag.paused for dag in inventory.dags)),
        ("tasks", sum(len(dag.tasks) for dag in inventory.dags)),
        ("broken files", len(inventory.broken_files)),
        ("files", len(inventory.files)),
        ("runs", len(inventory.runs)),
        ("variables", len(inventory.variables)),
        ("connections", len(inventory.connections)),
        ("pools", len(inventory.pools)),
    ]


def _grid(rows: Sequence[tuple[object, ...]], headers: tuple[str, ...]) -> str:
    """``disable_numparse``: a DAG called 00123 keeps its zeros."""
    return tabulate([tuple(map(str, row)) for row in rows], headers=headers, disable_numparse=True)


def _last_line(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[-1][:100] if lines else ""
