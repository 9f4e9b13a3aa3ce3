"""``migrate audit``: the ledger, read from both databases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from migrator.cutover.ledger import Ledger


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(audit)


def audit(
    ctx: typer.Context,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    since: Annotated[str | None, typer.Option(help="From this ISO date on; else since the migration began.")] = None,
    grace: Annotated[int, typer.Option(min=0, help="Seconds that a due interval may wait for its run.")] = 120,
) -> None:
    """Show that each scheduled interval of each DAG ran exactly once; exit 1 when one did not."""
    from datetime import timedelta

    from migrator.cli.formats import table_or_json
    from migrator.report.ledger import as_json, as_table

    shared = context.of(ctx)
    chosen = table_or_json(format_)
    ledger = read_ledger(shared, _date(since), timedelta(seconds=grace))
    exact = chosen == "json"
    shared.show(f"{json.dumps(as_json(ledger), indent=2) if exact else as_table(ledger)}\n", exact=exact)
    if not ledger.clean:
        raise typer.Exit(1)


def read_ledger(shared: context.Context, since: datetime | None, grace: timedelta) -> Ledger:
    """The ledger of the workspace, also written to its reports folder."""
    from contextlib import closing

    from migrator.cli.metrics import refresh
    from migrator.cutover.audit import audit as read
    from migrator.cutover.journal import Journal
    from migrator.inventory.reach import reached
    from migrator.inventory.store import load
    from migrator.workspace.workspace import open_workspace

    workspace = open_workspace(shared.workspace, shared.config)
    inventory = load(workspace.inventory)
    path = workspace.journal if workspace.journal.exists() else None
    with closing(Journal(path)) as journal, reached(workspace) as (source, target):
        ledger = read(inventory, journal, source, target, since, grace)
    _write(workspace.reports, ledger)
    refresh(workspace)
    return ledger


def _write(folder: Path, ledger: Ledger) -> None:
    from migrator.report.audited import FORM
    from migrator.report.ledger import as_json, as_markdown
    from migrator.workspace.files import write_atomic

    FORM.save(FORM.adapter.validate_python(as_json(ledger)), folder / "audit.json")
    write_atomic(folder / "audit.md", as_markdown(ledger).encode())


def _date(value: str | None) -> datetime | None:
    from datetime import UTC, datetime

    if value is None:
        return None
    try:
        date = datetime.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{value!r} is no date.", why=str(error), fix="--since 2026-01-31T06:00:00+00:00") from error
    return date if date.tzinfo else date.replace(tzinfo=UTC)
