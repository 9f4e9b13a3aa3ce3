"""Rewrite the templates in string literals, each literal in the text as the source has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.engine.report import Edit
from codemods.templates.reading import apply, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codemods.engine.report import Safety
    from codemods.templates.variables import Variable


def rewritten(safety: Safety, known: Mapping[str, Variable] | None, piece: cst.SimpleString) -> cst.SimpleString:
    """One literal with its sites of one kind rewritten; ``known`` as for ``codemods.templates.read``."""
    body = piece.raw_value
    sites = [site for site in read(body, known).sites if site.safety is safety and site.new is not None]
    return piece.with_changes(value=f"{piece.prefix}{piece.quote}{apply(body, sites)}{piece.quote}") if sites else piece


def edits_of(
    node: cst.SimpleString | cst.ConcatenatedString,
    wanted: str,
    change: Callable[[cst.SimpleString], cst.SimpleString],
) -> tuple[Edit, ...] | None:
    """What makes a string the one that is wanted, piece by piece; None where the pieces alone would not do it."""
    if literal(_joined(node, change)) != wanted:
        return None
    return tuple(Edit(piece, change) for piece in _pieces(node) if change(piece) is not piece)


def _pieces(node: cst.BaseExpression) -> list[cst.SimpleString]:
    if isinstance(node, cst.ConcatenatedString):
        return [*_pieces(node.left), *_pieces(node.right)]
    return [node] if isinstance(node, cst.SimpleString) else []


def _joined(
    node: cst.SimpleString | cst.ConcatenatedString, change: Callable[[cst.SimpleString], cst.SimpleString]
) -> cst.BaseExpression:
    """The whole string with each of its pieces rewritten on its own."""
    if isinstance(node, cst.SimpleString):
        return change(node)
    left, right = node.left, node.right
    return node.with_changes(
        left=_joined(left, change) if isinstance(left, cst.SimpleString | cst.ConcatenatedString) else left,
        right=_joined(right, change) if isinstance(right, cst.SimpleString | cst.ConcatenatedString) else right,
    )
