"""The import graph of an estate: which files a file is made of, the plugins and helper modules among them."""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from codemods.engine.plugins import find_plugins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migrator.assess.source import SourceFile

ROOTS = ("dags", "plugins")
"""The folders of the bucket that Airflow puts on the path."""
_ANYWHERE = "sys.path"
"""A file that has this in it finds modules where nobody but its own code knows."""


class ImportGraph:
    """Who imports whom, by path of the bucket; names that Airflow or Python bring lead nowhere.

    ``python_3``: whether that is known to run them, which does not look beside a file.
    """

    def __init__(self, files: Mapping[str, SourceFile], *, python_3: bool = False) -> None:
        self._files = files
        self._python_3 = python_3
        self._edges: dict[str, tuple[tuple[int, str], ...]] = {}

    @cached_property
    def direct(self) -> Mapping[str, frozenset[str]]:
        """Each file with those that it imports itself."""
        return {path: frozenset(to for _, to in self.edges(path)) - {path} for path in self._files}

    def edges(self, path: str) -> tuple[tuple[int, str], ...]:
        """Each file that a file imports itself, with the line on which it does."""
        if path not in self._edges:
            self._edges[path] = tuple(self._of(self._files[path]))
        return self._edges[path]

    @cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """Each file with those that it imports, and that these import, itself among them."""
        return {path: self._closure(path) for path in self._files}

    def beside(self, path: str) -> Iterator[tuple[str, int, str]]:
        """The imports of a file that only Python 2 finds: the module, the line, and its name below the path."""
        file = self._files[path]
        folder = path.rpartition("/")[0].partition("/")[2].replace("/", ".")
        for name, line in file.imports:
            if not self._on_path(name) and (found := sorted(self._beside(name, file))):
                module = name if len(found) == name.count(".") + 1 else name.rpartition(".")[0]
                yield module, line, f"{folder}.{module}".strip(".")

    def _of(self, file: SourceFile) -> Iterator[tuple[int, str]]:
        for name, line in file.imports:
            yield from ((line, path) for path in self._on_path(name) or set(self._elsewhere(name, file)))

    def _on_path(self, name: str) -> set[str]:
        return set(self._below_roots(name)) or set(self._of_plugin(name))

    def _below_roots(self, name: str) -> Iterator[str]:
        for root in ROOTS:
            yield from self._along(f"{root}/", name)

    def _along(self, folder: str, name: str) -> Iterator[str]:
        """The files of a dotted name in a folder: each package on the way, and the module."""
        parts = name.split(".")
        for size in range(1, len(parts) + 1):
            stem = f"{folder}{'/'.join(parts[:size])}"
            yield from (path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in self._files)

    def _of_plugin(self, name: str) -> Iterator[str]:
        """The module that defines what a plugin added below ``airflow.operators`` and its kind."""
        if name.startswith("airflow."):
            homes = (home for added, home in self._plugins.items() if f"{added}.".startswith(f"{name}."))
            yield from (path for home in homes for path in self._below_roots(home))

    @cached_property
    def _plugins(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for root in ROOTS:
            inside = {p.partition("/")[2]: f for p, f in self._files.items() if p.startswith(f"{root}/")}
            found |= find_plugins({path: file.text.encode("utf-8", "replace") for path, file in inside.items()})
        return found

    def _elsewhere(self, name: str, file: SourceFile) -> Iterator[str]:
        """What lies beside the file, as Python 2 finds it, or wherever its own code puts on the path.

        Else a module of a package elsewhere in the estate, which has the path of v1 that nobody told; a module alone
        may as well be somebody else's of that name.
        """
        moved = _ANYWHERE in file.text
        beside = set(self._beside(name, file)) if moved or not self._python_3 else set()
        yield from beside
        if not beside and not _given(name):
            for folder in self._folders[name.partition(".")[0]]:
                along = list(self._along(folder, name))
                yield from along if moved or any(path.count("/") > folder.count("/") for path in along) else ()

    def _beside(self, name: str, file: SourceFile) -> Iterator[str]:
        if not _given(name):
            yield from self._along(f"{file.path.rpartition('/')[0]}/", name)

    @cached_property
    def _folders(self) -> defaultdict[str, set[str]]:
        """The folders that hold a module or a package of each name."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path in self._files:
            parts = path.removesuffix(".py").split("/")
            for place, name in enumerate(parts[1:], 1):
                found[name].add(f"{'/'.join(parts[:place])}/")
        return found

    def _closure(self, start: str) -> frozenset[str]:
        seen, waiting = {start}, [start]
        while waiting:
            for path in self.direct.get(waiting.pop(), ()):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
        return frozenset(seen)


def _given(name: str) -> bool:
    """Whether a name is one of Python's or of Airflow's."""
    first = name.partition(".")[0]
    return first in sys.stdlib_module_names or first == "airflow"


def importers(reach: Mapping[str, frozenset[str]], starts: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Each file with who takes part in it, sorted; ``starts``: the file of each, with its name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, name in starts:
        for reached in reach.get(path, {path}):
            found[reached].add(name)
    return {path: tuple(sorted(names)) for path, names in found.items()}
