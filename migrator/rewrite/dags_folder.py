"""The DAGs folder of a file: where Airflow would look for what it imports."""

from __future__ import annotations

import ast
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from codemods.compat import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_NOT_OURS = sys.stdlib_module_names | {"airflow", PACKAGE}


class Folders:
    """The DAGs folders of an estate; ``files``: its files by absolute path, each with its content."""

    def __init__(self, files: Mapping[Path, bytes]) -> None:
        self._files = files

    def of(self, file: Path) -> Path:
        """Where a file imports from: its ``dags``, where the estate's own imports are found, or its outermost folder.

        A folder that has the package of adapters already stays the one.
        """
        above = list(file.parents)
        has = next((folder for folder in self.around([file]) if (folder / PACKAGE / "__init__.py").is_file()), None)
        dags = next((folder for folder in _dags(file)), None)
        found = has or dags or next((folder for folder in above if folder in self._roots), None)
        return found or next(folder for folder in above if not (folder / "__init__.py").exists())

    def around(self, files: Iterable[Path]) -> Iterator[Path]:
        """The folders that may be the DAGs folder of one of these files, innermost first, each once."""
        seen = set()
        for file in files:
            for folder in (*_dags(file), *file.parents):
                if folder in seen:
                    continue
                seen.add(folder)
                yield folder

    @cached_property
    def _roots(self) -> frozenset[Path]:
        """The folders in which modules lie that files below import."""
        return frozenset(root for file, source in self._files.items() for root in _import_roots(file, source))


def _dags(file: Path) -> Iterator[Path]:
    """``dags`` above a file, or beside the ``plugins`` above it."""
    for folder in file.parents:
        if folder.name == "dags":
            yield folder
        elif folder.name == "plugins" and (folder.parent / "dags").is_dir():
            yield folder.parent / "dags"


def _import_roots(file: Path, source: bytes) -> Iterator[Path]:
    for name in set(_imported(source)) - _NOT_OURS:
        for folder in _up_to_repository(file):
            if (folder / "__init__.py").exists():  # a package is imported from, never in
                continue
            if (folder / name).is_dir() or (folder / f"{name}.py").is_file():
                yield folder
                break


def _up_to_repository(file: Path) -> Iterator[Path]:
    for folder in file.parents:
        yield folder
        if (folder / ".git").exists():
            return


def _imported(source: bytes) -> Iterator[str]:
    """The first parts of the absolute imports of a file."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
