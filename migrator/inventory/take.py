"""Take an inventory into the workspace: the file, the sealed secrets, the DAGs and plugins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.inventory import store
from migrator.inventory.collect import collect
from migrator.inventory.mirror import mirror
from migrator.inventory.seal import seal
from migrator.workspace.keys import recipient_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from migrator.environments.ports import Environment, Files
    from migrator.inventory.collect import Collected
    from migrator.model.inventory import Inventory
    from migrator.workspace.workspace import Workspace


def take(
    workspace: Workspace,
    source: Environment,
    *,
    now: datetime,
    output: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Inventory:
    """Read the source, mirror its files, and write ``inventory.json`` last, describing what lies beside it."""
    say(f"reading {source.facts.name}")
    collected = collect(source, recipient=recipient_of(workspace), weeks=workspace.config.inventory.weeks, now=now)
    return keep(workspace, source.bucket, collected, output=output, say=say)


def keep(
    workspace: Workspace,
    files: Files,
    collected: Collected,
    *,
    output: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Inventory:
    """Mirror the files, keep the secrets where there are any, and write ``inventory.json`` last."""
    refused: list[str] = []
    for prefix, folder in (("dags/", workspace.source_dags), ("plugins/", workspace.source_plugins)):
        done = mirror(files, collected.inventory.files, prefix, folder)
        refused += done.refused
        say(f"{prefix} {done.downloaded} downloaded, {done.unchanged} unchanged, {done.removed} removed")
    inventory = _with_warnings(collected.inventory, refused)
    if collected.sealed:
        seal(workspace, collected.sealed)
    store.save(inventory, output or workspace.inventory)
    say(f"wrote {output or workspace.inventory}" + (f" and {workspace.secrets}" if collected.sealed else ""))
    return inventory


def _with_warnings(inventory: Inventory, refused: list[str]) -> Inventory:
    more = {f"{path!r} was not downloaded: its name is no safe local path" for path in refused}
    return replace(inventory, warnings=tuple(sorted({*inventory.warnings, *more})))
