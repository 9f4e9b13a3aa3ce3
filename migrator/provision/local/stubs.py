"""Variables, connections and pools of the inventory as stubs: names and shapes, and nothing that could be a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrator.model.sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.model.inventory import Inventory
    from migrator.model.resources import Connection

STUB = "stub"


def variables(inventory: Inventory) -> str:
    """JSON for Airflow's local secrets backend: each variable with a stub of a value."""
    return _json({one.key: STUB for one in inventory.variables})


def connections(inventory: Inventory) -> str:
    """JSON for the same: each connection with its type and port; what is sealed, login and password are stubs."""
    return _json({one.conn_id: _connection(one) for one in inventory.connections})


def pools(inventory: Inventory) -> str:
    """JSON as ``airflow pools import`` takes it."""
    found = {one.name: one for one in inventory.pools if one.name != "default_pool"}
    return _json(
        {
            name: {"slots": one.slots, "description": one.description or "", "include_deferred": False}
            for name, one in found.items()
        }
    )


def _connection(one: Connection) -> dict[str, Any]:
    given = {"host": one.host, "port": one.port, "schema": one.schema}
    known = {name: STUB if isinstance(value, Sealed) else value for name, value in given.items() if value is not None}
    return {"conn_type": one.conn_type or "generic", "login": STUB, "password": STUB, **known}


def _json(value: dict[str, Any] | Iterable[Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
