"""``migrate inventory``: what the source holds, as one file."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.cli.formats import Format
from migrator.errors import UsageError

if TYPE_CHECKING:
    from migrator.cli.context import Context
    from migrator.environments.folder import FolderBucket
    from migrator.environments.ports import Environment
    from migrator.inventory.snapshot.problems import Problem
    from migrator.inventory.take import Kept
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
LastRuns = Annotated[
    Path | None,
    typer.Option("--history", metavar="FILE", help="A filled-in form of last runs, as `migrate docs` writes it."),
]


READ_AGAIN = "read what is left of it: migrate inventory --from-snapshot DIR, or --from-folder DIR"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(inventory)


def inventory(
    ctx: typer.Context,
    output: Output = None,
    from_folder: Folder = None,
    from_snapshot: Snapshot = None,
    fernet_key: FernetKey = None,
    history: LastRuns = None,
    form: Annotated[Format, typer.Option("--format", help="What to print.")] = Format.TABLE,
    take_poorer: Annotated[
        bool, typer.Option("--take-poorer", help="Replace inventory.json even by one that knows less.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of inventory.json and end.")] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Show each DAG of inventory.json with its owners and file, and end.")
    ] = False,
) -> None:
    """Read the source environment, or what is left of it: inventory.json, secrets.age, dags/source, plugins/source."""
    from migrator.inventory import store
    from migrator.inventory.show import table
    from migrator.inventory.take import refuse
    from migrator.workspace.outputs import refuse_own, refuse_within

    if schema:
        print(json.dumps(store.schema(), indent=2))
        return
    if listed:
        _list(of(ctx), form)
        return
    if from_folder and from_snapshot:
        raise UsageError(
            "two sources are given", why="an inventory is of one", fix="drop --from-folder or --from-snapshot"
        )
    context, order = of(ctx), _Order(from_folder, from_snapshot, fernet_key, history, output, take_poorer)
    if output is not None and not _same(output, context.workspace / "inventory.json"):
        refuse_own(output, context.workspace)
        refuse_within(output, from_folder or from_snapshot)
    if from_snapshot:
        kept, failed = _of_snapshot(context, from_snapshot, order)
    elif from_folder:
        kept, failed = _of_folder(context, from_folder, order), []
    else:
        kept, failed = (_declared(context, history, output) if history else _take(context, order)), []
    exact = form is Format.JSON
    context.show(store.dumps(kept.inventory) if exact else table(kept.inventory), exact=exact)
    refuse(context.workspace, kept, failed, again=order.again)


def _list(context: Context, form: Format) -> None:
    from migrator.inventory import store
    from migrator.model.table import table

    dags = store.load(context.workspace / "inventory.json").dags
    if form is Format.JSON:
        data = [{"dag_id": dag.dag_id, "owners": dag.owned_by, "file": dag.file, "state": dag.state} for dag in dags]
        print(json.dumps({"schema_version": 1, "dags": data}, indent=2))
    else:
        rows = [(dag.dag_id, ", ".join(dag.owned_by), dag.file, dag.state) for dag in dags]
        context.show(table(rows, headers=("DAG", "owner", "file", "state")) + "\n")


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


@dataclass(frozen=True, slots=True)
class _Order:
    """What the command line asks for."""

    folder: Path | None
    snapshot: Path | None
    key: Path | None
    history: Path | None
    output: Path | None
    poorer: bool

    @property
    def again(self) -> str:
        """The same command, to be typed once more."""
        named = {"--from-folder": self.folder, "--from-snapshot": self.snapshot, "--fernet-key": self.key}
        named |= {"--history": self.history, "-o": self.output}
        parts = [part for option, path in named.items() if path is not None for part in (option, str(path))]
        return shlex.join(["migrate", "inventory", *parts])


def _take(context: Context, order: _Order) -> Kept:
    """Read, download and write, in this order, so that inventory.json always describes what lies beside it."""
    from migrator.inventory import store
    from migrator.inventory.reach import living_source
    from migrator.inventory.sealing import sealing_of
    from migrator.inventory.take import take
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    before = store.before(workspace.inventory, sealing_of(workspace).key)
    source = living_source(workspace, READ_AGAIN)
    try:
        kept = take(workspace, source, now=datetime.now(UTC), output=order.output, poorer=order.poorer, say=context.say)
        if before is not None and not kept.less:
            _tell_drift(context, workspace, source, before, kept.inventory)
    finally:
        source.close()
    return kept


def _declared(context: Context, form: Path, output: Path | None) -> Kept:
    """The inventory that is there, of a source that is gone, with the last runs that people declare."""
    from migrator.inventory.declaring import declare
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    kept = declare(workspace, form, output)
    context.say(f"wrote {output or workspace.inventory} and {workspace.last_runs}")
    return kept


def _tell_drift(
    context: Context, workspace: Workspace, source: Environment, before: Inventory, after: Inventory
) -> None:
    """What changed since, to stderr and among the reports, from where ``migrate transfer --drifted`` takes it."""
    from migrator.cli.drift import plan_of, table
    from migrator.inventory.drift import FORM, drift, remember
    from migrator.inventory.edits import tell_edits

    found = tell_edits(drift(before, after, plan_of(workspace)), source, before, after, context.say)
    path = workspace.reports / "drift.json"
    if found:
        FORM.save(remember(path, found), path)
        context.say(f"changed since {before.captured_at:%Y-%m-%d %H:%M} UTC:\n{table(found)}")


def _of_folder(context: Context, folder: Path, order: _Order) -> Kept:
    """Read what is left of an environment: its files."""
    from migrator.environments.folder import FolderBucket, open_folder
    from migrator.inventory.declaring import with_declared
    from migrator.inventory.folder import of_folder
    from migrator.inventory.take import keep
    from migrator.workspace.places import own, refuse_nothing_else, refuse_overlap
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    refuse_overlap(folder, workspace)
    hidden = own(workspace).holds
    if folder.is_dir() and not FolderBucket(folder, hidden).holds_code():
        refuse_nothing_else(folder, workspace)
    files = open_folder(folder, hidden)
    _say_left_out(context, folder, workspace)
    context.say(f"reading {folder} by its code: nothing in it runs")
    named = workspace.config.source.environment if workspace.config.source else ""
    collected = with_declared(workspace, of_folder(files, name=named, now=datetime.now(UTC)), order.history)
    kept = keep(workspace, files, collected, output=order.output, poorer=order.poorer, say=context.say)
    _remember(workspace, files, kept, order)
    return kept


def _remember(workspace: Workspace, files: FolderBucket, kept: Kept, order: _Order) -> None:
    """Where the files lie, once the workspace's inventory is of them."""
    from migrator.inventory.copied import remember

    if order.output is None and not kept.less:
        remember(workspace, files)


def _of_snapshot(context: Context, folder: Path, order: _Order) -> tuple[Kept, list[Problem]]:
    """Read a snapshot; the problems tell what of it could not be read, while the rest is written."""
    from migrator.inventory.declaring import with_declared
    from migrator.inventory.snapshot.layout import find_layout
    from migrator.inventory.snapshot.read import of_snapshot
    from migrator.inventory.take import keep
    from migrator.workspace.keys import recipient_of
    from migrator.workspace.places import own, refuse_overlap
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    if order.key is not None and not order.key.is_file():
        raise UsageError(
            f"there is no file {order.key}", why="--fernet-key names a file", fix="name the file that holds the key"
        )
    refuse_overlap(folder, workspace)
    layout = find_layout(folder, key=order.key, hidden=own(workspace).holds)
    refuse_overlap(layout.files.root, workspace)
    _say_left_out(context, layout.files.root, workspace)
    context.say(f"reading {layout.database}, saved {layout.moment:%Y-%m-%d %H:%M} UTC")
    named = workspace.config.source.environment if workspace.config.source else ""
    weeks = workspace.config.inventory.weeks
    taken = of_snapshot(layout, name=named, recipient=recipient_of(workspace), weeks=weeks)
    collected = with_declared(workspace, taken.collected, order.history)
    kept = keep(workspace, layout.files, collected, output=order.output, poorer=order.poorer, say=context.say)
    _remember(workspace, layout.files, kept, order)
    return kept, list(taken.problems)


def _say_left_out(context: Context, folder: Path, workspace: Workspace) -> None:
    from migrator.workspace.places import contains_workspace

    if contains_workspace(folder, workspace):
        context.say(f"{folder} holds the workspace: its own folders and files are left out")
