"""The lines of a file before and after, as hunks around what a reader must see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TYPE_CHECKING

from migrator.report.rewrite.words import marks, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTEXT = 3
_NEWLINE = re.compile(r"\r\n|\r|\n")  # what counts as a line to Python's own line numbers


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its sign (" ", "-" or "+"), the numbers that it and its neighbours have, its text."""

    sign: str
    old: int
    new: int
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An old line that became a new one, and where they differ (see `words.marks`)."""

    old: int
    new: int
    old_marks: list[int]
    new_marks: list[int]


@dataclass(frozen=True, slots=True)
class Diff:
    """The hunks of a file, and the lines between them: ``gaps[k]`` stands before ``hunks[k]``, the last after all."""

    hunks: tuple[tuple[Row, ...], ...]
    gaps: tuple[tuple[str, ...], ...]
    pairs: tuple[Pair, ...]

    @property
    def added(self) -> int:
        """How many lines are new."""
        return sum(row.sign == "+" for hunk in self.hunks for row in hunk)

    @property
    def removed(self) -> int:
        """How many lines are gone."""
        return sum(row.sign == "-" for hunk in self.hunks for row in hunk)

    def unified(self) -> str:
        """The hunks as a unified diff without a file header."""
        shown = (line for hunk in self.hunks for line in (_header(hunk), *(f"{row.sign}{row.text}" for row in hunk)))
        return "".join(f"{line}\n" for line in shown)


def diff(before: str, after: str, keep: Iterable[int] = (), context: int = CONTEXT) -> Diff:
    """The difference of two texts; old lines in ``keep`` (from 1) are in a hunk though they did not change."""
    old, new = lines(before), lines(after)
    rows = list(_rows(old, new))
    hunks, gaps = _split(rows, _wanted(rows, frozenset(keep), context))
    return Diff(tuple(hunks), tuple(gaps), tuple(_pairs(rows)))


def lines(text: str) -> list[str]:
    """The lines of a text without their ends, as Python counts them."""
    found = _NEWLINE.split(text)
    return found if found[-1] else found[:-1]


def _rows(old: list[str], new: list[str]) -> Iterator[Row]:
    top = _common(old, new)
    tail = _common(old[top:][::-1], new[top:][::-1])
    matcher = SequenceMatcher(None, old[top : len(old) - tail], new[top : len(new) - tail], autojunk=False)
    for i in range(top):
        yield Row(" ", i + 1, i + 1, old[i])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for i, j in zip(range(top + i1, top + i2), range(top + j1, top + j2), strict=True):
                yield Row(" ", i + 1, j + 1, old[i])
            continue
        for i in range(top + i1, top + i2):
            yield Row("-", i + 1, top + j1 + 1, old[i])
        for j in range(top + j1, top + j2):
            yield Row("+", top + i2 + 1, j + 1, new[j])
    for k in range(tail, 0, -1):
        yield Row(" ", len(old) - k + 1, len(new) - k + 1, old[-k])


def _common(one: list[str], other: list[str]) -> int:
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _wanted(rows: list[Row], keep: frozenset[int], context: int) -> set[int]:
    """The indices of the rows to show: a gap no longer than the header it would need is shown too."""
    centres = [i for i, row in enumerate(rows) if row.sign != " " or row.old in keep]
    wanted = {i for c in centres for i in range(max(0, c - context), min(len(rows), c + context + 1))}
    hidden = (i for i in range(len(rows)) if i not in wanted)
    for _, run in groupby(enumerate(hidden), key=lambda item: item[1] - item[0]):
        gap = [i for _, i in run]
        if wanted and len(gap) == 1:
            wanted.update(gap)
    return wanted


def _split(rows: list[Row], wanted: set[int]) -> tuple[list[tuple[Row, ...]], list[tuple[str, ...]]]:
    hunks: list[tuple[Row, ...]] = []
    gaps: list[tuple[str, ...]] = [()]
    for shown, run in groupby(range(len(rows)), key=wanted.__contains__):
        part = tuple(rows[i] for i in run)
        if shown:
            hunks.append(part)
            gaps.append(())
        else:
            gaps[-1] = tuple(row.text for row in part)
    return hunks, gaps


def _pairs(rows: list[Row]) -> Iterator[Pair]:
    for changed, run in groupby(rows, key=lambda row: row.sign != " "):
        if not changed:
            continue
        block = list(run)
        old, new = ([row for row in block if row.sign == sign] for sign in "-+")
        for i, j in pairs([row.text for row in old], [row.text for row in new]):
            yield Pair(old[i].old, new[j].new, *marks(old[i].text, new[j].text))


def _header(hunk: tuple[Row, ...]) -> str:
    olds, news = sum(row.sign != "+" for row in hunk), sum(row.sign != "-" for row in hunk)
    return f"@@ -{hunk[0].old - (not olds)},{olds} +{hunk[0].new - (not news)},{news} @@"
