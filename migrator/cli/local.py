"""``migrate local``: the target's Airflow for DAG authors, on their own machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.errors import RefusedError, UsageError
from migrator.model.count import several

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.cli.context import Context

Folder = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="DIR", help="Where to write it; local/ of the workspace.")
]
Target = Annotated[
    str | None, typer.Option("--target", metavar="IMAGE", help="Composer image of the target, or a profile file.")
]
Packages = Annotated[bool, typer.Option("--packages/--no-packages", help="Also install v1's own packages.")]
Seconds = Annotated[float, typer.Option("--resolve-seconds", min=1, help="How long packages may be resolved.")]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="The target's Airflow on your own machine.", no_args_is_help=True)
    group.command()(init)
    app.add_typer(group, name="local")


def init(
    ctx: typer.Context,
    output: Folder = None,
    target: Target = None,
    packages: Packages = True,
    resolve_seconds: Seconds = 120,
    force: Force = False,
) -> None:
    """Write a Docker and a uv environment with the target's packages, stubs of all names, the rules, and a DAG test."""
    from migrator.provision.local.files import EXECUTABLE
    from migrator.workspace.outputs import refuse_own_folder
    from migrator.workspace.own import put
    from migrator.workspace.present import refuse_left

    context = of(ctx)
    if output is not None:
        refuse_own_folder(output, context.workspace)
    folder = output or context.workspace / "local"
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise RefusedError(
            f"There is something in {folder} already.",
            why="Stubs that you changed would be lost.",
            fix="migrate local init --force (or -o another folder)",
        )
    made = _made(context, folder, target, seconds=resolve_seconds, own=packages)
    done = put(
        folder,
        made,
        by="local init",
        within=None if output else context.workspace,
        executable=EXECUTABLE,
        overwrite=force,
    )
    context.say(f"wrote {several(len(made), 'file')} to {folder}; next: {folder}/local.sh setup")
    refuse_left(folder, done.left, again="migrate local init --force")


def _made(context: Context, folder: Path, target: str | None, *, seconds: float, own: bool) -> Mapping[str, str]:
    from codemods.profiles import load
    from migrator.assess.decided import installable
    from migrator.assess.uv import find_uv, only_wheels
    from migrator.cli.chosen import chosen_packages
    from migrator.inventory import store
    from migrator.provision.local.files import Requirements, files
    from migrator.provision.local.packages import pinned, wanted
    from migrator.rewrite.image import profile_for
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(context.workspace, context.config)
    inventory = store.load(workspace.inventory)
    profile = load(profile_for(target, context.say))
    theirs = installable(inventory.environment.packages, chosen_packages(context, workspace)) if own else {}
    requirements = wanted(profile, theirs)
    uv = find_uv()
    if uv is None:
        raise UsageError("There is no uv on this machine.", why="It chooses the versions.", fix="pip install uv")
    context.say(f"resolving {len(profile.packages) + len(theirs)} packages")
    pins = pinned(requirements, theirs, uv, seconds)
    return files(workspace, inventory, profile, Requirements(requirements, pins, only_wheels(theirs)), folder)
