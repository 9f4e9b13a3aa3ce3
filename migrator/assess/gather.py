"""Read an estate from a workspace's folders, and ask the resolver about its packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.estate import Estate
from migrator.assess.remembered import key_of, remembered
from migrator.assess.requirement import named
from migrator.assess.resolver import NotResolved, Resolver, resolve
from migrator.assess.uv import find_uv
from migrator.workspace.tree import code_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codemods.profiles.profile import Profile
    from migrator.assess.estate import Rewritten
    from migrator.assess.resolver import Resolution
    from migrator.model.inventory import Inventory


def gather(
    inventory: Inventory,
    folders: Mapping[str, Path],
    target: Profile,
    *,
    packages: Resolution,
    rewritten: Mapping[str, Rewritten],
) -> Estate:
    """The estate; ``folders`` maps ``dags`` and ``plugins`` to where they lie."""
    return Estate(inventory, sources_in(folders), target, packages, rewritten)


def sources_in(folders: Mapping[str, Path]) -> dict[str, str]:
    """Each Python file's text by path of the bucket; ``folders`` maps ``dags`` and ``plugins`` to where they lie."""
    return {
        f"{name}/{path}": source.decode("utf-8", "replace")
        for name, folder in folders.items()
        for path, source in code_in(folder).items()
    }


def packages_of(
    wanted: Mapping[str, str],
    target: Profile,
    *,
    deadline: float,
    arguments: tuple[str, ...],
    cache: Path,
    now: float,
) -> Resolution:
    """Whether ``wanted`` fit beside the target's Airflow and providers; a ``deadline`` of 0 asks nothing.

    Those that are no requirements (CP219) are left out, or they would hide what is wrong with others.
    """
    packages = named(wanted).requirements
    if not packages:
        return NotResolved("there are no packages beside those of the image", "")
    if deadline <= 0:
        return NotResolved("--resolve-seconds is 0", "give it some seconds")
    uv = find_uv()
    if uv is None:
        return NotResolved("there is no uv on this machine", "pip install uv")
    key = key_of(packages, target.packages, arguments)
    return remembered(cache, key, now, lambda: resolve(packages, target.packages, Resolver(uv, deadline, arguments)))
