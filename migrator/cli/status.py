"""``migrate status``: where each DAG stands, from the journal alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrator.cli import context

if TYPE_CHECKING:
    from migrator.cutover.journal import Attempt, Journal


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(status)


def status(
    ctx: typer.Context,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    log: Annotated[bool, typer.Option("--log", help="Every event of the journal instead.")] = False,
) -> None:
    """Where each DAG stands in each wave that was begun."""
    from contextlib import closing

    from tabulate import tabulate

    from migrator.cli.formats import table_or_json
    from migrator.cutover.journal import Journal
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    as_json = table_or_json(format_) == "json"
    workspace = open_workspace(shared.workspace, shared.config)
    with closing(Journal(workspace.journal if workspace.journal.exists() else None)) as journal:
        rows = _events(journal) if log else _states(journal)
    if as_json:
        print(json.dumps({"schema_version": 1, "rows": rows}, indent=2))
        return
    if not rows:
        shared.say("No wave was begun yet. Begin with: migrate cutover --wave 0 --dry-run")
        return
    print(tabulate(rows, headers="keys", disable_numparse=True))


def _states(journal: Journal) -> list[dict[str, Any]]:
    return [row for attempt in journal.attempts() for row in _attempt(journal, attempt)]


def _attempt(journal: Journal, attempt: Attempt) -> list[dict[str, Any]]:
    notes = {dag_id: note for _, dag_id, _, _, note in journal.events(attempt) if note}
    return [
        {
            "wave": attempt.wave,
            "direction": attempt.direction.value,
            "begun": attempt.started[:19],
            "outcome": attempt.outcome or "open",
            "dag": dag_id,
            "state": record.state.label(attempt.direction),
            "note": notes.get(dag_id, ""),
        }
        for dag_id, record in journal.records(attempt).items()
    ]


def _events(journal: Journal) -> list[dict[str, Any]]:
    return [
        {
            "time": at[:23],
            "wave": attempt.wave,
            "direction": attempt.direction.value,
            "dag": dag_id,
            "state": state.label(attempt.direction),
            "phase": phase,
            "note": note,
        }
        for attempt in journal.attempts()
        for at, dag_id, state, phase, note in journal.events(attempt)
    ]
