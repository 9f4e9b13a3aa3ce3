"""The packages that the target will have beside its image: the source's, and what ``[target.packages]`` decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.checks.cp_packages_gone import instead_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.inventory import Inventory

LEFT_OUT = "-"


def decided(source: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Name to extras and versions: the source's, with what was chosen in their place, by whichever spelling.

    Those that must not come along are still there unless that was decided: CP203 tells them.
    """
    own = {canonicalize_name(name) for name in chosen}
    kept = {name: spec for name, spec in source.items() if canonicalize_name(name) not in own}
    return {name: spec for name, spec in sorted({**kept, **chosen}.items()) if spec.strip() != LEFT_OUT}


def installable(source: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The same without those that must not come along, unless somebody chose them; any version is empty."""
    both = decided(source, chosen)
    return {n: "" if spec == "*" else spec for n, spec in both.items() if n in chosen or not instead_of(n)}


def with_packages(inventory: Inventory, chosen: Mapping[str, str]) -> Inventory:
    """The inventory with the packages that the target will have in place of the source's."""
    packages = decided(inventory.environment.packages, chosen)
    return replace(inventory, environment=replace(inventory.environment, packages=packages))


def names_of(chosen: Mapping[str, str]) -> frozenset[str]:
    """The distributions that were chosen, as an index spells them; without those that are left out."""
    return frozenset(canonicalize_name(name) for name, spec in chosen.items() if spec.strip() != LEFT_OUT)
