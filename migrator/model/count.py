"""How many of what, as people write it."""

from __future__ import annotations


def several(count: int, noun: str) -> str:
    """The number and the noun, as in 1 wave or 3 waves."""
    return f"{count} {noun if count == 1 else f'{noun}s'}"
