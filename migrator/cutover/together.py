"""Two calls that need nothing of each other, in turn or at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
U = TypeVar("U")


class Together(Protocol):
    """Makes two calls."""

    def __call__(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
        """What both returned; the error of one of them."""
        ...


def in_turn(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """One call, then the other."""
    return one(), other()


def at_once(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Both calls at the same time, the first in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one)
        second = other()
        return first.result(), second
