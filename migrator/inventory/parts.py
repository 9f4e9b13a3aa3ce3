"""Parts of connections in clear, where the operator allows it: an environment seals all of them before it answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.inventory.plain import is_allowed
from migrator.inventory.seal import open_sealed
from migrator.inventory.sealing import sealed, sealing_of
from migrator.model.sealed import Sealed
from migrator.workspace.keys import load_identity

if TYPE_CHECKING:
    from migrator.inventory.collect import Collected
    from migrator.inventory.seal import SecretConnection
    from migrator.model.inventory import Inventory
    from migrator.model.resources import Connection
    from migrator.workspace.workspace import Workspace

PARTS = ("host", "schema", "login")
PREFIX = "connections."


def closed(workspace: Workspace, collected: Collected) -> Inventory:
    """What was collected as everybody may read it.

    ``[inventory] plain`` opens a part of a connection by the operator's key; where only the recipient is known all
    parts stay sealed.
    """
    inventory = sealed(collected.inventory, sealing_of(workspace))
    plain = tuple(one for one in workspace.config.inventory.plain if one.startswith(PREFIX))
    if not plain or not collected.sealed or not _is_for_us(workspace):
        return inventory
    exact = {one.conn_id: one for one in open_sealed(collected.sealed, workspace).connections}
    opened = tuple(_opened(one, exact.get(one.conn_id), plain) for one in inventory.connections)
    return replace(inventory, connections=opened)


def _is_for_us(workspace: Workspace) -> bool:
    recipient = workspace.config.secrets.recipient
    own = workspace.identity.exists() and str(load_identity(workspace.identity).to_public())
    return bool(own) and recipient in {None, own}


def _opened(one: Connection, exact: SecretConnection | None, plain: tuple[str, ...]) -> Connection:
    if exact is None:
        return one
    known = {
        part: value
        for part in PARTS
        if isinstance(getattr(one, part), Sealed)
        and (value := getattr(exact, part))
        and is_allowed(f"{PREFIX}{one.conn_id}.{part}", value, plain, speaks=part)
    }
    return replace(one, **known)
