"""The plugins that lie beside the DAGs: what they added to Airflow 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.plugins import find_plugins
from migrator.workspace.tree import code_in

if TYPE_CHECKING:
    from collections.abc import Iterable
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
