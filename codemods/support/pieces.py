"""Take string expressions apart and put them together: literals, f-strings, and names that hold strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from codemods.engine.nodes import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Piece: TypeAlias = str | cst.BaseExpression
Pieces: TypeAlias = tuple[Piece, ...]

_JINJA = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
_PRINT = cst.Module([])


def pieces(node: cst.BaseExpression) -> Pieces | None:
    """The text and the expressions that a string is made of; None where an f-string formats its values."""
    if isinstance(node, cst.SimpleString):
        value = literal(node)
        return None if value is None else (value,)
    if isinstance(node, cst.ConcatenatedString):
        left, right = pieces(node.left), pieces(node.right)
        return None if left is None or right is None else _merged((*left, *right))
    if isinstance(node, cst.FormattedString):
        return _of_f_string(node)
    return (node,)


def _of_f_string(node: cst.FormattedString) -> Pieces | None:
    found: list[Piece] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text = literal(cst.SimpleString(f"{node.start.lower().replace('f', '')}{part.value}{node.end}"))
            if text is None:
                return None
            found.append(text.replace("{{", "{").replace("}}", "}"))
        elif isinstance(part, cst.FormattedStringExpression):
            if part.conversion or part.format_spec or part.equal:
                return None
            found.append(part.expression)
    return _merged(found)


def _merged(found: Sequence[Piece]) -> Pieces:
    result: list[Piece] = []
    for piece in found:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        elif piece != "":
            result.append(piece)
    return tuple(result)


def split(found: Pieces, separators: str) -> list[Pieces]:
    """The parts between separators that stand in the text itself, not in an expression or a template."""
    parts: list[list[Piece]] = [[]]
    for piece in found:
        if not isinstance(piece, str):
            parts[-1].append(piece)
            continue
        for chunk in _JINJA.split(piece):
            texts = [chunk] if _JINJA.fullmatch(chunk) else re.split(f"[{re.escape(separators)}]", chunk)
            parts[-1].append(texts[0])
            parts.extend([text] for text in texts[1:])
    return [_merged(part) for part in parts]


def string(found: Pieces) -> cst.BaseExpression | None:
    """The expression for these pieces; None where quotes would clash."""
    if len(found) == 1 and not isinstance(found[0], str):
        return found[0]
    if all(isinstance(piece, str) for piece in found):
        return cst.SimpleString(_quoted("".join(str(piece) for piece in found)))
    codes = [_PRINT.code_for_node(piece) for piece in found if not isinstance(piece, str)]
    if any("\\" in code or "\n" in code or "#" in code for code in codes):
        return None
    quote = next((q for q in "\"'" if not any(q in code for code in codes)), "")
    texts = [piece for piece in found if isinstance(piece, str)]
    if not quote or any(quote in text or "\\" in text or "\n" in text for text in texts):
        return None
    inside = "".join(
        piece.replace("{", "{{").replace("}", "}}") if isinstance(piece, str) else f"{{{_PRINT.code_for_node(piece)}}}"
        for piece in found
    )
    return cst.parse_expression(f"f{quote}{inside}{quote}")


def _quoted(text: str) -> str:
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    return repr(text)
