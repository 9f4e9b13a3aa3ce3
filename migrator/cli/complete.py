"""``migrate complete``: declare a wave done for good, when everything in it was seen to work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.errors import UsageError

if TYPE_CHECKING:
    from datetime import timedelta

    from migrator.cutover.context import CutoverContext
    from migrator.cutover.ledger import Ledger


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(complete)


def complete(
    ctx: typer.Context,
    wave: Annotated[int, typer.Option("--wave", help="The wave's number, as migrate plan shows it.")],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="DAG", help="Its runs are right; needs --reason."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the log: migrate status --log shows it.")] = "",
    grace: Annotated[int, typer.Option(min=0, help="Seconds that a due interval may wait for its run.")] = 120,
    force_unlock: Annotated[
        str | None, typer.Option("--force-unlock", metavar="ID", help="Remove the lock of that id first.")
    ] = None,
) -> None:
    """Declare a wave complete: seen to work in v2, with a clean ledger. Afterwards it can't be rolled back.

    Nothing is removed: its DAGs stay in v1, paused.
    """
    from datetime import timedelta

    from migrator.cli.metrics import refresh
    from migrator.cutover.completion import complete as declare
    from migrator.cutover.trip import opened
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    if accept and not reason:
        raise UsageError("--accept needs a reason.", why="It goes into the log for who asks later.", fix="add --reason")
    workspace = open_workspace(shared.workspace, shared.config)
    about = f"completing wave {wave}"
    with opened(workspace, about, shared.say, lambda: False, force_unlock, reason) as found:
        seen = declare(found, wave, _ledger(found, wave, timedelta(seconds=grace)), accept or ())
    refresh(workspace)
    shared.say(f"wave {wave} is complete: {len(seen)} DAG(s)")


def _ledger(found: CutoverContext, wave: int, grace: timedelta) -> Ledger:
    """The ledger of the wave's DAGs, by what their attempts were begun with; before the first it is empty."""
    from migrator.cutover.audit import audit_of, began, last_runs, told_runs
    from migrator.cutover.completion import wave_excerpts
    from migrator.cutover.ledger import Ledger, Window

    excerpts = wave_excerpts(found, wave)
    if not excerpts:
        return Ledger(Window(found.clock(), found.clock()))
    dags = {dag.dag_id: dag for excerpt in excerpts for dag in excerpt.known}
    start = began(min(excerpt.captured_at for excerpt in excerpts), found.journal)
    known = tuple(dags.values())
    if found.source.last_seen is None:
        return audit_of(known, found.journal, found.source, found.target, start, grace)
    inventory = found.files().inventory
    begins, told = last_runs(inventory, known), told_runs(inventory)
    return audit_of(known, found.journal, found.source, found.target, start, grace, begins, told)
