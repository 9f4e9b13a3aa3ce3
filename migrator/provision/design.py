"""From an inventory and the operator's choices to the design of the target. Nothing is read or written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.environments.name import EnvironmentName
from migrator.errors import UsageError
from migrator.model.parts import SETTINGS, unknown_of
from migrator.provision.demand import demand_of
from migrator.provision.network import network_plan
from migrator.provision.render import Design, Target, roles_of
from migrator.provision.sizing import size
from migrator.provision.software import software
from migrator.provision.watch import watch_of

if TYPE_CHECKING:
    from migrator.assess.resolver import Resolution
    from migrator.model.inventory import Inventory
    from migrator.workspace.config import Config


def design(inventory: Inventory, config: Config, image: str, resolution: Resolution, profile: str = "") -> Design:
    """The target for the source's load; UsageError when it cannot be built as it should be."""
    section, facts = config.provision, inventory.environment
    demand = demand_of(inventory)
    sizes = size(demand, facts, section.headroom)
    target = target_of(inventory, config)
    secrets_project = config.transfer.secrets_project or target.project
    return Design(
        target=target,
        image=image,
        profile=profile or image,
        heading=f"Written by migrate provision from the inventory of {facts.name} of {inventory.captured_at:%Y-%m-%d}.",
        public=section.public,
        network_name=section.network.network,
        demand=demand,
        sizes=sizes,
        plan=network_plan(demand, sizes, facts, section.network),
        software=software(facts, sizes, config.packages, resolution, secrets_project),
        secrets_project=secrets_project,
        roles=roles_of(inventory),
        watch=watch_of(inventory, demand, sizes, config.freshness),
        unlisted=inventory.unlisted,
        settings_known=SETTINGS not in unknown_of(inventory),
    )


def target_of(inventory: Inventory, config: Config) -> Target:
    """[target] of migrate.toml; without one the source's project and region, and its name with ``-v2``.

    UsageError when neither is known: an inventory of a folder is of no environment.
    """
    if config.target is not None:
        name = EnvironmentName.parse(config.target.environment)
        return Target(name.project, name.location, config.provision.name or name.name)
    try:
        name = EnvironmentName.parse(inventory.environment.name)
    except ValueError as error:
        raise UsageError(
            "the new environment has no name yet",
            why=f"migrate.toml has no section [target], and the inventory is of {inventory.environment.name}",
            fix='add [target] with environment = "projects/P/locations/L/environments/E" to migrate.toml',
        ) from error
    return Target(name.project, name.location, config.provision.name or f"{name.name}-v2")
