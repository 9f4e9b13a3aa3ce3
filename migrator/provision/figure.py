"""A number that the target is made with, and where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, and the sentence that explains it; the sentence goes into the file as a comment."""

    value: float
    why: str

    @property
    def whole(self) -> int:
        """The value as a count, rounded up."""
        return math.ceil(self.value - 1e-9)


def quarter(value: float) -> float:
    """Rounded up to a quarter, the step of Composer's sizes."""
    return math.ceil(value * 4 - 1e-9) / 4
