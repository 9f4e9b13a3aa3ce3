"""Calls of Google's client libraries: what 1.x took one by one is flattened, or goes into ``request``, since 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.quoting import quoted
from codemods.support.calls import positional

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codemods.engine.file import File
    from codemods.profiles.methods import Method
    from codemods.support.receivers import Kind

OPTIONS = frozenset({"retry", "timeout", "metadata"})
"""What a call takes beside its request."""


def takes_request(kind: Kind, after: Method) -> bool:
    """Whether it is a method of a client since 2.0: one request, or its fields by keyword, and never both."""
    return kind.new.startswith("google.") and after.positional == ("request",)


def is_request(call: cst.Call) -> bool:
    """Whether the one argument by position may be the request itself: a dictionary, or an object made for it."""
    value = positional(call)[0].value if len(positional(call)) == 1 else None
    if isinstance(value, cst.Call):
        name = value.func.attr if isinstance(value.func, cst.Attribute) else value.func
        return isinstance(name, cst.Name) and name.value.endswith("Request")
    return isinstance(value, cst.Dict)


def is_surely_old(call: cst.Call) -> bool:
    """Whether a call can only have been written for 1.x: several arguments by position, fields beside, or a text."""
    placed = positional(call)
    beside = [arg for arg in call.args if arg.keyword is not None and arg.keyword.value not in OPTIONS]
    return len(placed) > 1 or bool(placed and beside) or any(_is_text(arg.value) for arg in placed)


def as_request(call: cst.Call, names: Mapping[cst.Arg, str], file: File) -> Callable[[cst.Call], cst.Call]:
    """A change that puts the fields among the arguments into ``request``; what is no field stays beside it."""
    keys = [names[arg] for arg in call.args]

    def change(updated: cst.Call) -> cst.Call:
        pairs = list(zip(updated.args, keys, strict=True))
        fields = [cst.DictElement(quoted(key, file), arg.value) for arg, key in pairs if key not in OPTIONS]
        request = cst.Arg(cst.Dict(fields), cst.Name("request"), equal=_TIGHT)
        beside = [cst.Arg(arg.value, cst.Name(key), equal=_TIGHT) for arg, key in pairs if key in OPTIONS]
        return updated.with_changes(args=[request, *beside])

    return change


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _is_text(node: cst.BaseExpression) -> bool:
    """Whether an expression gives a text: a literal, one with values in it, or a path that a client makes."""
    match node:
        case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString():
            return True
        case cst.BinaryOperation(left=left):
            return _is_text(left)
        case cst.Call(func=cst.Attribute(value=value, attr=name)):
            return name.value.endswith("_path") or (is_name(name, "format") and _is_text(value))
    return False
