"""Where the names of 1.10 are on one target: the tables, resolved against what is installed there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from codemods import tables
from codemods.compat.adapters import adapters
from codemods.profiles import load
from codemods.profiles.shipped import SOURCE
from codemods.tables.reexports import reexports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.profiles import Profile


@dataclass(frozen=True, slots=True)
class Names:
    """The tables for one target.

    ``moves``: old name -> its name there; ``gone``: old name -> what a person must do; ``modules``: old module ->
    its moved names and where each is now; ``packages``: what old modules lie in; ``stay``: those of the old modules
    that the target still has, for other names.
    """

    moves: Mapping[str, str]
    gone: Mapping[str, str]
    modules: Mapping[str, Mapping[str, str]]
    packages: frozenset[str]
    stay: frozenset[str]


_TWINS = (("airflow.kubernetes.", "airflow.contrib.kubernetes."),)
"""Packages that 1.10 moved between its own releases: newer name, older name."""
_PACKAGES = frozenset({"airflow", "airflow.operators", "airflow.hooks", "airflow.sensors", "airflow.utils"})


@cache
def names_on(
    target: Profile,
    plugins: frozenset[tuple[str, str]] = frozenset(),
    *,
    compat: bool = False,
    adapted: frozenset[tuple[str, str]] = frozenset(),
) -> Names:
    """The tables for one target: of several names of one thing, the newest that exists there wins.

    ``compat``: what has no successor there moves to an adapter, where there is one; ``adapted``: names that one file
    uses in ways that the successor does not take, each with its adapter.
    """
    moves: dict[str, str] = dict(plugins)
    gone: dict[str, str] = {}
    for old in {**tables.moves(), **tables.gone()}:
        if old in tables.gone() and old.startswith("airflow.providers.") and target.has(old):
            continue
        found = next((name for name in _candidates(old) if there(name, target)), None)
        if found is None:
            gone[old] = tables.gone().get(old) or f"{tables.moves()[old]} is not in {target.name}"
        elif found != old:
            moves[old] = found
    _twin(moves, gone, target)
    moves |= _same_name(moves, gone, target)
    if compat:
        _adapt(moves, gone, target)
        moves |= dict(adapted)
    _follow(reexports(), moves, gone, target)
    modules = _by_module(moves)
    stay = {module for module in modules if module in _PACKAGES or target.modules.get(module)}
    return Names(moves, gone, modules, frozenset(_packages(modules)), frozenset(stay))


def there(name: str, target: Profile) -> bool:
    """Whether a name can be imported on a target, or belongs to a provider that it lacks and can be given."""
    return target.has(name) or not name.startswith("airflow.") or target.package(target.distribution(name)) is None


def _twin(moves: dict[str, str], gone: dict[str, str], target: Profile) -> None:
    """Add what had another package in early 1.10: it is where its newer name of 1.10 leads."""
    for newer, older in _TWINS:
        source = load(SOURCE).modules
        known = {f"{module}.{name}" for module in source if module.startswith(newer) for name in source[module]}
        for name in known | {old for old in [*moves, *gone] if old.startswith(newer)}:
            old = older + name.removeprefix(newer)
            if old in moves or old in gone:
                continue
            if name in gone and not target.has(name):
                gone[old] = gone[name]
            elif (found := moves.get(name, name)) and there(found, target):
                moves[old] = found


def _same_name(moves: Mapping[str, str], gone: Mapping[str, str], target: Profile) -> dict[str, str]:
    """What no table knows, and is by its own name in the one module that its neighbours moved to: private functions."""
    found = {}
    for module, siblings in _by_module(moves).items():
        places = {new.rpartition(".")[0] for new in siblings.values()}
        for name in load(SOURCE).modules.get(module, frozenset()) - {"log"}:
            old = f"{module}.{name}"
            having = [place for place in places if name in target.modules.get(place, ())]
            if len(having) == 1 and old not in moves and old not in gone and not target.has(old):
                found[old] = f"{having[0]}.{name}"
    return found


def _follow(homes: Mapping[str, tuple[str, ...]], moves: dict[str, str], gone: dict[str, str], target: Profile) -> None:
    """Add the names that old modules only imported, where the target's module does so no more."""
    for old, steps in homes.items():
        if old in moves or old in gone or target.has(old):
            continue
        found = next((moves.get(home, home) for home in steps if home in moves or target.has(home)), None)
        lost = next((gone[home] for home in steps if home in gone), None)
        if found is not None:
            moves[old] = found
        elif lost is not None:
            gone[old] = lost


def _adapt(moves: dict[str, str], gone: dict[str, str], target: Profile) -> None:
    """Move to adapters what is gone, under each of its names."""
    for old in [*gone]:
        adapter = adapters().get(old)
        if adapter is not None and not adapter.when:
            moves[old] = adapter.target
            del gone[old]
    for old, adapter in adapters().items():
        if old not in moves and not adapter.when and not target.has(old):
            moves[old] = adapter.target


def _candidates(old: str) -> list[str]:
    """The names of one thing, newest first."""
    first = tables.moves().get(old)
    newer = [first] if first else []
    second = tables.older().get(old)
    return [*newer, *([second] if second else [])]


def _packages(modules: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for name in modules:
        parts = name.split(".")
        yield from (".".join(parts[:depth]) for depth in range(1, len(parts)))


def _by_module(moves: Mapping[str, str]) -> dict[str, dict[str, str]]:
    modules: dict[str, dict[str, str]] = defaultdict(dict)
    for old, new in moves.items():
        module, _, name = old.rpartition(".")
        modules[module][name] = new
    return dict(modules)
