"""``migrate fleet``: several environments that are moved together."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.cli.formats import Format

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.cli.context import Context
    from migrator.inventory.fleet import Conflict, Member
    from migrator.inventory.seal import Secrets
    from migrator.workspace.workspace import Workspace

SCHEMA_VERSION = 1


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    fleet = typer.Typer(help="Several environments, moved together.", no_args_is_help=True, rich_markup_mode=None)
    fleet.command("list")(list_)
    fleet.command("check")(check)
    app.add_typer(fleet, name="fleet")


def list_(ctx: typer.Context) -> None:
    """List the members: where each comes from, where it goes, and what is known of it."""
    from migrator.model.table import table as tabulated

    rows = []
    for name, workspace in _workspaces(of(ctx)).items():
        config = workspace.config
        source = config.source.environment if config.source else "a folder or a snapshot"
        inventory = "taken" if workspace.inventory.is_file() else f"migrate --workspace {workspace.root} inventory"
        rows.append((name, source, config.target.environment if config.target else "", inventory))
    print(tabulated(rows, headers=("member", "source", "target", "inventory")))


def check(
    ctx: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to print the conflicts.")] = Format.TABLE,
) -> None:
    """Find DAGs, files, pools, variables and connections of one name and different content; exit 1 if there are any."""
    from migrator.inventory.fleet import conflicts

    members = [_member(name, workspace) for name, workspace in _workspaces(of(ctx)).items()]
    found = conflicts(members)
    sys.stdout.write(_json(found) if form is Format.JSON else _table(found))
    targets = len({member.target for member in members})
    of(ctx).say(f"{len(members)} members, {targets} target{'s' * (targets != 1)}, {len(found)} conflicts")
    if found:
        raise typer.Exit(1)


def _workspaces(context: Context) -> dict[str, Workspace]:
    from migrator.workspace.fleet import member_folders
    from migrator.workspace.workspace import open_workspace

    fleet = open_workspace(context.workspace, context.config)
    folders: dict[str, Path] = member_folders(fleet.root, fleet.config)
    return {name: open_workspace(folder) for name, folder in folders.items()}


def _member(name: str, workspace: Workspace) -> Member:
    """A member with its inventory; WorkspaceError when none was taken."""
    from migrator.errors import WorkspaceError
    from migrator.inventory import store
    from migrator.inventory.fleet import Member

    if not workspace.inventory.is_file():
        raise WorkspaceError(
            f"there is no inventory of {name}",
            why=f"{workspace.inventory} does not exist",
            fix=f"migrate --workspace {workspace.root} inventory",
        )
    target = workspace.config.target.environment if workspace.config.target else ""
    return Member(name, target, store.load(workspace.inventory), _secrets(workspace))


def _secrets(workspace: Workspace) -> Secrets:
    """Those of the member; none where its inventory came from a folder, which has none."""
    from migrator.inventory.seal import Secrets, unseal

    return unseal(workspace) if workspace.secrets.is_file() else Secrets("")


def _table(found: tuple[Conflict, ...]) -> str:
    from migrator.model.table import table as tabulated

    if not found:
        return ""
    rows = [(one.subject.value, one.name, ", ".join(one.members), one.why, one.fix) for one in found]
    return tabulated(rows, headers=("what", "name", "members", "why", "fix")) + "\n"


def _json(found: tuple[Conflict, ...]) -> str:
    rows = [
        {
            "target": one.target,
            "subject": one.subject.value,
            "name": one.name,
            "members": list(one.members),
            "why": one.why,
            "fix": one.fix,
        }
        for one in found
    ]
    return json.dumps({"schema_version": SCHEMA_VERSION, "conflicts": rows}, indent=1, ensure_ascii=False) + "\n"
