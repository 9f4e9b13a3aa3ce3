"""What of the source nobody knows, so that it can't be carried: an item of its own, and never nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.model import parts
from migrator.transfer.resources import Item, Kind, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from migrator.model.inventory import Inventory

PARTS = {
    Kind.VARIABLES: parts.VARIABLES,
    Kind.CONNECTIONS: parts.CONNECTIONS,
    Kind.POOLS: parts.POOLS,
    Kind.USERS: parts.USERS,
    Kind.OVERRIDES: parts.SETTINGS,
    Kind.ENV: parts.SETTINGS,
}
"""The part of an inventory that tells of each kind."""
ALL, OTHERS = "(all)", "(others)"
BY_HAND = "unknown: set in v2 what is needed; `migrate assess` names what DAGs ask for"
NOT_ALL = "not all could be read: `migrate inventory` names what was left out"
NO_USERS = "unknown: v2 registers each at the first sign-in"
NO_FILES = "there is no copy of them here: migrate transfer --only files --from DIR (or gs://BUCKET)"


def is_known(inventory: Inventory, kind: Kind) -> bool:
    """Whether the inventory knows all items of a kind."""
    return kind not in PARTS or not parts.is_unknown(inventory, PARTS[kind])


def unknown_items(inventory: Inventory, kinds: Iterable[Kind], found: Collection[Kind]) -> list[Item]:
    """An item for each kind of which not all is known; ``found``: the kinds of which something is."""
    return [_unknown(kind, some=kind in found) for kind in kinds if not is_known(inventory, kind)]


def no_files() -> Item:
    """The files that lie in no copy that is at hand."""
    return Item(Kind.FILES, ALL, Status.UNKNOWN, NO_FILES)


def known_pools(inventory: Inventory) -> list[dict[str, Any]]:
    """The pools, of which nothing is secret, as the agent stores them."""
    return [{"name": one.name, "slots": one.slots, "description": one.description} for one in inventory.pools]


def _unknown(kind: Kind, *, some: bool) -> Item:
    why = NOT_ALL if some else NO_USERS if kind is Kind.USERS else BY_HAND
    return Item(kind, OTHERS if some else ALL, Status.UNKNOWN, why)
