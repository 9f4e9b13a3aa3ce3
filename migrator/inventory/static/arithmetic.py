"""Operators and methods of plain values; what is not listed here is not known."""

from __future__ import annotations

import ast
import operator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import text
from migrator.inventory.static.gate import is_key
from migrator.inventory.static.values import PLAIN, UNKNOWN, Entries, Items, is_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.static.gate import Gate

_SIMPLE = (*PLAIN, timedelta, datetime, date, tuple, Items)
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def combined(gate: Gate, left: Any, kind: ast.operator, right: Any) -> Any:  # noqa: ANN401 - any value of a file
    """``left OP right``; UNKNOWN where it is not surely this value.

    A result is at most twice as large as both sides, which passed the gate; nothing is repeated.
    """
    if isinstance(kind, ast.Mod) and isinstance(left, str):
        return text.filled(gate, left, right)
    act = _OPERATORS.get(type(kind))
    simple = all(isinstance(one, _SIMPLE) and is_known(one) for one in (left, right))
    if act is None or not simple or (act is operator.mul and _repeats(left, right)):
        return UNKNOWN
    return gate.attempt(act, left, right)


def _repeats(*values: Any) -> bool:  # noqa: ANN401
    return any(isinstance(one, str | bytes | tuple | list) for one in values)


def method(gate: Gate, owner: Any, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """``owner.name(...)`` of text, a list or a dictionary; NotImplemented where the method is none of those known."""
    match owner:
        case str():
            return text.method(gate, owner, name, positional, named)
        case Items():
            return _of_list(gate, owner, name, positional)
        case Entries():
            return _of_dictionary(gate, owner, name, positional, named)
        case datetime() if name == "replace" and all(isinstance(one, int) for one in named.values()) and not positional:
            return gate.attempt(owner.replace, **named)
        case _:
            return NotImplemented


def _of_list(gate: Gate, owner: Items, name: str, positional: list[Any]) -> Any:  # noqa: ANN401
    match name, positional:
        case "append", [value]:
            extend(gate, owner, (value,))
            return None
        case "extend", [Items() | tuple() as values]:
            extend(gate, owner, values)
            return None
        case _:
            return NotImplemented


def extend(gate: Gate, owner: Items, values: Items | tuple[Any, ...]) -> None:
    """Put the values at the end of the list; one that would get too long is not known from then on."""
    if owner.open or getattr(values, "open", False):
        owner.open = True  # what it holds does not count any more
        return
    if not gate.fits(items=len(owner) + len(values)):
        owner.open = True
        return
    gate.make(8 * len(values))
    owner.extend(values)


def update(gate: Gate, owner: Entries, values: dict[Any, Any]) -> None:
    """Put the entries into the dictionary; one that would get too large is not known from then on."""
    if owner.open or getattr(values, "open", False):
        owner.open = True  # what it holds does not count any more
        return
    if not gate.fits(items=len(owner) + len(values)):
        owner.open = True
        return
    gate.make(64 * len(values))
    owner.update(values)


def _of_dictionary(gate: Gate, owner: Entries, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401, PLR0911
    match name, positional:
        case "copy", []:
            return gate.attempt(copied, owner)
        case "get", [key, *rest] if len(rest) < 2 and is_key(key):
            return UNKNOWN if owner.open else owner.get(key, rest[0] if rest else None)
        case "setdefault", [key, *rest] if len(rest) < 2 and is_key(key) and not named:
            return _set_default(gate, owner, key, rest[0] if rest else None)
        case "pop", [key, *rest] if len(rest) < 2 and is_key(key) and not owner.open and (key in owner or rest):
            return owner.pop(key, *rest)
        case "items", []:
            return UNKNOWN if owner.open else gate.attempt(Items, owner.items())
        case "keys" | "values", []:
            return UNKNOWN if owner.open else gate.attempt(Items, getattr(owner, name)())
        case "update", [] | [Entries()]:
            for values in (*positional, named):
                update(gate, owner, values)
            return None
        case _:
            return NotImplemented


def _set_default(gate: Gate, owner: Entries, key: Any, value: Any) -> Any:  # noqa: ANN401
    if not owner.open and key not in owner:
        update(gate, owner, {key: value})
    return UNKNOWN if owner.open else owner.get(key, UNKNOWN)


def copied(owner: Entries) -> Entries:
    """Another dictionary with the same entries."""
    made = Entries(owner)
    made.open = owner.open
    return made
