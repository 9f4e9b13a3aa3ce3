"""Variables, connections and pools as stubs: those of the inventory and those that the code names, without a secret.

A stub says whose it is, so that code which can't do with it fails with the name of what is missing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from migrator.inventory.needs import Needs, needs_of
from migrator.model.sealed import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrator.model.inventory import Inventory
    from migrator.model.resources import Connection

STUB = "stub"
NONE = Needs()
_LOGIN = {"login": STUB, "password": STUB}


def named_in(code: Mapping[str, bytes]) -> Needs:
    """The variables and connections that these files name."""
    found = [needs_of(text.decode("utf-8", "replace")) for path, text in code.items() if path.endswith(".py")]
    variables = frozenset(name for one in found for name in one.variables)
    return Needs(variables, frozenset(name for one in found for name in one.connections))


def variables(inventory: Inventory, needs: Needs = NONE) -> str:
    """JSON for Airflow's local secrets backend: each variable with a stub of a value."""
    keys = {one.key for one in inventory.variables} | needs.variables
    return _json({key: f"{STUB} of the variable {key}" for key in keys})


def connections(inventory: Inventory, needs: Needs = NONE) -> str:
    """JSON for the same: each connection with its type and port; what is sealed, login and password are stubs."""
    named = {name: {"conn_type": "generic", "host": _host(name), **_LOGIN} for name in needs.connections}
    return _json(named | {one.conn_id: _connection(one) for one in inventory.connections})


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
    sealed = {"host": _host(one.conn_id)}
    known = {
        name: sealed.get(name, STUB) if isinstance(value, Sealed) else value
        for name, value in given.items()
        if value is not None
    }
    return {"conn_type": one.conn_type or "generic", **_LOGIN, **known}


def _host(conn_id: str) -> str:
    """A host that no network has, and whose name says which connection asked for it (RFC 6761, 6.4)."""
    return f"{STUB}-of-{re.sub(r'[^a-z0-9]+', '-', conn_id.casefold()).strip('-')[:50]}.invalid"


def _json(value: dict[str, Any] | Iterable[Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
