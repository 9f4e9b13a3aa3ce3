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

_LEAD = re.compile(r"[-+ ]?\s*")
"""Where code begins in its line: behind the sign that a diff gives it."""
_MORE = " \\"

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


def code(text: str) -> str:
    """The text with its longer lines broken at a space, all others as they are; what follows has the line's beginning.

    A line of a diff goes on with its sign, and two columns deeper than it began.
    """
    most = width()
    if most is None:
        return text
    return "".join(_broken_code(line, most) for line in text.splitlines(keepends=True))


def _broken_code(line: str, most: int) -> str:
    body, end = line.rstrip("\r\n"), line[len(line.rstrip("\r\n")) :]
    lead = _LEAD.match(body)
    hanging = f"{lead[0] if lead else ''}  "
    lines: list[str] = []
    while len(body) > most:
        at = body.rfind(" ", len(hanging) if lines else len(hanging) - 2, most + 1)
        at = at if at > 0 and body[:at].strip() else body.find(" ", most)
        if at < 0:
            break
        lines.append(body[:at])
        body = hanging + body[at:].lstrip()
    return "\n".join([*lines, body]) + end


def command(words: str, lead: str = "") -> str:
    """A command to copy; where it is longer than a line, it goes on below as a shell takes it."""
    most = width()
    lines = [lead]
    for word in words.split():
        fresh = not lines[-1].strip()
        if not fresh and most is not None and len(lines[-1]) + len(word) + len(_MORE) + 1 > most:
            lines[-1] += _MORE
            lines.append(f"{lead}  ")
            fresh = True
        lines[-1] += word if fresh else f" {word}"
    return "\n".join(lines)


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
