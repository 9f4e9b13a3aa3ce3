"""Operators and methods of plain values; what is not listed here is not known."""

from __future__ import annotations

import ast
import operator
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.values import PLAIN, UNKNOWN, Entries, Items, known

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ITEMS = 2_000
MOST_TEXT = 20_000
_SIMPLE = (*PLAIN, timedelta, datetime, date, tuple, Items)
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_PLACES = re.compile(r"%(?:\((\w+)\))?[sd]|%%")
_FIELDS = re.compile(r"\{(\w*)\}")
_TEXT_METHODS = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "capitalize", "split", "startswith", "endswith"}
)


def combined(left: Any, kind: ast.operator, right: Any) -> Any:  # noqa: ANN401 - any value of a file
    """``left OP right``; UNKNOWN where it is not surely this value, or a large one."""
    if isinstance(kind, ast.Mod) and isinstance(left, str):
        return _filled(left, right)
    act = _OPERATORS.get(type(kind))
    if act is None or not _both_small(left, right) or (act is operator.mul and _repeats(left, right)):
        return UNKNOWN
    try:
        made = act(left, right)
    except (TypeError, ValueError, ArithmeticError):
        return UNKNOWN
    return Items(made) if isinstance(made, list) else made


def _both_small(*values: Any) -> bool:  # noqa: ANN401
    return all(isinstance(one, _SIMPLE) and known(one) and _size(one) <= MOST_ITEMS for one in values)


def _size(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, int):
        return value.bit_length()
    return len(value) // 10 if isinstance(value, str) else len(value) if isinstance(value, tuple | list) else 0


def _repeats(*values: Any) -> bool:  # noqa: ANN401
    return any(isinstance(one, str | bytes | tuple | list) for one in values)


def _filled(template: str, value: Any) -> Any:  # noqa: ANN401
    """``"..." % value`` with ``%s`` and ``%d`` only."""
    places = [found for found in _PLACES.finditer(template) if found[0] != "%%"]
    if "%" in _PLACES.sub("", template) or not known(value):
        return UNKNOWN
    values = value if isinstance(value, tuple | Entries) else (value,)
    plain = values.values() if isinstance(values, Entries) else values
    if not all(isinstance(one, str | int) for one in plain) or len(template) > MOST_TEXT or not places:
        return UNKNOWN
    try:
        return template % (value if isinstance(value, tuple | Entries) else (value,))
    except (TypeError, ValueError, KeyError):
        return UNKNOWN


def formatted(template: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """``"...".format(...)`` with plain fields only."""
    rest = _FIELDS.sub("", template).replace("{{", "").replace("}}", "")
    values = [*positional, *named.values()]
    if "{" in rest or "}" in rest or not all(isinstance(one, str | int) for one in values):
        return UNKNOWN
    try:
        return template.format(*positional, **named)
    except (IndexError, KeyError, ValueError):
        return UNKNOWN


def method(owner: Any, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """``owner.name(...)`` of text, a list or a dictionary; NotImplemented where the method is none of those known."""
    match owner:
        case str():
            return _of_text(owner, name, positional, named)
        case Items():
            return _of_list(owner, name, positional)
        case Entries():
            return _of_dictionary(owner, name, positional, named)
        case datetime() if name == "replace" and all(isinstance(one, int) for one in named.values()) and not positional:
            return owner.replace(**named)
        case _:
            return NotImplemented


def _of_text(owner: str, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    if name == "format":
        return formatted(owner, positional, named)
    if name == "join" and len(positional) == 1 and isinstance(positional[0], Items | tuple) and known(positional[0]):
        return owner.join(positional[0]) if all(isinstance(one, str) for one in positional[0]) else UNKNOWN
    if name not in _TEXT_METHODS or named or not all(isinstance(one, str) for one in positional):
        return UNKNOWN
    try:
        made = getattr(owner, name)(*positional)
    except TypeError:
        return UNKNOWN
    return Items(made) if isinstance(made, list) else made


def _of_list(owner: Items, name: str, positional: list[Any]) -> Any:  # noqa: ANN401
    match name, positional:
        case "append", [value]:
            owner.append(value)
            return None
        case "extend", [Items() | tuple() as values] if not getattr(values, "open", False):
            owner.extend(values)
            return None
        case _:
            return NotImplemented


def _of_dictionary(owner: Entries, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    match name, positional:
        case "copy", []:
            return copied(owner)
        case "get", [str() | int() as key, *rest] if len(rest) < 2:
            return UNKNOWN if owner.open else owner.get(key, rest[0] if rest else None)
        case "items", []:
            return UNKNOWN if owner.open else Items(owner.items())
        case "keys" | "values", []:
            return UNKNOWN if owner.open else Items(getattr(owner, name)())
        case "update", [] | [Entries()]:
            for other in positional:
                owner.update(other)
                owner.open = owner.open or other.open
            owner.update(named)
            return None
        case _:
            return NotImplemented


def copied(owner: Entries) -> Entries:
    """Another dictionary with the same entries."""
    made = Entries(owner)
    made.open = owner.open
    return made
