"""Carry functions of this program, and all that they use, into one file that needs nothing of it."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OURS = "migrator"
_NAMED = ast.FunctionDef | ast.ClassDef
_MARKS = "migrator.assess.check"
"""Decorators from there make a check of a function; the function alone is what is carried."""


@dataclass(frozen=True, slots=True)
class Source:
    """One module: its text, what its top level defines, and where its imported names come from."""

    name: str
    lines: tuple[str, ...]
    defined: dict[str, ast.stmt]
    imported: dict[str, tuple[str, str]]


def read(module: str) -> Source:
    """The module, parsed; what is imported for annotations only counts as not imported."""
    path = sys.modules[module].__file__ if module in sys.modules else import_module(module).__file__
    text = Path(str(path)).read_text(encoding="utf-8")
    defined: dict[str, ast.stmt] = {}
    imported: dict[str, tuple[str, str]] = {}
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                defined[name] = node
            case ast.Assign(targets=targets):
                defined |= {one.id: node for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            case ast.Import(names=names):
                imported |= {one.asname or one.name: (one.name, "") for one in names}
            case ast.ImportFrom(module=str() as origin, names=names):
                imported |= {one.asname or one.name: (origin, one.name) for one in names}
    return Source(module, tuple(text.splitlines()), defined, imported)


@dataclass(slots=True)
class Bundle:
    """What was carried so far; ``given`` names are there already and are never carried."""

    given: frozenset[str]
    imports: set[str] = field(default_factory=set)
    pieces: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    def carry(self, module: str, name: str) -> str:
        """Carry one definition after all that it uses, once; the name it has in the file."""
        if (module, name) in self.names:
            return self.names[module, name]
        source = self.sources.setdefault(module, read(module))
        node = source.defined[name]
        taken = set(self.names.values())
        self.names[module, name] = own = f"_{module.rpartition('.')[2]}{name}" if name in taken else name
        renamed = {used: self._carried(source, used) for used in sorted(_used(node, source)) if used != name}
        self.pieces.append(_text(node, source, {**renamed, name: own}))
        return own

    def _carried(self, source: Source, name: str) -> str:
        if name in self.given:
            return name
        if name in source.defined:
            return self.carry(source.name, name)
        origin, imported = source.imported.get(name, ("", ""))
        if origin.partition(".")[0] == OURS:
            return self.carry(origin, imported)
        if origin:
            self.imports.add(f"from {origin} import {imported}" if imported else f"import {origin}")
        return name


def standing_alone(wanted: Iterable[tuple[str, str]], given: Iterable[str] = ()) -> tuple[Bundle, str, str]:
    """The bundle of the wanted ``(module, name)``, its import lines and its definitions, in an order that works."""
    bundle = Bundle(frozenset(given))
    for module, name in wanted:
        bundle.carry(module, name)
    return bundle, "\n".join(sorted(bundle.imports)), "\n\n\n".join(bundle.pieces)


def _kept(node: _NAMED, source: Source) -> list[ast.expr]:
    """The decorators that stay."""
    names = [(one, one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]
    return [
        one
        for one, named in names
        if not (isinstance(named, ast.Name) and source.imported.get(named.id, ("",))[0] == _MARKS)
    ]


def _used(node: ast.stmt, source: Source) -> set[str]:
    return {one.id for part in _parts(node, source) for one in ast.walk(part) if isinstance(one, ast.Name)}


def _parts(node: ast.stmt, source: Source) -> Iterator[ast.AST]:
    if isinstance(node, _NAMED):
        dropped = [one for one in node.decorator_list if one not in _kept(node, source)]
        yield from (one for one in ast.iter_child_nodes(node) if one not in dropped)
    else:
        yield node


def _text(node: ast.stmt, source: Source, renamed: dict[str, str]) -> str:
    """The lines of a definition as they were written, its comments with them."""
    decorators = _kept(node, source) if isinstance(node, _NAMED) else []
    spans = [*((one.lineno, one.end_lineno) for one in decorators), (node.lineno, node.end_lineno)]
    text = "\n".join(line for first, last in spans for line in source.lines[first - 1 : last])
    for old, new in renamed.items():
        if old != new:
            text = re.sub(rf"(?<![\w.]){re.escape(old)}\b", new, text)
    return text
