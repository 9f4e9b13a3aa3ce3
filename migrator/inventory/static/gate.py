"""The one gate that every result of a file's code passes: how long it is followed, and how large and deep it gets.

What would be larger than a limit is UNKNOWN, with the line that asked for it; a file that does too much in all is not
followed to its end. All limits count nodes, elements and bytes, never seconds, so that a file says the same on every
machine.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import values
from migrator.inventory.static.values import UNKNOWN, Entries, Imported, Items, Method, Unknown

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

MOST_STEPS = 50_000
"""Nodes of code that are followed."""
MOST_WORK = 20_000_000
"""Elements and characters that are gone through, a pass over a value at a time."""
MOST_MADE = 32 << 20
"""Bytes of all values that are made, kept or not."""
MOST_ITEMS = 2_000
MOST_TEXT = 20_000
MOST_BITS = 1_024
MOST_NAME = 1_000
MOST_NESTED = 100
"""Statements and expressions that are followed inside each other."""
MOST_REFUSED = 5
"""Lines that are told of, a file."""
_EDGE = 64
_LONGER = 10
_KEPT = (
    *(float, type(None), Unknown, date, timedelta, values.Zone, values.Function, values.Followed, values.Globals),
    *(
        values.DagFactory,
        values.UserClass,
        values.Partial,
        values.MadeDag,
        values.MadeTask,
        values.Place,
        values.Opened,
    ),
    *(values.Instance, values.Bound, values.Super, values.DagInit, values.TaskFactory),
)


class TooLongError(Exception):
    """The file does more than is followed."""


@dataclass(slots=True)
class Gate:
    """What the code of one DAG file, with all that it imports, has used of the limits.

    ``refused`` holds, by file and line, what was too large to be known.
    """

    steps: int = 0
    work: int = 0
    made: int = 0
    places: list[tuple[str, int]] = field(default_factory=list)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    last: tuple[str, int] = ("", 0)

    def step(self) -> None:
        """Count one node; TooLongError when there were too many."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLongError

    def visit(self, count: int) -> None:
        """Count elements that are looked at one by one, which takes longer than a pass over them."""
        self.spend(count * _LONGER)

    def spend(self, count: int) -> None:
        """Count elements or characters that are gone through; TooLongError when there were too many."""
        self.work += count
        if self.work > MOST_WORK:
            raise TooLongError

    def make(self, size: int) -> None:
        """Count bytes that are made; TooLongError when there were too many."""
        self.made += size
        if self.made > MOST_MADE:
            raise TooLongError

    def enter(self, node: ast.AST, file: str) -> bool:
        """Begin a node, to be followed by ``leave``; False, and nothing begun, when it lies too deep."""
        self.step()
        self.last = (file, getattr(node, "lineno", self.last[1]))
        if len(self.places) >= MOST_NESTED:
            self.refuse("it is nested deeper than is followed")
            return False
        self.places.append(self.last)
        return True

    def leave(self) -> None:
        """End the node that was begun last."""
        self.places.pop()
        if self.places:
            self.last = self.places[-1]

    def refuse(self, why: str) -> Unknown:
        """UNKNOWN, and a note of the line at which that is so."""
        if len(self.refused) < MOST_REFUSED:
            self.refused.setdefault(self.last, why)
        return UNKNOWN

    def passed(self, value: Any) -> Any:  # noqa: ANN401 - any value of a file
        """The value itself, if it is of a kind that is followed and within the limits; else UNKNOWN."""
        if isinstance(value, _KEPT):
            return value
        why = _too_large(value)
        return value if why == "" else UNKNOWN if why is None else self.refuse(why)

    def fits(self, *, text: int = 0, items: int = 0) -> bool:
        """Whether a result of that many characters or elements may be made; one that may not is noted."""
        why = _text(text) or _items(items)
        if why:
            self.refuse(why)
        return not why

    def attempt(self, act: Callable[..., Any], *positional: Any, **named: Any) -> Any:  # noqa: ANN401
        """What ``act`` gives, UNKNOWN when it is too large or when ``act`` fails, whatever the error."""
        self.spend(sum(map(length, (*positional, *named.values()))))
        try:
            result = act(*positional, **named)
        except TooLongError:
            raise
        except Exception:  # noqa: BLE001 - any operand may come from any code, and what fails is not known
            return UNKNOWN
        result = Items(result) if type(result) is list else result
        self.make(weight(result))
        return self.passed(result)

    def tie(self, before: int, after: int) -> None:
        """Count the edges between so many tasks and so many others."""
        self.make(before * after * _EDGE)


def length(value: Any) -> int:  # noqa: ANN401
    """How many characters or elements a value has; 1 for a plain one."""
    return len(value) if isinstance(value, str | bytes | tuple | list | dict) else 1


def weight(value: Any) -> int:  # noqa: ANN401
    """How many bytes a value takes, with the pairs that are made together with it."""
    pairs = sum(sys.getsizeof(one) for one in value if type(one) is tuple) if isinstance(value, Items) else 0
    return sys.getsizeof(value) + pairs


def _too_large(value: Any) -> str | None:  # noqa: ANN401
    """Why a value is larger than is kept, "" when it is not; None for a kind that is not followed."""
    match value:
        case str():
            return _text(len(value)) or ("" if value.isascii() or _is_unicode(value) else "it is no Unicode text")
        case int():
            return f"a number of more than {MOST_BITS} bits is not kept" if value.bit_length() > MOST_BITS else ""
        case bytes():
            return _text(len(value))
        case tuple() | Items() | Entries():
            return _items(len(value))
        case Imported(name=name) | Method(name=name):
            return "its name is longer than is kept" if len(name) > MOST_NAME else ""
    return None


def _text(size: int) -> str:
    return f"a text of more than {MOST_TEXT} characters is not kept" if size > MOST_TEXT else ""


def _items(size: int) -> str:
    return f"more than {MOST_ITEMS} elements are not kept" if size > MOST_ITEMS else ""


def _is_unicode(text: str) -> bool:
    """Whether it has no lone surrogates: nothing could store them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_key(value: Any) -> bool:  # noqa: ANN401
    """Whether it may be a dictionary's key: plain, so that to look it up costs nothing that grows."""
    if isinstance(value, str) or value is None:
        return True
    return isinstance(value, int | float) and -(2**53) < value < 2**53
