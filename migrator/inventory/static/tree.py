"""The files of a tree: which of them Airflow would parse, and the modules that they import from each other."""

from __future__ import annotations

import ast
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import ignore
from migrator.inventory.static.frame import Frame, State
from migrator.inventory.static.source import Refused, Wrong, content, parse
from migrator.inventory.static.statements import run
from migrator.inventory.static.values import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from migrator.inventory.static.describe import Defaults

DAGS, PLUGINS = "dags/", "plugins/"
MOST_KEPT = 4_000_000
"""Bytes of helpers' code that are kept parsed."""


class Tree:
    """The files; parsed helpers are kept, since many import them, as long as they do not take too much room."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes], defaults: Defaults) -> None:
        self.paths = frozenset(paths)
        self._read = read
        self._helpers: OrderedDict[str, tuple[int, ast.Module | None]] = OrderedDict()
        ignoring = [path for path in self.paths if path.startswith(DAGS) and path.rpartition("/")[2] == ignore.NAME]
        contents = {path.removeprefix(DAGS): content(read, path) for path in ignoring}
        self.ignored = ignore.Ignored(contents, defaults.airflow, glob=defaults.ignore_globs)

    def dag_files(self) -> Iterator[str]:
        """What Airflow would parse, or may parse."""
        return (path for path in sorted(self.paths) if path.endswith(".py") and self._is_read(path))

    def archives(self) -> Iterator[str]:
        """The archives that it would look into, or may."""
        return (path for path in sorted(self.paths) if path.endswith(".zip") and self._is_read(path))

    def _is_read(self, path: str) -> bool:
        return path.startswith(DAGS) and not self.ignored.holds(path.removeprefix(DAGS))

    def parsed(self, path: str) -> ast.Module | Wrong | Refused | None:
        """The code; None for a file that Airflow passes over, because it mentions neither a DAG nor Airflow."""
        data = content(self._read, path)
        if isinstance(data, Refused):
            return data
        lowered = data.lower()
        return parse(data) if b"dag" in lowered and b"airflow" in lowered else None

    def frame(self, path: str) -> Frame:
        """Where the file is followed; the modules that it imports are followed with it."""
        loaded: dict[str, dict[str, Any]] = {}

        def module(name: str) -> dict[str, Any] | None:
            if name in loaded:
                return loaded[name]
            place, code = self._module(name)
            if code is None:
                return None
            full = f"{name}.__init__" if place.endswith("/__init__.py") else name
            inner = Frame(full, state, _own_names(full, place), file=_shown(place))
            loaded[name] = inner.names
            contexts, state.contexts = state.contexts, []
            try:
                run(code.body, inner)
            finally:
                state.contexts = contexts
            return inner.names

        state = State(module, run, self.paths, self._read)
        name = path.removeprefix(DAGS).removesuffix(".py").rpartition("/")[2]
        return Frame(name, state, _own_names(name, path), file=_shown(path))

    def _module(self, name: str) -> tuple[str, ast.Module | None]:
        """A module of the tree, as the DAGs folder and the plugins folder stand on the path."""
        stem = name.replace(".", "/")
        for path in (f"{root}{stem}{end}" for root in (DAGS, PLUGINS) for end in (".py", "/__init__.py")):
            if path in self.paths:
                return path, self._helper(path)
        return "", None

    def _helper(self, path: str) -> ast.Module | None:
        if path in self._helpers:
            self._helpers.move_to_end(path)
            return self._helpers[path][1]
        data = content(self._read, path)
        code = data if isinstance(data, Refused) else parse(data)
        size = len(data) if isinstance(data, bytes) else 0
        self._helpers[path] = (size, code if isinstance(code, ast.Module) else None)
        while sum(size for size, _ in self._helpers.values()) > MOST_KEPT and len(self._helpers) > 1:
            self._helpers.popitem(last=False)
        return self._helpers[path][1]


def _own_names(name: str, path: str) -> dict[str, Any]:
    return {"__name__": name, "__file__": Place(path)}


def _shown(path: str) -> str:
    return path.removeprefix(DAGS)
