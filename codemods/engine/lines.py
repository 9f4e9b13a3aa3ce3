"""Tell where a line of a rewritten file was before."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def lines_before(before: str, after: str) -> Callable[[int], int]:
    """A function from a line of ``after`` (from 1) to that of ``before``, or to the first line it came from."""
    if before == after:
        return lambda line: line
    blocks = SequenceMatcher(a=before.splitlines(), b=after.splitlines(), autojunk=False).get_opcodes()

    def line_before(line: int) -> int:
        for kind, first, last, start, end in blocks:
            if start < line <= end:
                at = first + line - start
                return at if kind == "equal" else max(1, min(at, last))
        return max(1, line)

    return line_before
