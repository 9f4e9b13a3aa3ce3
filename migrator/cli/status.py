"""``migrate status``: where each DAG stands, from the journal or its copy in the bucket, and who is at work."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrator.cli.context import Context
    from migrator.cutover.look import Standing
    from migrator.workspace.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(status)


def status(
    ctx: typer.Context,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    log: Annotated[
        bool, typer.Option("--log", help="Instead: show who ran which command and why, and every event.")
    ] = False,
    remote: Annotated[
        bool, typer.Option("--remote", help="From the target's bucket, also when there is a journal here.")
    ] = False,
    watch: Annotated[
        float | None, typer.Option("--watch", min=0.1, metavar="SECONDS", help="Refresh until interrupted.")
    ] = None,
) -> None:
    """Where each DAG stands in each wave that was begun, and who is at work.

    A machine without a journal reads the copy in the target's bucket, a few seconds old while a wave runs.
    """
    from migrator.cli.formats import table_or_json
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    as_json = table_or_json(format_) == "json"
    workspace = open_workspace(shared.workspace, shared.config)
    with _reader(shared, workspace, remote=remote) as read:
        while True:
            _show(shared, read(), as_json=as_json, log=log)
            if watch is None:
                return
            time.sleep(watch)


@contextmanager
def _reader(shared: Context, workspace: Workspace, *, remote: bool) -> Iterator[Callable[[], Standing]]:
    """Reads the standing each time it is called; the bucket is tried where there is no journal, and must be there
    with ``remote``.
    """
    from migrator.cutover import look
    from migrator.errors import UnreachableError
    from migrator.workspace.connect import connect_target

    there = workspace.config.target is not None and not workspace.journal.exists()
    if not remote and not there:
        yield lambda: look.local(workspace)
        return
    try:
        target = connect_target(workspace)
    except UnreachableError as error:
        if remote:
            raise
        shared.say(f"There is no journal here, and its copy can't be read: {error.what}")
        yield lambda: look.local(workspace)
        return
    try:
        yield lambda: look.remote(workspace, target.bucket)
    finally:
        target.close()


def _show(shared: Context, standing: Standing, *, as_json: bool, log: bool) -> None:
    from contextlib import closing

    from migrator.model.table import table as tabulated
    from migrator.report import standing as report

    with closing(standing.journal) as journal:
        rows = report.log(journal) if log else report.states(journal)
    if as_json:
        print(json.dumps(report.as_json(standing, rows), indent=2), flush=True)
        return
    if not rows:
        shared.say("No wave was begun yet. `migrate plan` shows them; begin with: migrate cutover --wave N --dry-run")
        return
    heading = () if log else report.heading(standing)
    shared.show("".join(f"{line}\n" for line in (*heading, tabulated(rows, headers="keys"))))
