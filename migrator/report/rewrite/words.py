"""Which lines of a changed block belong together, and which words of two lines differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import accumulate, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+|\s+|.", re.DOTALL)  # CamelCase and snake_case fall into their words
_TOO_SHORT = 2  # what two marks have between them is marked too, when it is no longer than this
_ALIKE = 0.4
_LARGE = 400
_STEPS = 4_000_000
"""Comparing signs or words with each other costs as many steps as the product of their numbers: so many a block."""
_WORDS = 100_000
"""The same of the words of two lines."""


def pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The indices of lines that became each other, in order; lines that are hardly alike have no partner.

    A block too large to compare each line with each, by its lines or its signs, is paired line by line.
    """
    if len(old) * len(new) > _LARGE or sum(map(len, old)) * sum(map(len, new)) > _STEPS:
        return [(i, i) for i in range(min(len(old), len(new))) if _bound(_matcher(old[i], new[i])) >= _ALIKE]
    alike = [[_likeness(before, after) for after in new] for before in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, j in product(reversed(range(len(old))), reversed(range(len(new)))):
        together = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
        best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    return list(_followed(best))


def _followed(best: list[list[float]]) -> Iterator[tuple[int, int]]:
    """The pairs on the way of the best sum from the first lines to the last."""
    i = j = 0
    while best[i][j] > 0:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def marks(old: str, new: str) -> tuple[list[int], list[int]]:
    """Where each line differs from the other: starts and ends in turn, counted in characters.

    Lines too long to compare each word with each differ from the first word that does to the last.
    """
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) * len(right) > _WORDS:
        first, last = _same_ends(left, right)
        return _spans(left, [(first, len(left) - last)]), _spans(right, [(first, len(right) - last)])
    changed = [code for code in SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if code[0] != "equal"]
    return (
        _spans(left, [(i1, i2) for _, i1, i2, _, _ in changed]),
        _spans(right, [(j1, j2) for _, _, _, j1, j2 in changed]),
    )


def _spans(words: Sequence[str], ranges: Sequence[tuple[int, int]]) -> list[int]:
    ends = [0, *accumulate(len(word) for word in words)]
    spans: list[int] = []
    for first, last in ranges:
        if first == last:
            continue
        if spans and ends[first] - spans[-1] <= _TOO_SHORT:
            spans.pop()
            spans.append(ends[last])
        else:
            spans += [ends[first], ends[last]]
    return spans


def _same_ends(left: Sequence[str], right: Sequence[str]) -> tuple[int, int]:
    """How many words two lines have in common at their starts, and how many of the others at their ends."""
    most = min(len(left), len(right))
    first = next((i for i in range(most) if left[i] != right[i]), most)
    last = next((i for i in range(most - first) if left[-1 - i] != right[-1 - i]), most - first)
    return first, last


def _likeness(old: str, new: str) -> float:
    """How alike two lines are, from 0 to 1; 0 where a cheap bound shows that it is too little."""
    matcher = _matcher(old, new)
    return matcher.ratio() if _bound(matcher) >= _ALIKE else 0.0


def _matcher(old: str, new: str) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old.strip(), new.strip(), autojunk=False)


def _bound(matcher: SequenceMatcher[str]) -> float:
    """What the likeness is at most, at the cost of reading both lines."""
    return min(matcher.real_quick_ratio(), matcher.quick_ratio())
