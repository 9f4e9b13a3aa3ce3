"""``migrate init``: begin a workspace."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.errors import UsageError

if TYPE_CHECKING:
    from migrator.workspace.config import EnvironmentSection


class ChannelName(StrEnum):
    """The ways to run ``airflow`` inside an environment."""

    GCLOUD = "gcloud"
    API = "api"
    LOCAL = "local"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(init)


def init(
    ctx: typer.Context,
    source: Annotated[
        str | None, typer.Option("--source", help="projects/P/locations/L/environments/E of the v1 environment.")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", help="The same of the v2 environment.")] = None,
    source_channel: Annotated[
        ChannelName, typer.Option("--source-channel", help="How airflow commands run there.")
    ] = ChannelName.GCLOUD,
    target_channel: Annotated[ChannelName, typer.Option("--target-channel", help="The same for v2.")] = ChannelName.API,
) -> None:
    """Begin a workspace: migrate.toml, .gitignore and a key for secrets. Never overwrites (exit 4)."""
    from migrator.workspace.starter import start_workspace

    context = of(ctx)
    if context.config is not None:
        raise UsageError("init takes no --config", why="it writes migrate.toml into the workspace", fix="migrate init")
    workspace = start_workspace(
        context.workspace, _section("source", source, source_channel), _section("target", target, target_channel)
    )
    context.say(
        f"wrote {workspace.root / 'migrate.toml'} and the key {workspace.identity}; keep a copy of the key safe"
    )
    context.say("next: fill in migrate.toml, then `migrate doctor`")


def _section(side: str, name: str | None, channel: ChannelName) -> EnvironmentSection | None:
    from pydantic import ValidationError

    from migrator.workspace.config import EnvironmentSection

    if name is None:
        return None
    try:
        return EnvironmentSection(environment=name, channel=channel.value)
    except ValidationError as error:
        raise UsageError(
            f"--{side} {name} is not the name of an environment",
            why=error.errors()[0]["msg"],
            fix="gcloud composer environments list --locations LOCATION --format 'value(name)'",
        ) from error
