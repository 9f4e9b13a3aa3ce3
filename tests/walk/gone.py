"""Words that the program does not say to people; STYLE.md says what stands for each."""

from __future__ import annotations

import re

GONE = (
    r"is not said\b",
    r"\bit is taken as\b",
    r"\brules? of the house\b",
    r"\bnobody can (?:tell|say)\b",
    r"\bnobody knows\b",
    r"\bthis machine (?:refused|refuses)\b",
    r"\bneeds? something of you\b",
    r"\bit is a wave alone\b",
    r"\b(?:run|runs|started) by hand\b",
    r"\bwhereabouts\b",
    r"\bturned (?:on|off)\b",
    r"\bstart_date moves\b",
    r"\bunknown runs\b",
    r"^\s*(?:DAG +)?is +takes +because\b",
    r"\b\d(?:\.\d+)?e[+-]?\d+s?\b",
)
"""Expressions, each a phrase or a form of a number; matched without regard to case, in whole lines."""
_ANY = re.compile("|".join(f"(?:{one})" for one in GONE), re.IGNORECASE)


def gone_from(text: str) -> list[str]:
    """The lines that hold one of them."""
    return [line for line in text.splitlines() if _ANY.search(line)]
