"""Users with their roles, from the inventory: nothing of them is secret, and no password goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.transfer.resources import Item, Kind, Status

if TYPE_CHECKING:
    from migrator.model.inventory import Inventory

NO_ROLE = "v1 gives it no role; v2 registers it at its first sign-in, with [webserver] rbac_user_registration_role"
NO_EMAIL = "it has no email, without which v2 knows no user"


def users_of(inventory: Inventory) -> list[dict[str, Any]]:
    """The users that can be carried, as the agent stores them; none from a source that could not tell."""
    return [
        {
            "identity": user.identity,
            "name": user.name,
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "active": user.active,
            "roles": list(user.roles),
        }
        for user in (inventory.usage.users if inventory.usage else ())
        if user.roles and user.email
    ]


def left_out(inventory: Inventory) -> list[Item]:
    """The users that are not carried, and why."""
    return [
        Item(Kind.USERS, user.identity, Status.KEPT, NO_EMAIL if user.roles else NO_ROLE)
        for user in (inventory.usage.users if inventory.usage else ())
        if not user.roles or not user.email
    ]
