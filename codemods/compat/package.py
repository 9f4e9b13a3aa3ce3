"""The package ``airflow1_compat`` of one DAGs folder: only what its files use, each class with who uses it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from codemods.compat.adapters import PACKAGE, origins, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = "Written by `migrate rewrite --compat`"
"""By this the package is known as ours."""
_ABOUT = f'''\
"""What Airflow 1.10 had and this environment has not, on top of what it has.

{MARK}, and generated each time: edits are lost. A module goes when nothing uses it.
"""
'''


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One import of an adapter: its dotted name, the file, and the line from 1."""

    name: str
    path: str
    line: int


def places(path: str, source: bytes) -> Iterator[Place]:
    """The imports of adapters in one file; none of a file that can't be parsed."""
    if PACKAGE.encode() not in source:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for target in origins():
            if target in names or target.rpartition(".")[0] in names:
                yield Place(target, path, node.lineno)


def package(used: Iterable[Place]) -> dict[str, str]:
    """Every file of the package, by its path below the DAGs folder; empty when nothing is used."""
    found = sorted(set(used))
    modules: dict[str, list[Place]] = {}
    for place in found:
        modules.setdefault(origins()[place.name].module, []).append(place)
    files = {f"{PACKAGE}/{module}.py": _module(module, by) for module, by in modules.items()}
    for module in _needed(modules):
        files[f"{PACKAGE}/{module}.py"] = source_of(module)
    return {f"{PACKAGE}/__init__.py": _ABOUT, **dict(sorted(files.items()))} if files else {}


@cache
def imported(module: str) -> frozenset[str]:
    """The modules of providers that one module of the package imports, itself and by what it needs of the package."""
    found = set()
    for name in (module, *_needed([module])):
        for node in ast.walk(ast.parse(source_of(name))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("airflow.providers."):
                found.add(node.module or "")
    return frozenset(found)


def _module(module: str, by: list[Place]) -> str:
    """The source, with who uses it and what would make it superfluous above."""
    lines = []
    for name in dict.fromkeys(place.name for place in by):
        lines.append(f"# {name.rpartition('.')[2]}: {origins()[name].remains}")
        lines += [f"#   used by {place.path}:{place.line}" for place in by if place.name == name]
    return "\n".join(lines) + "\n" + source_of(module)


def _needed(modules: Iterable[str]) -> list[str]:
    """The modules of the package that these import, all the way down, and that are not among them."""
    known, waiting = set(modules), list(modules)
    found: list[str] = []
    while waiting:
        for node in ast.walk(ast.parse(source_of(waiting.pop()))):
            for module in _own(node):
                if module not in known:
                    known.add(module)
                    found.append(module)
                    waiting.append(module)
    return sorted(found)


def _own(node: ast.AST) -> list[str]:
    """The modules of the package that a statement imports."""
    if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
        return [alias.name for alias in node.names]
    module = node.module if isinstance(node, ast.ImportFrom) else None
    return [module.removeprefix(f"{PACKAGE}.")] if module and module.startswith(f"{PACKAGE}.") else []
