"""What somebody else may have put in any place of a JSON value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD = [None, True, -1, 10**400, "odd", [], {}, [{"a": [None]}], "2026-01-01T00:00:00", "\x00"]


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Each place of the value, itself first."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from paths(one, (*at, key))


def with_odd(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """The value with something odd in that place."""
    if not path:
        return odd
    new = json.loads(json.dumps(value))
    where = new
    for key in path[:-1]:
        where = where[key]
    where[path[-1]] = odd
    return new


def without(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The object without that key."""
    return {key: one for key, one in value.items() if key != name}
