"""Bring Airflow overrides and environment variables into the target, where it permits them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.errors import MigrateError
from migrator.model.sealed import Sealed
from migrator.transfer.resources import Item, Kind, Policy, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migrator.model.sealed import Value


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of v1 under its name in v2; ``why_not``: why v2 does not take it.

    Its value is sealed where it comes from an inventory and is not allowed in clear.
    """

    name: str
    to: str
    value: Value = field(repr=False)
    why_not: str = ""


def carry_settings(
    kind: Kind,
    settings: Iterable[Setting],
    there: Mapping[str, str],
    write: Callable[[dict[str, str]], None],
    policy: Policy,
    *,
    dry_run: bool,
) -> list[Item]:
    """What becomes of each setting; ``write`` gets all that v2 is to have, once, and only when something changes."""
    items, wanted = [], dict(there)
    for one in sorted(settings, key=lambda setting: setting.name):
        status, why = (Status.KEPT, one.why_not) if one.why_not else _fate(one, there, policy)
        if status in {Status.CREATED, Status.REPLACED}:
            wanted[one.to] = str(one.value)
        items.append(Item(kind, one.name, status, why))
    if wanted == there or dry_run:
        return items
    try:
        write(wanted)
    except MigrateError as error:
        return [_failed(item, error) for item in items]
    return items


def _fate(setting: Setting, there: Mapping[str, str], policy: Policy) -> tuple[Status, str]:
    if isinstance(setting.value, Sealed):
        return Status.UNKNOWN, "secrets.age does not hold its value"
    if setting.to not in there:
        return Status.CREATED, _renamed(setting)
    if there[setting.to] == setting.value:
        return Status.EQUAL, _renamed(setting)
    return Status.REPLACED if policy is Policy.REPLACE else Status.KEPT, _renamed(setting)


def _renamed(setting: Setting) -> str:
    return f"it is {setting.to} in v2" if setting.to != setting.name else ""


def _failed(item: Item, error: MigrateError) -> Item:
    """The environment takes all of a request or nothing."""
    if item.status not in {Status.CREATED, Status.REPLACED}:
        return item
    return Item(item.kind, item.name, Status.FAILED, f"{error.what}: {error.why}".splitlines()[0])
