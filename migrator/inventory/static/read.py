"""The DAGs of a tree of files, from its code alone: nothing is imported, nothing runs."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.describe import FACTS, Defaults, to_dag
from migrator.inventory.static.frame import Frame, State, TooLongError
from migrator.inventory.static.library import THIS_FILE
from migrator.inventory.static.statements import run
from migrator.inventory.static.values import Imported, MadeDag
from migrator.model.dag import BrokenFile, Unlisted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from migrator.model.dag import Dag

DAGS, PLUGINS = "dags/", "plugins/"
IGNORE = ".airflowignore"
_FACTORY = "its code makes DAGs whose ids only run time knows"


@dataclass(slots=True)
class Found:
    """What a tree of files makes; DAGs are sorted by id."""

    dags: list[Dag] = field(default_factory=list)
    broken: list[BrokenFile] = field(default_factory=list)
    unlisted: list[Unlisted] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_dags(paths: Iterable[str], read: Callable[[str], bytes], defaults: Defaults) -> Found:
    """The DAGs of the files, whose paths are those of a bucket (``dags/...``, ``plugins/...``)."""
    tree, found = _Tree(sorted(paths), read), Found()
    dags: dict[str, Dag] = {}
    for path in tree.dag_files():
        for dag in _of_file(path, tree, found, defaults):
            first = dags.setdefault(dag.dag_id, dag)
            if first is not dag:
                found.warnings.append(f"DAG {dag.dag_id} is made in {first.file} and in {dag.file}")
                dags[dag.dag_id] = replace(first, unknown=tuple(sorted(FACTS)))
    found.dags = [dags[dag_id] for dag_id in sorted(dags)]
    archives = [path.removeprefix(DAGS) for path in tree.paths if path.startswith(DAGS) and path.endswith(".zip")]
    found.unlisted += [Unlisted(path, 0, "an archive is not looked into") for path in archives]
    return found


def _of_file(path: str, tree: _Tree, found: Found, defaults: Defaults) -> Iterator[Dag]:
    file = path.removeprefix(DAGS)
    try:
        code = tree.parsed(path)
    except SyntaxError as error:
        found.broken.append(BrokenFile(file, f"SyntaxError: {error.msg} (line {error.lineno})"))
        return
    if code is None:
        return
    frame = tree.frame(path)
    try:
        run(code.body, frame)
    except (TooLongError, RecursionError):
        found.unlisted.append(Unlisted(file, 0, "its code does more than is followed"))
        return
    made, nameless = _listed(frame, defaults)
    found.unlisted += [Unlisted(file, line, _FACTORY) for line in sorted(frame.state.unlisted)]
    found.warnings += [
        f"{file} line {one.line}: DAG {one.dag_id} has no name, so Airflow does not see it" for one in nameless
    ]
    yield from (to_dag(one, file, defaults) for one in made)


def _listed(frame: Frame, defaults: Defaults) -> tuple[list[MadeDag], list[MadeDag]]:
    """The DAGs that Airflow finds, each once and without subdags; and those of the file that have no name."""
    bound = [value for value in frame.names.values() if isinstance(value, MadeDag)]
    children = {task.arguments.get("subdag") for dag in frame.state.made for task in dag.tasks.values()}
    seen = [one for one in dict.fromkeys(bound) if one.dag_id is not None and one not in children]
    left = [one for one in frame.state.made if one.dag_id and one not in seen and one not in children and one.tasks]
    return (seen + left, []) if defaults.registers else (seen, left)


class _Tree:
    """The files; parsed code is kept, since helpers are imported by many."""

    def __init__(self, paths: list[str], read: Callable[[str], bytes]) -> None:
        self.paths = frozenset(paths)
        self._read = read
        self._helpers: dict[str, ast.Module | None] = {}
        self._ignored = [self._patterns(path) for path in paths if path.rpartition("/")[2] == IGNORE]

    def dag_files(self) -> Iterator[str]:
        """What Airflow would parse."""
        for path in sorted(self.paths):
            if path.startswith(DAGS) and path.endswith(".py") and not self._is_ignored(path):
                yield path

    def _patterns(self, path: str) -> tuple[str, list[re.Pattern[str]]]:
        """Regular expressions, one a line, for the files below the one that they stand in."""
        lines = [re.sub(r"\s*#.*", "", line) for line in self._read(path).decode("utf-8", "replace").splitlines()]
        return path.removesuffix(IGNORE), [found for line in lines if line.strip() for found in _compiled(line.strip())]

    def _is_ignored(self, path: str) -> bool:
        return any(
            path.startswith(folder) and any(one.search(path.removeprefix(folder)) for one in patterns)
            for folder, patterns in self._ignored
        )

    def parsed(self, path: str) -> ast.Module | None:
        """The code; None for a file that Airflow passes over, because it mentions neither a DAG nor Airflow."""
        data = self._read(path)
        lowered = data.lower()
        return _parse(data) if b"dag" in lowered and b"airflow" in lowered else None

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
            inner = Frame(full, state, _own_names(full, place))
            loaded[name] = inner.names
            contexts, state.contexts = state.contexts, []
            run(code.body, inner)
            state.contexts = contexts
            return inner.names

        state = State(module, run)
        name = path.removeprefix(DAGS).removesuffix(".py").rpartition("/")[2]
        return Frame(name, state, _own_names(name, path))

    def _module(self, name: str) -> tuple[str, ast.Module | None]:
        """A module of the tree, as the DAGs folder and the plugins folder stand on the path."""
        stem = name.replace(".", "/")
        for path in (f"{root}{stem}{end}" for root in (DAGS, PLUGINS) for end in (".py", "/__init__.py")):
            if path in self.paths:
                if path not in self._helpers:
                    self._helpers[path] = _parse_or_none(self._read(path))
                return path, self._helpers[path]
        return "", None


def _own_names(name: str, path: str) -> dict[str, Any]:
    return {"__name__": name, "__file__": Imported(f"{THIS_FILE}:/{path}")}


def _compiled(pattern: str) -> list[re.Pattern[str]]:
    try:
        return [re.compile(pattern)]
    except re.error:
        return []


def _parse(data: bytes) -> ast.Module:
    """Raises SyntaxError, also for what is no text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or type(error).__name__) from error


def _parse_or_none(data: bytes) -> ast.Module | None:
    try:
        return _parse(data)
    except SyntaxError:
        return None
