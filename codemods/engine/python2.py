"""Carry the syntax of Python 2 over to Python 3, with the recipes of ``fissix`` that keep what a file does."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

_RECIPES = (
    *("print", "except", "raise", "exec", "repr", "ne", "numliterals", "tuple_params", "paren", "throw"),
    *("has_key", "dict", "filter", "map", "zip"),
)
"""Syntax, and what gave a list in Python 2."""


def ported(source: bytes) -> bytes | None:
    """The file as Python 3 reads it; None when its syntax is not that of Python 2, or no recipe is sure."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n")
    last = "" if plain.endswith("\n") else "\n"
    try:
        after = str(_tool().refactor_string(plain + last, "a file")).removesuffix(last)
    except Exception:  # noqa: BLE001 - what fissix cannot read is no Python 2, whatever it raises
        return None
    return after.replace("\n", newline).encode(encoding) if after != plain and _parses(after) else None


def divisions(source: bytes) -> list[int]:
    """The lines on which Python 2 may have divided whole numbers without a rest."""
    if b"import division" in source:
        return []
    found = [node for node in ast.walk(_tree(source)) if isinstance(node, ast.BinOp | ast.AugAssign)]
    return sorted({node.lineno for node in found if isinstance(node.op, ast.Div) and not _is_exact(node)})


def _is_exact(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether a number with a point takes part."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(_is_float(one) for one in sides)


def _is_float(node: ast.expr) -> bool:
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    return made or (isinstance(node, ast.Constant) and isinstance(node.value, float))


@cache
def _tool() -> RefactoringTool:
    from fissix.refactor import RefactoringTool  # noqa: PLC0415 - most runs meet no such file

    return RefactoringTool([f"fissix.fixes.fix_{name}" for name in _RECIPES])


def _parses(text: str) -> bool:
    try:
        _tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _tree(source: bytes | str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
