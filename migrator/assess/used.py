"""Which lines of its files a DAG uses: all that runs while they are loaded, and the functions that this names.

By names alone, so that too much counts as used rather than too little: a function is used where anything that runs has
its name, or that of its class.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from migrator.assess.source import SourceFile

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BY_TEXT = frozenset(
    {"getattr", "globals", "locals", "vars", "eval", "exec", "import_module", "__import__", "__dict__"}
)
"""What calls a function by a text: then each one may be used."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a module or of a class in it: where it is, what it is called by, and what it names."""

    first: int
    last: int
    called: frozenset[str]
    names: frozenset[str]
    open: bool


class Parts:
    """One file in parts: what runs when it is loaded, and its functions."""

    def __init__(self, file: SourceFile) -> None:
        self._tree = file.tree

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The functions of the module and of its classes; one in another is a part of that."""
        return tuple(_function(node, above) for node, above in _defined(self._tree, ()))

    @cached_property
    def names(self) -> frozenset[str]:
        """What the code outside of functions names."""
        return frozenset(_names(_outside(self._tree)))

    def at(self, line: int) -> Function | None:
        """The function that a line is in; None outside of all."""
        return next((one for one in self.functions if one.first <= line <= one.last), None)


@dataclass(frozen=True, slots=True)
class Used:
    """What one DAG uses: files, and all that the code in them names which runs for it."""

    files: frozenset[str]
    names: frozenset[str]


class Usage:
    """What each DAG uses of the files that it is made of.

    ``edges``: each file with those that it imports itself, and the lines on which it does.
    """

    def __init__(self, files: Mapping[str, SourceFile], edges: Callable[[str], Iterable[tuple[int, str]]]) -> None:
        self._files, self._edges = files, edges
        self._parts: dict[str, Parts] = {}
        self._used: dict[str, Used] = {}

    def uses(self, own: str, path: str, line: int) -> bool:
        """Whether a DAG whose own file is ``own`` uses a line of a file."""
        if own not in self._files or path not in self._files:
            return True
        used = self._of(own)
        return path in used.files and self._runs(path, line, used.names)

    def _runs(self, path: str, line: int, names: AbstractSet[str]) -> bool:
        function = self._in(path).at(line)
        return function is None or _is_called(function, names)

    def _in(self, path: str) -> Parts:
        if path not in self._parts:
            self._parts[path] = Parts(self._files[path])
        return self._parts[path]

    def _of(self, own: str) -> Used:
        if own not in self._used:
            self._used[own] = self._closed(own)
        return self._used[own]

    def _closed(self, own: str) -> Used:
        """Files and names, each of which may bring more of both."""
        files, names, before = {own}, set[str](), (-1, -1)
        while before != (len(files), len(names)):
            before = len(files), len(names)
            for path in tuple(files):
                files.update(to for line, to in self._edges(path) if self._runs(path, line, names))
                names |= self._in(path).names
                names.update(*(one.names for one in self._in(path).functions if _is_called(one, names)))
        return Used(frozenset(files), frozenset(names))


def _is_called(function: Function, names: AbstractSet[str]) -> bool:
    return function.open or not function.called.isdisjoint(names) or not _BY_TEXT.isdisjoint(names)


def _defined(
    node: ast.AST, above: tuple[str, ...]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, tuple[str, ...]]]:
    """Each function that is in no other one, with the classes around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            yield child, above
        else:
            yield from _defined(child, (*above, child.name) if isinstance(child, ast.ClassDef) else above)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, above: tuple[str, ...]) -> Function:
    names = frozenset(_names(ast.walk(node))) - {node.name}
    return Function(
        node.lineno, node.end_lineno or node.lineno, frozenset({node.name, *above}), names, bool(node.decorator_list)
    )


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes outside of functions, with the decorators and defaults of these."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            for part in (*child.decorator_list, child.args):
                yield from ast.walk(part)
        else:
            yield from _outside(child)


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What these nodes name: variables, attributes, and what they import under another name."""
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name, asname=str()):
                yield name.rpartition(".")[2]
