"""``migrate drift``: what changed in the source since the inventory."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.cli.formats import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from migrator.inventory.drift import Drift
    from migrator.model.plan import Plan
    from migrator.workspace.workspace import Workspace

CHANGED = 1
NOTHING_CHANGES = "nothing changes there any more; what is left of it is read by: migrate inventory --from-snapshot DIR"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="drift")(drift)


def drift(
    ctx: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to print the result.")] = Format.TABLE,
) -> None:
    """Read the source again and tell what is not as inventory.json has it; nothing is written; exit 1 if so."""
    from migrator.workspace.workspace import open_workspace

    shared = of(ctx)
    workspace = open_workspace(shared.workspace, shared.config)
    found = _read(workspace, shared.say)
    print(json.dumps({"schema_version": 1, "changes": [asdict(one) for one in found]}, indent=1) if form is Format.JSON
          else table(found), end="\n" if form is Format.JSON else "")  # fmt: skip
    shared.say(f"{len(found)} changes" + ("; to take them over: migrate inventory" if found else ""))
    if found:
        raise typer.Exit(CHANGED)


def table(found: Sequence[Drift]) -> str:
    """A row for each object."""
    from migrator.transfer.report import as_table

    rows = [(one.kind, one.name, one.what, ", ".join(map(str, one.waves)), _who(one), _when(one)) for one in found]
    return as_table(("kind", "name", "what", "waves", "who", "when (UTC)"), rows)


def _who(one: Drift) -> str:
    return f"{one.who} ({one.how})" if one.how else one.who


def _when(one: Drift) -> str:
    from migrator.inventory.drift import UNKNOWN

    return one.when if one.when == UNKNOWN else f"{datetime.fromisoformat(one.when).astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def plan_of(workspace: Workspace) -> Plan | None:
    """The plan, where one was made."""
    from migrator.plan.store import load

    return load(workspace.plan) if workspace.plan.exists() else None


def _read(workspace: Workspace, say: Callable[[str], None]) -> tuple[Drift, ...]:
    from migrator.inventory import drift as drifting
    from migrator.inventory.collect import collect
    from migrator.inventory.edits import tell_edits
    from migrator.inventory.parts import closed
    from migrator.inventory.reach import living_source
    from migrator.inventory.sealing import sealing_of
    from migrator.inventory.store import load
    from migrator.workspace.keys import recipient_of

    before = load(workspace.inventory, sealing_of(workspace).key)
    with closing(living_source(workspace, NOTHING_CHANGES)) as source:
        weeks = workspace.config.inventory.weeks
        now = datetime.now(UTC)
        after = closed(workspace, collect(source, recipient=recipient_of(workspace), weeks=weeks, now=now))
        return tell_edits(drifting.drift(before, after, plan_of(workspace)), source, before, after, say)
