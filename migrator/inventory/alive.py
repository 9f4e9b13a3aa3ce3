"""Whether a source that counts as gone runs after all: what it runs then would run in the target once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.environments.composer_api import ComposerApi
from migrator.environments.endpoint import COMPOSER, Endpoint
from migrator.environments.name import EnvironmentName
from migrator.errors import MigrateError, RefusedError
from migrator.inventory.store import load
from migrator.model.inventory import Origin
from migrator.workspace.doctor import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.model.environment import EnvironmentFacts
    from migrator.model.inventory import Inventory
    from migrator.workspace.config import EnvironmentSection
    from migrator.workspace.workspace import Workspace

RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True)
class Alive:
    """What the Composer API says of the source of an inventory that was not taken from it.

    ``name``: the environment that runs, None where none is known to; ``named``: whether ``[source]`` names it;
    ``detail``: what was asked, and found.
    """

    name: str | None
    detail: str
    named: bool = False


def alive(workspace: Workspace) -> Alive | None:
    """What is known of the source's life; None where the inventory was taken from the source itself, or is none yet."""
    if not workspace.inventory.is_file():
        return None
    inventory = load(workspace.inventory)
    if inventory.origin is Origin.LIVE:
        return None
    section, named = workspace.config.source, workspace.config.source is not None
    try:
        found = _asked(section.environment, section) if section else _of_inventory(inventory, workspace.config.target)
    except MigrateError as error:
        return Alive(None, f"the Composer API does not tell: {error.why or error.what}", named)
    if found is None:
        return Alive(None, "no environment of its name or bucket is there", named)
    said = f"the Composer API says that {found.name} is {found.state}"
    return Alive(found.name if found.state == RUNNING else None, said, named)


def refuse_living(workspace: Workspace) -> None:
    """RefusedError where the source runs, or may run, though the inventory is of a snapshot or a folder."""
    found = alive(workspace)
    if found is None or found.name is None or (workspace.config.cutover.backlog.ended and not found.named):
        return
    raise RefusedError(
        "The source still runs, and the inventory is of what was left of it, so nothing was changed.",
        why=f"{found.detail}: two masters, since what it runs from now on would run in the target once more.",
        fix=_fix(named=found.named),
    )


def check_gone(workspace: Workspace) -> Check:
    """What doctor says of a source that no longer runs: that it was seen last then, or that it runs after all."""
    seen = f"seen last {load(workspace.inventory).captured_at:%Y-%m-%d %H:%M} UTC"
    found = alive(workspace)
    detail = f"{seen}; {found.detail}" if found else seen
    said = workspace.config.cutover.backlog.ended
    if found is None or found.name is None or said:
        return Check("source", "environment", ok=True, detail=f"{detail}; {said}" if said else detail)
    return Check("source", "environment", ok=False, detail=detail, fix=_fix(named=found.named))


def _fix(*, named: bool) -> str:
    live = "migrate inventory and migrate plan, for a wave from the source as it is now"
    if named:
        return f"{live}; if nothing runs in it any more, remove [source] from migrate.toml"
    return (
        f"name it in [source] of migrate.toml, then {live}; if nothing runs in it any more, say in ended of"
        " [cutover.backlog] who saw that"
    )


def _of_inventory(inventory: Inventory, target: EnvironmentSection | None) -> EnvironmentFacts | None:
    """The environment that the inventory is of, by its name, or where no name is known by its bucket, near the target.

    None where there is none.
    """
    if target is None:
        return None
    try:
        EnvironmentName.parse(inventory.environment.name)
    except ValueError:
        return next((one for one in _near(target) if one.bucket == inventory.environment.bucket), None)
    return _asked(inventory.environment.name, target)


def _near(target: EnvironmentSection) -> Iterator[EnvironmentFacts]:
    api = _api(target.environment, target)
    try:
        yield from (one for one in api.neighbours() if one.name != target.environment)
    finally:
        api.close()


def _asked(name: str, section: EnvironmentSection) -> EnvironmentFacts:
    api = _api(name, section)
    try:
        return api.facts()
    finally:
        api.close()


def _api(name: str, section: EnvironmentSection) -> ComposerApi:
    endpoint = Endpoint(section.api_endpoint) if section.api_endpoint else COMPOSER
    return ComposerApi(EnvironmentName.parse(name), endpoint)
