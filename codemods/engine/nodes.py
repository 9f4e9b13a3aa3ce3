"""Small facts about syntax nodes: their children, dotted names, literals."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRIVIA = frozenset(
    {"lpar", "rpar", "comma", "semicolon", "leading_lines", "lines_after_decorators", "header", "footer", "dot"}
    | {"trailing_whitespace", "equal", "operator", "lbracket", "rbracket", "lbrace", "rbrace", "colon"}
    | {"asynchronous", "star", "indent", "encoding", "newline", "first_colon", "second_colon"}
)

_PLAIN = re.compile(r"""'(?P<one>[^'\\\r\n\0]*)'|"(?P<two>[^"\\\r\n\0]*)\"""")
"""A string that says what it is without being evaluated: that would parse each anew."""
_NO_NODES = frozenset({str, bool, type(None), cst.MaybeSentinel})


@cache
def _child_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in _TRIVIA and not f.name.startswith("whitespace"))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The child nodes that carry meaning, in source order; whitespace and punctuation are left out."""
    for name in _child_fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            yield from value
        elif kind not in _NO_NODES:
            yield value


def comments_in(node: object) -> list[cst.Comment]:
    """The comments in a node, in source order; there are few, so it is seen first whether there is any."""
    if isinstance(node, cst.Comment):
        return [node]
    if not isinstance(node, cst.CSTNode) or not _has_comment(node):
        return []
    return [comment for child in node.children for comment in comments_in(child)]


def _has_comment(node: cst.CSTNode) -> bool:
    waiting: list[object] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, cst.Comment):
            return True
        if isinstance(one, tuple | list):
            waiting.extend(one)
        elif isinstance(one, cst.CSTNode):
            waiting.extend(getattr(one, name) for name in _all_fields(type(one)))
    return False


@cache
def _all_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def dotted(name: str) -> cst.Name | cst.Attribute:
    """The expression for a dotted name."""
    first, *rest = name.split(".")
    node: cst.Name | cst.Attribute = cst.Name(first)
    for part in rest:
        node = cst.Attribute(node, cst.Name(part))
    return node


def dotted_text(node: cst.BaseExpression | None) -> str:
    """The text of a dotted name; empty when the expression is anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join([node.value, *reversed(parts)])


def literal(node: cst.BaseExpression | None) -> str | None:
    """The value of a plain string literal; None for anything else (f-strings, bytes, names)."""
    if isinstance(node, cst.SimpleString) and (plain := _PLAIN.fullmatch(node.value)):
        return plain["one"] if plain["one"] is not None else plain["two"]
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def is_name(node: cst.BaseExpression | None, *values: str) -> bool:
    """Whether the expression is one of the given bare names, such as ``True``."""
    return isinstance(node, cst.Name) and node.value in values


def requoted(node: cst.SimpleString, value: str) -> cst.SimpleString:
    """The same literal with another value, its prefix and quotes kept."""
    return node.with_changes(value=f"{node.prefix}{node.quote}{value}{node.quote}")
