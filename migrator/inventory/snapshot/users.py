"""The users of a dump with their roles, as the agent tells them; what they did, and their passwords, are left."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from migrator.inventory.snapshot.rows import each, moment_in, switch, text

if TYPE_CHECKING:
    from migrator.inventory.snapshot.contents import Contents, Values

RBAC = ("ab_user", "ab_role", "ab_user_role")
PLAIN = "users"
"""Who signed in to a 1.10 without roles."""
COLUMNS = {
    "ab_user": ("id", "username", "email", "first_name", "last_name", "active", "last_login"),
    "ab_role": ("id", "name"),
    "ab_user_role": ("user_id", "role_id"),
    PLAIN: ("username", "email"),
}
"""What is kept of each row: a password, hashed or not, is none of it."""


def users_of(contents: Contents) -> list[dict[str, Any]] | None:
    """Every user by name; None where the dump has not all tables that tell them."""
    if all(_there(contents, table) for table in RBAC):
        roles = _roles(contents)
        rows = each("ab_user", contents.tables["ab_user"], lambda row: _user(row, roles), contents.problems)
    elif _there(contents, PLAIN) and not any(_there(contents, table) for table in RBAC):
        rows = each(PLAIN, contents.tables[PLAIN], lambda row: _user(row, {}), contents.problems)
    else:
        return None
    return sorted(rows, key=lambda one: str(one["name"]))


def kept(table: str, values: Values) -> Values:
    """The columns of a row that may be kept."""
    return {name: values.get(name) for name in COLUMNS[table]}


def _there(contents: Contents, table: str) -> bool:
    return table in contents.dump.seen | contents.dump.described and not contents.is_lost(table)


def _roles(contents: Contents) -> dict[str, set[str]]:
    """The names of each user's roles, by the user's number."""
    names = {row["id"]: str(text(row, "name")) for row in contents.tables["ab_role"]}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in contents.tables["ab_user_role"]:
        if row["role_id"] in names:
            found[str(row["user_id"])].add(names[row["role_id"]])
    return found


def _user(row: Values, roles: dict[str, set[str]]) -> dict[str, Any]:
    login = moment_in(row, "last_login")
    return {
        "name": text(row, "username"),
        "email": text(row, "email"),
        "first_name": text(row, "first_name") or "",
        "last_name": text(row, "last_name") or "",
        "active": "active" not in row or row["active"] is None or switch(row, "active"),
        "last_login": login.isoformat() if login else None,
        "roles": sorted(roles.get(str(row.get("id")), ())),
        "events": None,
    }
