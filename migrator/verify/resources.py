"""Compare variables, connections, pools and users by the marks that both sides gave of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.scrub.text import scrub
from migrator.transfer.resources import NOT_CARRIED, Kind
from migrator.verify.model import About, Compared, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.verify.ask import Shown

SECRET = {"value", "host", "schema", "login", "password", "extra"}
THERE, MISSING = "there", "missing"
_ABOUT = {
    Kind.VARIABLES: About.VARIABLE,
    Kind.CONNECTIONS: About.CONNECTION,
    Kind.POOLS: About.POOL,
    Kind.USERS: About.USER,
}
_OPTIONAL = {"description"}
"""What 1.10 does not have for variables and connections; only a text that was there counts."""


def compare_resources(here: Shown, there: Shown) -> list[Compared]:
    """Everything that v1 holds, by kind and name; what only v2 holds is its own affair."""
    found = []
    for kind, about in _ABOUT.items():
        mine, theirs = getattr(here, kind), getattr(there, kind)
        names = sorted(mine.keys() - NOT_CARRIED[kind].keys())
        found += [Compared(about, name, tuple(_differences(mine[name], theirs.get(name)))) for name in names]
    return found


def _differences(mine: Mapping[str, Any], theirs: Mapping[str, Any] | None) -> Iterator[Difference]:
    if theirs is None:
        yield Difference("all of it", THERE, MISSING, why="run migrate transfer")
        return
    for field in sorted(mine):
        one, other = mine[field], theirs.get(field)
        if one == other or (field in _OPTIONAL and not one):
            continue
        hidden = field in SECRET or _is_mark(one) or _is_mark(other)
        sides = ("(secret)", "(another)") if hidden else (scrub(str(one)), scrub(str(other)))
        yield Difference(field, *sides, why="run migrate transfer --policy replace")


def _is_mark(value: object) -> bool:
    """An agent marks whatever may be secret."""
    return isinstance(value, str) and len(value) == 32 and all(letter in "0123456789abcdef" for letter in value)
