"""Print a tree once: its text, and the lines of its nodes.

LibCST's own position provider walks the tree twice more and makes objects for every node; a rule's report needs a line
for a handful. So one printing, which the engine needs anyway, notes where in the list of tokens each node begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import nullcontext
from itertools import accumulate
from typing import TYPE_CHECKING

import libcst as cst
from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_BREAK = re.compile(r"\r\n|\n|\r")
_NOTHING: AbstractContextManager[None] = nullcontext()


_PUNCTUATION = frozenset(
    {cst.SimpleWhitespace, cst.ParenthesizedWhitespace, cst.Newline, cst.Comma, cst.Dot, cst.AssignEqual, cst.Colon}
    | {cst.LeftParen, cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket, cst.LeftCurlyBrace}
    | {cst.RightCurlyBrace, cst.TrailingWhitespace, cst.Semicolon}
)
"""Nodes of which nobody asks the line; most nodes are of these kinds."""


class _Printing(CodegenState):
    """Print, and note nothing; syntactic positions are LibCST's slowest part."""

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,  # noqa: ARG002
        *,
        start_node: cst.CSTNode | None = None,  # noqa: ARG002
        end_node: cst.CSTNode | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        return _NOTHING


class _Noting(_Printing):
    """Print, and note at which token each node begins (less the lines before it) and ends."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}

    def before_codegen(self, node: cst.CSTNode) -> None:
        if type(node) not in _PUNCTUATION:
            self.first[id(node)] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if type(node) not in _PUNCTUATION:
            self.last[id(node)] = len(self.tokens)

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        if start_node is None:
            self.first[id(node)] = len(self.tokens)
        return _NOTHING


class _Kept:
    """A statement at the top that is as it was: its text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _codegen(self, state: CodegenState) -> None:
        state.tokens.append(self._text)


def printed(module: cst.Module, before: Printed | None = None) -> bytes:
    """The bytes of a module; what was printed ``before``, at the top and of the same nodes, is not printed again."""
    if before is not None and module.body:
        *body, last = module.body
        module = module.with_changes(body=[*map(before.kept, body), last])
    state = _Printing(module.default_indent, module.default_newline)
    module._codegen(state)  # noqa: SLF001 - what Module.code does, with a cheaper state
    return "".join(state.tokens).encode(module.encoding)


class Printed:
    """A module as text, and the lines of its nodes (from 1)."""

    def __init__(self, module: cst.Module) -> None:
        state = _Noting(module.default_indent, module.default_newline)
        module._codegen(state)  # noqa: SLF001 - see above
        self._module = module  # so that no other node is ever known by the same id
        self._state = state
        self.text = "".join(state.tokens)
        self._offsets: list[int] | None = None
        self._breaks: list[int] = []
        ends = [state.last[id(node)] for node in (*module.header[-1:], *module.body)]
        begins = ends if module.header else [0, *ends]
        whole = module.body if module.has_trailing_newline else module.body[:-1]
        self._top = {id(node): begin for node, begin in zip(whole, begins, strict=False)}

    def kept(self, node: cst.CSTNode) -> cst.CSTNode | _Kept:
        """A statement of a later module; where this module has the very same at its top, its text."""
        if (begin := self._top.get(id(node))) is None:
            return node
        return _Kept("".join(self._state.tokens[begin : self._state.last[id(node)]]))

    def lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """The first and last line of a node, blank space around it left out."""
        tokens = self._state.tokens
        first, last = self._state.first.get(id(node), 0), self._state.last.get(id(node), 0)
        while last > first + 1 and not tokens[last - 1].strip():
            last -= 1
        return self._line(first), max(self._line(first), self._line(last))

    def where(self, node: cst.CSTNode) -> tuple[int, int]:
        """The line of a node's first character, from 1, and its column, from 0."""
        at = self._offset(self._state.first.get(id(node), 0))
        before = bisect_right(self._breaks, at)
        return before + 1, at - (self._breaks[before - 1] if before else 0)

    def _line(self, token: int) -> int:
        at = self._offset(token)
        return bisect_right(self._breaks, at) + 1

    def _offset(self, token: int) -> int:
        if self._offsets is None:
            self._offsets = list(accumulate(map(len, self._state.tokens), initial=0))
            self._breaks = [found.end() for found in _BREAK.finditer(self.text)]
        return self._offsets[min(token, len(self._offsets) - 1)]
