"""The md5 of the files that will be deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.workspace.present import md5_of
from migrator.workspace.tree import files

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.model.inventory import Inventory

DAGS = "dags/"


def deployed_md5s(inventory: Inventory, target: Path) -> dict[str, str]:
    """DAG file, relative to the DAGs folder, to md5 as base64: of the file in ``target``, else of the source's."""
    source = {file.path.removeprefix(DAGS): file.md5 for file in inventory.files if file.path.startswith(DAGS)}
    return {**source, **folder_md5s(target)}


def folder_md5s(folder: Path) -> dict[str, str]:
    """The files below ``folder`` by relative path, without Python's caches and names that no bucket holds.

    Empty when there is no such folder.
    """
    return {name: md5_of(folder / name) for name in files(folder)}
