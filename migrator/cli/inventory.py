"""``migrate inventory``: what the source holds, as one file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.cli.formats import Format
from migrator.errors import ItemsFailedError, UsageError

if TYPE_CHECKING:
    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.model.inventory import Inventory
    from migrator.workspace.workspace import Workspace


Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write; inventory.json.")]


Folder = Annotated[
    Path | None,
    typer.Option(
        "--from-folder", metavar="DIR", help="Read a copy of a bucket, or of its DAGs, by its code alone; no network."
    ),
]


Snapshot = Annotated[
    Path | None,
    typer.Option(
        "--from-snapshot", metavar="DIR", help="Read a saved Composer snapshot that was downloaded; no network."
    ),
]
FernetKey = Annotated[
    Path | None,
    typer.Option("--fernet-key", metavar="FILE", help="The key of the snapshot's secrets, where it holds none."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(inventory)


def inventory(
    ctx: typer.Context,
    output: Output = None,
    from_folder: Folder = None,
    from_snapshot: Snapshot = None,
    fernet_key: FernetKey = None,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of inventory.json and end.")] = False,
) -> None:
    """Read the source environment, or what is left of it: inventory.json, secrets.age, dags/source, plugins/source."""
    from migrator.inventory import store
    from migrator.inventory.show import table

    if schema:
        print(json.dumps(store.schema(), indent=2))
        return
    context, failed = of(ctx), None
    if from_folder and from_snapshot:
        raise UsageError(
            "two sources are named", why="an inventory is of one", fix="drop --from-folder or --from-snapshot"
        )
    if from_snapshot:
        taken, failed = _of_snapshot(context, from_snapshot, fernet_key, output)
    else:
        taken = _of_folder(context, from_folder, output) if from_folder else _take(context, output)
    print(store.dumps(taken) if form is Format.JSON else table(taken), end="")
    if failed:
        raise failed


def _take(context: Context, output: Path | None) -> Inventory:
    """Read, download and write, in this order, so that inventory.json always describes what lies beside it."""
    from migrator.inventory.take import take
    from migrator.workspace.connect import connect_source
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    before = _before(workspace)
    source = connect_source(workspace)
    try:
        taken = take(workspace, source, now=datetime.now(UTC), output=output, say=context.say)
        if before is not None:
            _tell_drift(context, workspace, source, before, taken)
    finally:
        source.close()
    return taken


def _before(workspace: Workspace) -> Inventory | None:
    """The inventory that is there; None when there is none that can be read."""
    from migrator.errors import WorkspaceError
    from migrator.inventory.store import load

    try:
        return load(workspace.inventory)
    except WorkspaceError:
        return None


def _tell_drift(
    context: Context, workspace: Workspace, source: Environment, before: Inventory, after: Inventory
) -> None:
    """What changed since, to stderr and among the reports, from where ``migrate transfer --drifted`` takes it."""
    from migrator.cli.drift import plan_of, table
    from migrator.inventory.drift import drift, remember
    from migrator.inventory.edits import tell_edits
    from migrator.transfer.report import write_record

    found = tell_edits(drift(before, after, plan_of(workspace)), source, before, after, context.say)
    path = workspace.reports / "drift.json"
    if found:
        write_record(path, remember(path, found))
        context.say(f"changed since {before.captured_at:%Y-%m-%d %H:%M} UTC:\n{table(found)}")


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


def _of_snapshot(
    context: Context, folder: Path, key: Path | None, output: Path | None
) -> tuple[Inventory, ItemsFailedError | None]:
    """Read a snapshot; the error tells what of it could not be read, while the rest is written."""
    from migrator.inventory.snapshot.layout import find_layout
    from migrator.inventory.snapshot.problems import as_error
    from migrator.inventory.snapshot.read import of_snapshot
    from migrator.inventory.take import keep
    from migrator.workspace.keys import recipient_of
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    if key is not None and not key.is_file():
        raise UsageError(
            f"there is no file {key}", why="--fernet-key names a file", fix="name the file that holds the key"
        )
    layout = find_layout(folder, key=key)
    context.say(f"reading {layout.database}, saved {layout.moment:%Y-%m-%d %H:%M} UTC")
    named = workspace.config.source.environment if workspace.config.source else ""
    weeks = workspace.config.inventory.weeks
    taken = of_snapshot(layout, name=named, recipient=recipient_of(workspace), weeks=weeks)
    kept = keep(workspace, layout.files, taken.collected, output=output, say=context.say)
    return kept, as_error(taken.problems) if taken.problems else None
