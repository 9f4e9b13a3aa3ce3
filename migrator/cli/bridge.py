"""``migrate bridge``: keep sensors served whose upstream runs in the other environment."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context

if TYPE_CHECKING:
    from migrator.cutover.bridge import Crossed, Span
    from migrator.environments.ports import Environment
    from migrator.workspace.workspace import Workspace

INTERRUPTED = 130
LONGEST_PAUSE = 300.0


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(bridge)


def bridge(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Look once and end, as cron wants it.")] = False,
    every: Annotated[float, typer.Option("--every", min=1, metavar="SECONDS", help="Time between two looks.")] = 20,
    format_: Annotated[str, typer.Option("--format", help="How --once prints: table or json.")] = "table",
) -> None:
    """Mirror what upstreams did into their paused twins, for the sensors that wait in the other environment.

    Goes on until it is stopped; kill it and start it again whenever you like. DAGs that a wave moves just now are left
    alone. With --once it exits with 3 when a twin did not take its runs.
    """
    from migrator.cli.formats import table_or_json
    from migrator.plan.store import load as load_plan
    from migrator.workspace.connect import connected
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    as_json = table_or_json(format_) == "json"
    workspace = open_workspace(shared.workspace, shared.config)
    load_plan(workspace.plan)
    if once and not _spans(workspace):
        shared.say(NOTHING)
        if as_json:
            print(_json(()))
        return
    with connected(workspace) as (source, target):
        if once:
            _once(workspace, source, target, as_json=as_json)
        else:
            _on_and_on(shared, workspace, source, target, every)


NOTHING = "no sensor waits for a DAG in the other environment: nothing to bridge"


def _spans(workspace: Workspace) -> tuple[Span, ...]:
    """What is to bridge as plan and journal are now."""
    from contextlib import closing

    from migrator.cutover.bridge import spans
    from migrator.cutover.journal import Journal
    from migrator.plan.store import load as load_plan

    if not workspace.journal.exists():
        return ()
    with closing(Journal(workspace.journal, read_only=True)) as journal:
        return spans(load_plan(workspace.plan).edges, journal)


def _look(workspace: Workspace, source: Environment, target: Environment) -> tuple[Crossed, ...]:
    from migrator.cutover.bridge import cross
    from migrator.cutover.trip import utc_now

    return cross(_spans(workspace), source, target, utc_now)


def _once(workspace: Workspace, source: Environment, target: Environment, *, as_json: bool) -> None:
    from migrator.errors import ItemsFailedError
    from migrator.report.bridge import table

    crossed = _look(workspace, source, target)
    print(_json(crossed) if as_json else table(crossed))
    refused = [one for one in crossed if one.trouble and not one.span.resting]
    if refused:
        raise ItemsFailedError(
            f"{', '.join(one.span.upstream for one in refused)}: the twin did not take the runs.",
            why="; ".join(one.trouble for one in refused),
            fix="see migrate status and both web servers; then: migrate bridge --once",
        )


def _on_and_on(
    shared: context.Context, workspace: Workspace, source: Environment, target: Environment, every: float
) -> None:
    """Look again and again; an environment that does not answer is waited for, longer each time."""
    from migrator.errors import AgentError, UnreachableError
    from migrator.report.bridge import line

    pause = every
    try:
        with source.agent.standing(), target.agent.standing():
            while True:
                try:
                    shared.say(line(_look(workspace, source, target)))
                    pause = every
                except (UnreachableError, AgentError) as error:
                    pause = min(pause * 2, LONGEST_PAUSE)
                    shared.say(f"bridge error={error.what!r} again_in={pause:.0f}s")
                time.sleep(pause)
    except KeyboardInterrupt:
        shared.say("stopped; nothing is lost. Go on with: migrate bridge")
        raise typer.Exit(INTERRUPTED) from None


def _json(crossed: tuple[Crossed, ...]) -> str:
    from migrator.report.bridge import as_json

    return json.dumps(as_json(crossed), indent=2)
