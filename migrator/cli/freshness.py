"""``migrate freshness``: have the DAGs that somebody waits for succeeded by their time of day? Made for cron."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.cli.formats import table_or_json

if TYPE_CHECKING:
    from migrator.provision.freshness import Verdict
    from migrator.workspace.workspace import Workspace


class Side(StrEnum):
    """Which environment is asked."""

    SOURCE = "source"
    TARGET = "target"


ASK_V2 = "ask v2, which does its work now: migrate freshness"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(freshness)


def freshness(
    ctx: typer.Context,
    side: Annotated[Side, typer.Option("--side", help="Which environment to ask.")] = Side.TARGET,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Tell which DAGs of [freshness] have not succeeded by their time of day; exit 1 when there are any."""
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    as_json = table_or_json(format_) == "json"
    workspace = open_workspace(shared.workspace, shared.config)
    verdicts = _asked(workspace, side)
    late = [one.dag_id for one in verdicts if not one.fresh]
    print(_json(verdicts) if as_json else _table(verdicts))
    shared.say(f"{len(late)} of {len(verdicts)} DAGs are late: {', '.join(late)}" if late else "all of them are fresh")
    if late:
        raise typer.Exit(1)


def _asked(workspace: Workspace, side: Side) -> tuple[Verdict, ...]:
    from contextlib import closing

    from migrator.errors import WorkspaceError
    from migrator.inventory.reach import living_source
    from migrator.provision.freshness import watched
    from migrator.workspace.connect import connect_target

    section = workspace.config.freshness
    if not section.dags:
        raise WorkspaceError(
            "migrate.toml names no DAG that should be fresh",
            why="the table [freshness.dags] is empty",
            fix='add a line for each to [freshness.dags], such as orders = "06:00"',
        )
    source = side is Side.SOURCE
    with closing(living_source(workspace, ASK_V2) if source else connect_target(workspace)) as environment:
        return watched(environment, section)


def _json(verdicts: tuple[Verdict, ...]) -> str:
    rows = [
        {"dag_id": one.dag_id, "fresh": one.fresh, "deadline": one.deadline.isoformat(), "why": one.why}
        for one in verdicts
    ]
    summary = {"dags": len(rows), "late": sum(not one.fresh for one in verdicts)}
    return json.dumps({"schema_version": 1, "summary": summary, "dags": rows}, indent=2)


def _table(verdicts: tuple[Verdict, ...]) -> str:
    from migrator.model.table import table as tabulated

    rows = [(one.dag_id, "fresh" if one.fresh else "LATE", f"{one.deadline:%a %H:%M %Z}", one.why) for one in verdicts]
    return tabulated(rows, headers=("DAG", "status", "due by", "reason"))
