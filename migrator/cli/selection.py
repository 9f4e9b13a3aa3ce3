"""``--dag`` and ``--owner``: the one definition of both, for every command that works on some DAGs of the estate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.errors import MigrateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.model.inventory import Inventory
    from migrator.model.selection import Selection


def complete_dag(ctx: typer.Context, incomplete: str) -> list[str]:
    """The DAGs of the workspace's inventory that begin so, for the shell."""
    inventory = _inventory(ctx)
    return _beginning((dag.dag_id for dag in inventory.dags) if inventory else (), incomplete)


def complete_owner(ctx: typer.Context, incomplete: str) -> list[str]:
    """The owners of the workspace's inventory that begin so, for the shell."""
    from migrator.model.selection import NOBODY

    inventory = _inventory(ctx)
    return _beginning((o for dag in inventory.dags for o in dag.owned_by or (NOBODY,)) if inventory else (), incomplete)


Dags = Annotated[
    list[str] | None,
    typer.Option(
        "--dag", metavar="PATTERN", help="Only these DAGs, such as 'etl_*'; repeatable.", autocompletion=complete_dag
    ),
]
Owners = Annotated[
    list[str] | None,
    typer.Option("--owner", metavar="NAME", help="Only DAGs of this owner; repeatable.", autocompletion=complete_owner),
]


def selection_of(inventory: Inventory, dag: Sequence[str] | None, owner: Sequence[str] | None) -> Selection | None:
    """The DAGs that the two options select; None where neither is given. UsageError for a name that fits none."""
    from migrator.model.selection import select

    return select(inventory.dags, dag or (), owner or ())


def _inventory(ctx: typer.Context) -> Inventory | None:
    """What the workspace holds; None where it can't be read, since a shell that completes shows no errors."""
    from migrator.inventory import store

    workspace = ctx.find_root().params.get("workspace") or Path()
    try:
        return store.load(Path(workspace) / "inventory.json")
    except (MigrateError, OSError):
        return None


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
