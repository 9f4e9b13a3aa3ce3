"""The plugins that lie beside the DAGs: what they added to Airflow 1.10."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from codemods.engine.plugins import find_plugins
from migrator.workspace.tree import code_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def plugins_in(folders: Iterable[Path]) -> frozenset[tuple[str, str]]:
    """Names that plugins in these folders added, each with where it is defined; folders that are missing hold none."""
    found: dict[str, str] = {}
    for folder in folders:
        found |= find_plugins(code_in(folder))
    return frozenset(found.items())


def beside(paths: Iterable[Path]) -> list[Path]:
    """The ``plugins`` folders next to, or above, these files and folders; no further up than three steps."""
    near = {parent for path in paths for parent in [path.resolve(), *path.resolve().parents][:4]}
    return sorted(folder / "plugins" for folder in near if (folder / "plugins").is_dir())


def of_each(places: Mapping[str, Path], sources: Mapping[str, bytes]) -> dict[str, frozenset[tuple[str, str]]]:
    """What plugins added for each of these files: those of the nearest ``plugins`` folder beside or above it."""
    folders: dict[Path, dict[str, bytes]] = defaultdict(dict)
    for name, source in sources.items():
        if (folder := _plugins_above(places[name])) is not None:
            folders[folder.parent][places[name].relative_to(folder).as_posix()] = source
    added = {home: frozenset(find_plugins(files).items()) for home, files in folders.items()}
    near = {name: next((home for home in place.parents if home in added), None) for name, place in places.items()}
    return {name: added[home] for name, home in near.items() if home is not None and added[home]}


def _plugins_above(place: Path) -> Path | None:
    return next((folder for folder in place.parents if folder.name == "plugins"), None)
