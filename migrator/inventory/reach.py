"""Both environments of a workspace, also where the source no longer answers and its inventory is all that is left."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from migrator.environments.gone import gone
from migrator.errors import RefusedError
from migrator.inventory.past import passed_on
from migrator.inventory.seal import opened_facts, unseal
from migrator.inventory.store import load
from migrator.model.inventory import Origin
from migrator.workspace.connect import connect_source, connected

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from migrator.environments.ports import Environment
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.inventory import Inventory
    from migrator.workspace.workspace import Workspace


def reached(workspace: Workspace) -> AbstractContextManager[tuple[Environment, Environment]]:
    """Source and target, closed at the end; the source as ``reach_source`` finds it."""
    return connected(workspace, reach_source)


def reach_source(workspace: Workspace) -> Environment:
    """The environment of ``[source]``; without one, what the inventory of a snapshot or a folder knows of it.

    WorkspaceError where there is neither.
    """
    if is_gone(workspace):
        return gone(load(workspace.inventory), lambda: datetime.now(UTC), partial(passed_on, workspace))
    return connect_source(workspace)


def last_known(inventory: Inventory) -> str:
    """Until when v1 is known, in words: a snapshot is of that moment, a copy of any before it was read."""
    at = f"{inventory.captured_at:%Y-%m-%d %H:%M} UTC"
    return f"known from a copy that was read {at}" if inventory.origin is Origin.FOLDER else f"last seen {at}"


def living_source(workspace: Workspace, instead: str) -> Environment:
    """The environment of ``[source]``; RefusedError that says ``instead`` where the source is known to be gone."""
    if is_gone(workspace):
        inventory = load(workspace.inventory)
        raise RefusedError(
            f"v1 no longer runs; it is {last_known(inventory)}.",
            why=f"migrate.toml names no [source], and what is known of it comes from a {inventory.origin}",
            fix=f"{instead}; if it does run, name it in [source] of migrate.toml",
        )
    return connect_source(workspace)


def known_facts(workspace: Workspace, source: Environment) -> EnvironmentFacts:
    """What is known of the source itself; of one that is gone with the settings that ``secrets.age`` holds."""
    if source.last_seen is None or not workspace.secrets.is_file():
        return source.facts
    return opened_facts(source.facts, unseal(workspace))


def is_gone(workspace: Workspace) -> bool:
    """Whether the source no longer runs: migrate.toml names none, and the inventory was not taken from one that did."""
    if workspace.config.source is not None or not workspace.inventory.is_file():
        return False
    return load(workspace.inventory).origin is not Origin.LIVE
