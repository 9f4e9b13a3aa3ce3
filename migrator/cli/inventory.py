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


Folder = Annotated[
    Path | None,
    typer.Option(
        "--from-folder", metavar="DIR", help="Read a copy of a bucket, or of its DAGs, by its code alone; no network."
    ),
]


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
    from_folder: Folder = None,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of inventory.json and end.")] = False,
) -> None:
    """Read the source environment, or what is left of it: inventory.json, secrets.age, dags/source, plugins/source."""
    from migrator.inventory import store
    from migrator.inventory.show import table

    if schema:
        print(json.dumps(store.schema(), indent=2))
        return
    taken = _of_folder(of(ctx), from_folder, output) if from_folder else _take(of(ctx), output)
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


def _of_folder(context: Context, folder: Path, output: Path | None) -> Inventory:
    """Read what is left of an environment: its files."""
    from migrator.environments.folder import open_folder
    from migrator.inventory.folder import of_folder
    from migrator.inventory.take import keep
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    files = open_folder(folder)
    context.say(f"reading {folder} by its code: nothing in it runs")
    named = workspace.config.source.environment if workspace.config.source else ""
    return keep(workspace, files, of_folder(files, name=named, now=datetime.now(UTC)), output=output, say=context.say)
