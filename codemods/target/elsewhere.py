"""Where a name that an import asks for in vain is on the target: the profile knows all names that are there."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.profiles import Profile

SHOWN = 3
GENERIC = 6
"""A name that more places have says nothing, unless a place looks like that where it was."""
_ASIDE = re.compile(r"\.(?:example_dags|tests|pre_\w+_compatibility)(?:\.|$)")
_WORD = re.compile(r"[a-z0-9]+")
_COMMON = frozenset(
    {"airflow", "providers", "contrib", "operators", "hooks", "sensors", "utils", "models", "operator", "base", "hook"}
)
"""Words of a path that say nothing of what is in it."""
_FLAT = (".operators", ".hooks", ".sensors", ".contrib", ".utils")
"""Packages that hold all kinds of things: a name in one says nothing of a name in another module of it."""


def proposal(name: str, target: Profile) -> str:
    """What to write instead of a dotted name; that nothing has its name, where nothing has."""
    return (
        elsewhere(name, target) or "nothing in the image has that name: write what you use of it into a module of yours"
    )


def elsewhere(name: str, target: Profile) -> str:
    """Where something of the same last name is, or else of the nearest; empty where nothing is known."""
    module, _, last = name.rpartition(".")
    for written in dict.fromkeys((last, last.lstrip("_"))):
        if places := _ranked(name, _defined(target).get(written, ())):
            return f"{written} is now in {_listed(_homes(places))}"
    if owners := _ranked(name, _methods(target).get(last, ())):
        return f"{last} is now a method of {_listed(owners)}"
    near = _near(module, last, target)
    return f"the nearest name there is {_listed(near)}" if near else ""


def _homes(places: list[str]) -> list[str]:
    return list(dict.fromkeys(place.rpartition(".")[0] for place in places))


def _listed(names: list[str]) -> str:
    return " or ".join(names[:SHOWN])


def _ranked(name: str, places: Iterable[str]) -> list[str]:
    """The places whose path looks most like the name's; all of a few, of many only those that look like it."""
    scores = {place: len(_words(name) & _words(place)) for place in places}
    best = max(scores.values(), default=0)
    if len(scores) > GENERIC and not best:
        return []
    return sorted((place for place in scores if scores[place] == best), key=lambda place: (place.count("."), place))


def _words(name: str) -> frozenset[str]:
    module = name.rpartition(".")[0]
    return frozenset(_WORD.findall(module.replace("_", " ").lower())) - _COMMON


@cache
def _defined(target: Profile) -> Mapping[str, tuple[str, ...]]:
    """What the modules of the target define, and the modules themselves, by their last name; no examples."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for module, names in target.modules.items():
        if _ASIDE.search(module) or not module.startswith("airflow."):
            continue
        found[module.rpartition(".")[2]].append(module)
        for name in names:
            found[name].append(f"{module}.{name}")
    return {name: tuple(places) for name, places in found.items()}


@cache
def _methods(target: Profile) -> Mapping[str, tuple[str, ...]]:
    """The classes that define each method themselves."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for owner, methods in target.members.methods.items():
        if owner.startswith("airflow."):
            for method in methods:
                found[method].append(owner)
    return {name: tuple(owners) for name, owners in found.items()}


def _near(module: str, last: str, target: Profile) -> list[str]:
    """Names that look like it in its module, or that contain it, or it them, below its package."""
    if own := target.modules.get(module):
        return [f"{module}.{name}" for name in get_close_matches(last, sorted(own), n=1, cutoff=0.75)]
    package = module if module in target.modules else module.rpartition(".")[0]
    if package.count(".") < 1 or package.endswith(_FLAT):
        return []
    below = {
        name: f"{home}.{name}"
        for home in target.modules
        if home.startswith(f"{package}.")
        for name in target.modules[home]
        if len(name) > 2 and (name in last or last in name) and name[0].isupper()
    }
    return [below[name] for name in get_close_matches(last, sorted(below), n=2, cutoff=0.5)]
