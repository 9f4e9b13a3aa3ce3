"""``migrate demo``: the whole migration, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from migrator.cli import context


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(demo)


def demo(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option("--home", envvar="MIGRATE_LAB_HOME", help="The lab's folder; default: in the cache.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep both Airflows running at the end.")] = False,
    source: Annotated[
        Literal["live", "snapshot", "folder"],
        typer.Option(
            "--source",
            help="snapshot, folder: v1 is switched off before, and a snapshot, or a copy of its bucket, is all that is"
            " left.",
        ),
    ] = "live",
) -> None:
    """Bring up two real Airflows here and carry one over to the other, from inventory to audit."""
    from migrator.lab import lab
    from migrator.lab.demo import Demo
    from migrator.lab.paths import default_home

    shared = context.of(ctx)
    folder = home or default_home()
    workspace = shared.workspace if shared.workspace != Path() else Path("migrate-demo")
    lab.reset(folder, shared.say)
    try:
        code = Demo(folder, workspace, shared.say, left=None if source == "live" else source).run()
    finally:
        if keep:
            shared.say("Both Airflows are still running: migrate lab status; migrate lab down ends them.")
        else:
            lab.down(folder, shared.say)
    raise typer.Exit(code)
