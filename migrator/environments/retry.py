"""Try again what is safe to try again, with a growing pause."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retry:
    """At most ``attempts`` calls; the pauses between them are ``first_pause`` seconds, then three times the last."""

    attempts: int = 4
    first_pause: float = 0.3
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, call: Callable[[], T], *, transient: Callable[[Exception], bool]) -> T:
        """The result of ``call``; only errors that are ``transient`` are tried again, the last one is raised."""
        pause = self.first_pause
        for _ in range(self.attempts - 1):
            try:
                return call()
            except Exception as error:
                if not transient(error):
                    raise
            self.sleep(pause)
            pause *= 3
        return call()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a monotonic clock."""

    at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Deadline:
        """The moment ``seconds`` from now."""
        return cls(clock() + seconds, clock)

    @property
    def remaining(self) -> float:
        """Seconds until then, never below zero."""
        return max(0.0, self.at - self.clock())

    @property
    def passed(self) -> bool:
        """Whether it lies in the past."""
        return self.remaining <= 0
