"""``migrate inventory``: what the source holds, as one file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of

if TYPE_CHECKING:
    from migrator.cli.context import Context
    from migrator.model.inventory import Inventory


Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; inventory.json.")]


class Format(StrEnum):
    """How the inventory is shown."""

    TABLE = "table"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(inventory)


def inventory(
    ctx: typer.Context,
    output: Output = None,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of inventory.json and end.")] = False,
) -> None:
    """Read the source environment: inventory.json, secrets.age, dags/source and plugins/source."""
    from migrator.inventory import store
    from migrator.inventory.show import table

    if schema:
        print(json.dumps(store.schema(), indent=2))
        return
    taken = _take(of(ctx), output)
    print(store.dumps(taken) if form is Format.JSON else table(taken), end="")


def _take(context: Context, output: Path | None) -> Inventory:
    """Read, download and write, in this order, so that inventory.json always describes what lies beside it."""
    from migrator.inventory.take import take
    from migrator.workspace.connect import connect_source
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    source = connect_source(workspace)
    try:
        return take(workspace, source, now=datetime.now(UTC), output=output, say=context.say)
    finally:
        source.close()
