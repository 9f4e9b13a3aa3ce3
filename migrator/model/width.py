"""How wide a line of the terminal may be, and prose that keeps to it; a file and a pipe get lines as they are."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"(?:`[^`\n]*`|[^\s`]|`)+")
"""A word, or a command in backticks: that is taken from the screen as one."""

_width: ContextVar[int | None] = ContextVar("width", default=None)


@contextmanager
def within(width: int | None) -> Iterator[None]:
    """Tables and prose that are made in the block keep to this many characters a line; None: to none."""
    token = _width.set(width)
    try:
        yield
    finally:
        _width.reset(token)


def width() -> int | None:
    """The characters that a line may have; None where nothing bounds it."""
    return _width.get()


def prose(text: str) -> str:
    """The text with its longer lines broken between words, what follows indented below; a longer word stays whole."""
    most = width()
    if most is None:
        return text
    return "".join(
        _broken(line, most) if len(line.rstrip("\n")) > most else line for line in text.splitlines(keepends=True)
    )


def _broken(line: str, most: int) -> str:
    """A line and its end, as lines."""
    body, end = line.rstrip("\n"), "\n" if line.endswith("\n") else ""
    lead = body[: len(body) - len(body.lstrip())]
    lines, hanging = [lead], f"{lead}  "
    for word in _WORD.findall(body):
        fresh = lines[-1] in {lead, hanging}
        if not fresh and len(lines[-1]) + 1 + len(word) > most:
            lines.append(hanging)
            fresh = True
        lines[-1] += word if fresh else f" {word}"
    return "\n".join(lines) + end
