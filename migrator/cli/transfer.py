"""``migrate transfer``: bring variables, connections and pools into the target."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.transfer.resources import Kind, Policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cli.context import Context
    from migrator.transfer.resources import Item
    from migrator.workspace.workspace import Workspace


class Format(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="transfer")(transfer)


def transfer(
    ctx: typer.Context,
    only: Annotated[list[Kind] | None, typer.Option("--only", help="Only this kind; may be repeated.")] = None,
    policy: Annotated[
        Policy, typer.Option("--policy", help="What to do with what is there already and differs.")
    ] = Policy.SKIP,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; import nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
) -> None:
    """Bring variables, connections and pools into the target; no value is shown or written in clear."""
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    items = _transfer(workspace, tuple(only or Kind), policy, dry_run=dry_run)
    _show(shared, workspace, items, policy, form, dry_run=dry_run)
    _check(items)


def _transfer(workspace: Workspace, kinds: tuple[Kind, ...], policy: Policy, *, dry_run: bool) -> list[Item]:
    from contextlib import closing
    from dataclasses import asdict

    from migrator.inventory.seal import unseal
    from migrator.transfer.resources import Secrets
    from migrator.transfer.resources import transfer as run
    from migrator.workspace.connect import connect_target

    secrets = Secrets(asdict(unseal(workspace)))
    with closing(connect_target(workspace)) as target:
        return run(target.agent, secrets, kinds, policy, dry_run=dry_run)


def _show(
    shared: Context, workspace: Workspace, items: Sequence[Item], policy: Policy, form: Format, *, dry_run: bool
) -> None:
    from datetime import UTC, datetime

    from migrator.transfer import report

    section = workspace.config.target
    record = report.items_record(
        items, datetime.now(UTC), target=section.environment if section else "", policy=policy, dry_run=dry_run
    )
    if not dry_run:
        report.write_record(workspace.reports / "transfer.json", record)
    print(report.as_json(record) if form is Format.JSON else report.items_table(items), end="")
    counts = ", ".join(f"{count} {status}" for status, count in record["summary"].items()) or "nothing to transfer"
    shared.say(f"{'would be: ' if dry_run else ''}{counts}")


def _check(items: Sequence[Item]) -> None:
    """ItemsFailedError when an item failed."""
    from migrator.errors import ItemsFailedError
    from migrator.transfer.resources import Status

    failed = [one for one in items if one.status is Status.FAILED]
    if failed:
        raise ItemsFailedError(
            f"{len(failed)} of {len(items)} items were not transferred",
            why=f"{failed[0].kind} {failed[0].name}: {failed[0].why}",
            fix="look at the table, then run it again: migrate transfer",
        )
