"""Who owns a DAG file, as far as its text says so."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "unknown"


def owner_of(source: str) -> str:
    """The literal owner in ``default_args``, else of the first ``owner=`` or ``"owner":``; else "unknown".

    A name counts when the module gives it one literal value. Nothing is imported or run.
    """
    tree = _parsed(source)
    if tree is None:
        return UNKNOWN
    constants = _constants(tree)
    known = ((not first, line, _text(value, constants)) for first, line, value in _owners(tree))
    return next((owner for _, _, owner in sorted(known) if owner), UNKNOWN)


def _parsed(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _constants(tree: ast.Module) -> dict[str, str]:
    values: dict[str, set[str | None]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for name in node.targets:
                if isinstance(name, ast.Name):
                    values.setdefault(name.id, set()).add(_text(node.value, {}) or None)
    return {name: only for name, found in values.items() if len(found) == 1 and (only := next(iter(found)))}


def _owners(tree: ast.Module) -> Iterator[tuple[bool, int, ast.expr]]:
    """Each value given for ``owner``: whether it stands in default arguments, its line, the value."""
    defaults = set(_default_arguments(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "owner":
                        yield node in defaults, node.lineno, value
            case ast.Call():
                for keyword in node.keywords:
                    if keyword.arg == "owner":
                        yield node in defaults, keyword.lineno, keyword.value
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant("owner")) as target]):
                yield _is_default(target.value), node.lineno, node.value


def _default_arguments(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign() if any(_is_default(target) for target in node.targets):
                yield node.value
            case ast.AnnAssign(value=ast.expr() as value) if _is_default(node.target):
                yield value
            case ast.keyword(arg="default_args"):
                yield node.value


def _is_default(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.lower().endswith(("default_args", "default_arguments"))


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return " ".join(text.split())
        case ast.Name():
            return constants.get(node.id, "")
        case _:
            return ""
