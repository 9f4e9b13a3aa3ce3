"""Recognise an expression that is a date of a task's context."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal

if TYPE_CHECKING:
    from codemods.engine.file import File

_DATES = frozenset(
    {"execution_date", "logical_date", "next_execution_date", "prev_execution_date", "prev_execution_date_success"}
    | {"data_interval_start", "data_interval_end", "prev_start_date_success", "prev_data_interval_start_success"}
)
_KEEP = frozenset(
    {
        "add",
        "subtract",
        "start_of",
        "end_of",
        "in_timezone",
        "in_tz",
        "replace",
        "next",
        "previous",
        "first_of",
        "last_of",
    }
)
_DEPTH = 5


def is_date(node: cst.BaseExpression, file: File, depth: int = _DEPTH) -> bool:
    """Whether an expression is a date of the context, or one computed from it."""
    if not depth:
        return False
    found = False
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            found = literal(key) in _DATES
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=name)), args=args):
            got = name in {"get", "pop"} and bool(args) and literal(args[0].value) in _DATES
            found = got or (name in _KEEP and is_date(value, file, depth - 1))
        case cst.Attribute(attr=cst.Name(value="execution_date")):
            found = True
        case cst.BinaryOperation(left=left, operator=cst.Add() | cst.Subtract()):
            found = is_date(left, file, depth - 1)
        case cst.Name():
            found = _is_named(node, file, depth)
    return found


def _is_named(node: cst.Name, file: File, depth: int) -> bool:
    """Whether a name is a parameter that the context fills, or is bound once, to a date."""
    function = next((a for a in file.ancestors(node) if isinstance(a, cst.FunctionDef)), None)
    if function is None:
        return False
    params = [p.name.value for p in (*function.params.params, *function.params.kwonly_params)]
    values = [one.value for one in file.once(_assigned)[node.value] if function in file.ancestors(one)]
    if node.value in params:
        return node.value in _DATES and not values
    return len(values) == 1 and is_date(values[0], file, depth - 1)


def _assigned(file: File) -> dict[str, list[cst.Assign]]:
    """The assignments of a file to each name."""
    found: dict[str, list[cst.Assign]] = defaultdict(list)
    for assign in file.bindings.nodes[cst.Assign]:
        if isinstance(assign, cst.Assign):
            for name in (t.target for t in assign.targets if isinstance(t.target, cst.Name)):
                found[name.value].append(assign)
    return found
