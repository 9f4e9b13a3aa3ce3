"""Words that the program does not say to people: those of `tests/words.py`, and what only its output shows."""

from __future__ import annotations

import re

from tests.words import GONE

SHOWN = (
    r"\bit is taken as\b",
    r"\bnobody knows\b",
    r"\bthis machine refuses\b",
    r"\bstarted by hand\b",
    r"\bwhereabouts\b",
    r"\bturned (?:on|off)\b",
    r"\bunknown runs\b",
    r"^\s*(?:DAG +)?is +takes +because\b",
    r"\b\d(?:\.\d+)?e[+-]?\d+s?\b",
)
"""Expressions, each a phrase or a form of a number; matched without regard to case, in whole lines."""
_ANY = re.compile("|".join(f"(?:{one})" for one in (*GONE, *SHOWN)), re.IGNORECASE)


def gone_from(text: str) -> list[str]:
    """The lines that hold one of them."""
    return [line for line in text.splitlines() if _ANY.search(line)]
