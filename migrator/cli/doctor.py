"""``migrate doctor``: try everything that the other commands need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from migrator.cli.context import of

if TYPE_CHECKING:
    from migrator.workspace.doctor import Check


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(doctor)


def doctor(ctx: typer.Context) -> None:
    """Check the key, both environments, buckets, agents and REST APIs; exit 1 when one of them fails."""
    from migrator.inventory.alive import check_gone
    from migrator.inventory.reach import is_gone
    from migrator.workspace.doctor import examine
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    checks = examine(workspace, (lambda: check_gone(workspace)) if is_gone(workspace) else None)
    print(_table(checks))
    failed = [check for check in checks if not check.ok]
    for check in failed:
        context.say(f"fix {check.side} {check.subject}: {check.fix}")
    if failed:
        raise typer.Exit(1)


def _table(checks: tuple[Check, ...]) -> str:
    from migrator.model.table import table as tabulated

    rows = [(check.side, check.subject, "ok" if check.ok else "FAILED", check.detail) for check in checks]
    return tabulated(rows, headers=("", "what", "state", "found"), maxcolwidths=[None, None, None, 90])
