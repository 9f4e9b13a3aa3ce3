"""The small mistakes that a mutation run plants, each a change of a few characters at one place. Pure."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}  # fmt: skip
COUNTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "//"), ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "//"),
}  # fmt: skip
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake in a file: the characters from ``start`` to ``end`` read ``text`` instead."""

    line: int
    start: int
    end: int
    text: str

    def applied(self, source: str) -> str:
        """The file with the mistake in it."""
        return source[: self.start] + self.text + source[self.end :]

    def shown(self, source: str) -> str:
        """The line, with what was put for what."""
        old = " ".join(source[self.start : self.end].split())
        line = source.splitlines()[self.line - 1].strip()
        return f"{line}   [{old[:60]} -> {' '.join(self.text.split())[:60]}]"


def mutants(source: str, functions: Collection[str] = ()) -> list[Mutant]:
    """Every mistake that can be planted in the file, or in its named top-level functions; each compiles."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Mutant] = []
    for top in ast.parse(source).body:
        if isinstance(top, ast.FunctionDef | ast.ClassDef) and (not functions or top.name in functions):
            found += _Planted(source, starts).within(top)
    return [one for one in found if _compiles(one.applied(source))]


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


class _Planted:
    """The mistakes at each node of a tree; only ASCII files are counted in characters."""

    def __init__(self, source: str, starts: list[int]) -> None:
        self.source, self.starts = source, starts

    def within(self, tree: ast.AST) -> Iterator[Mutant]:
        if isinstance(tree, ast.JoinedStr):  # Python 3.11 gives no places inside
            return
        yield from self._here(tree)
        for name, value in ast.iter_fields(tree):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and name not in {"decorator_list", "annotation", "returns"}:
                    yield from self.within(child)

    def _here(self, node: ast.AST) -> Iterator[Mutant]:
        yield from self._operators(node)
        match node:
            case ast.Constant(value=bool() as value):
                yield self._instead(node, str(not value))
            case ast.Constant(value=int() as value):
                yield self._instead(node, str(value + 1))
            case ast.Call(func=ast.Name(id=name) as called) if name in CALLED:
                yield self._instead(called, CALLED[name])
            case ast.Expr(value=ast.Call()):
                yield self._instead(node, "pass")
            case ast.IfExp(body=body, orelse=orelse):
                yield self._instead(node, f"({self._text(body)})")
                yield self._instead(node, f"({self._text(orelse)})")
            case ast.comprehension(ifs=[test, *_]):
                yield self._instead(test, "True")
            case ast.If(test=ast.Name() | ast.Call() | ast.Attribute() as test):
                yield self._instead(test, f"not ({self._text(test)})")

    def _operators(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARED:
                yield from self._between(left, right, *COMPARED[type(op)])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in COUNTED:
                yield from self._between(left, right, *COUNTED[type(op)])
            case ast.BoolOp(op=op, values=[left, right, *_]):
                words = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
                yield from self._between(left, right, *words)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._instead(node, f"({self._text(operand)})")

    def _between(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Mutant]:
        start, end = self._span(left)[1], self._span(right)[0]
        pattern = r"(?<![\w<>=!])" + re.escape(old).replace(r"\ ", r"\s+") + r"(?![\w<>=])"
        if found := re.search(pattern, self.source[start:end]):
            yield Mutant(left.end_lineno, start + found.start(), start + found.end(), new)  # type: ignore[attr-defined]

    def _instead(self, node: ast.AST, text: str) -> Mutant:
        return Mutant(node.lineno, *self._span(node), text)  # type: ignore[attr-defined]

    def _span(self, node: ast.AST) -> tuple[int, int]:
        at = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return at, self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end]
