"""Operations on text whose results are known; how long a result gets is known before it is made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.values import UNKNOWN, Entries, Items

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.inventory.static.gate import Gate

_PLACES = re.compile(r"%(?:\((\w+)\))?[sd]|%%")
_FIELDS = re.compile(r"\{(\w*)\}")
_METHODS = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "capitalize", "split", "startswith", "endswith"}
)


def filled(gate: Gate, template: str, value: Any) -> Any:  # noqa: ANN401 - any value of a file
    """``"..." % value`` with ``%s`` and ``%d`` only."""
    gate.spend(len(template))
    places = [match for match in _PLACES.finditer(template) if match[0] != "%%"]
    values = value if isinstance(value, tuple | Entries) else (value,)
    plain = list(values.values()) if isinstance(values, Entries) else list(values)
    if "%" in _PLACES.sub("", template) or not places or not _all_plain(plain) or getattr(value, "open", False):
        return UNKNOWN
    if isinstance(values, Entries) and not all(match[1] for match in places):
        return UNKNOWN  # the whole dictionary as text
    used = [values.get(match[1], "") for match in places] if isinstance(values, Entries) else plain
    return gate.attempt(template.__mod__, values) if gate.fits(text=len(template) + _shown(used)) else UNKNOWN


def formatted(gate: Gate, template: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """``"...".format(...)`` with plain fields only."""
    gate.spend(len(template))
    rest = _FIELDS.sub("", template).replace("{{", "").replace("}}", "")
    if "{" in rest or "}" in rest or not _all_plain([*positional, *named.values()]):
        return UNKNOWN
    fields = [match[1] for match in _FIELDS.finditer(template)]
    numbered = dict(zip(map(str, range(len(positional))), positional, strict=True))
    used = [*(numbered | named).values()] if all(not name for name in fields) else []
    used += [(numbered | named)[name] for name in fields if name in named or name in numbered]
    if not gate.fits(text=len(template) + _shown(used)):
        return UNKNOWN
    return gate.attempt(template.format, *positional, **named)


def joined(gate: Gate, parts: list[str]) -> Any:  # noqa: ANN401
    """The parts in one."""
    return gate.attempt("".join, tuple(parts)) if gate.fits(text=sum(map(len, parts))) else UNKNOWN


def method(gate: Gate, owner: str, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """``owner.name(...)``; UNKNOWN for a method that is none of those known."""
    if name == "format":
        return formatted(gate, owner, positional, named)
    if name == "join" and len(positional) == 1 and not named:
        return _joined(gate, owner, positional[0])
    if name not in _METHODS or named or not all(isinstance(one, str) for one in positional):
        return UNKNOWN
    if name == "replace" and len(positional) == 2 and not gate.fits(text=_replaced(owner, *positional)):
        return UNKNOWN
    if name.endswith("strip"):
        gate.spend(len(owner) * sum(map(len, positional)))
    return gate.attempt(getattr(owner, name), *positional)


def _joined(gate: Gate, owner: str, parts: Any) -> Any:  # noqa: ANN401
    if not isinstance(parts, Items | tuple) or getattr(parts, "open", False):
        return UNKNOWN
    if not all(isinstance(one, str) for one in parts):
        return UNKNOWN
    return gate.attempt(owner.join, parts) if gate.fits(text=_shown(parts) + len(owner) * len(parts)) else UNKNOWN


def _replaced(owner: str, old: str, new: str) -> int:
    return len(owner) + owner.count(old) * max(0, len(new) - len(old))


def _all_plain(values: Iterable[Any]) -> bool:
    return all(isinstance(one, str | int) for one in values)


def _shown(values: Iterable[Any]) -> int:
    """How many characters the values have as text; numbers are short, since those that are not are not kept."""
    return sum(len(one) if isinstance(one, str) else len(str(one)) for one in values)
