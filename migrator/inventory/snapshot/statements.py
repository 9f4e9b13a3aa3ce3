"""Where a statement that holds no rows ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.inventory.snapshot.marks import is_mark

if TYPE_CHECKING:
    from migrator.inventory.snapshot.lines import Lines

MOST = 1 << 18
"""The longest statement beside rows."""
_PLAIN = re.compile(r"[^'\"`;$/-]*+")
_QUOTED = {
    True: re.compile(r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'", re.DOTALL),
    False: re.compile(r"'[^']*+(?:''[^']*+)*+'"),
}
_DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w{0,62}+)?\$")
_SIMPLE = re.compile(r"[^'\"`$;/-]++;\s*+$")
_DELIMITER = re.compile(r"DELIMITER\s++(\S+)\s*+$", re.IGNORECASE)


class UnendedError(ValueError):
    """A statement has no end within MOST signs; ``tried`` is the last line that was looked at."""

    def __init__(self, tried: int) -> None:
        super().__init__()
        self.tried = tried


def skip(line: str, lines: Lines, *, escapes: bool) -> None:
    """Go to the end of the statement that begins with this line; UnendedError, at the next line, where it has none."""
    if found := _DELIMITER.match(line):
        while found is None or found[1] != ";":
            found = _DELIMITER.match(lines.next())
    elif not _SIMPLE.match(line):
        _skip(line, lines, escapes=escapes)


def skip_comment(line: str, lines: Lines) -> None:
    """Go behind the line in which the comment ends that begins with this one; UnendedError where one begins before."""
    while "*/" not in line:
        line = lines.next()
        if is_mark(line):
            lines.push([line])
            raise UnendedError(lines.number)
    lines.finish(line)


def _skip(line: str, lines: Lines, *, escapes: bool) -> None:
    text, at, held = line, 0, []
    while True:
        at, ended = _end(text, at, escapes=escapes)
        if ended:
            lines.push([text[at:]] if text[at:].strip() else [])
            return
        try:
            held.append(lines.next() if len(text) < MOST else "")
        except EOFError:
            held.append("")
        if not held[-1] or is_mark(held[-1]):
            tried = lines.number
            lines.push(held)
            if not line.endswith("\n"):
                lines.finish(line)
            raise UnendedError(tried)
        text += held[-1]


def _end(text: str, at: int, *, escapes: bool) -> tuple[int, bool]:
    """Behind the semicolon of the statement; else where what has no end yet begins."""
    while at < len(text):
        found = _PLAIN.match(text, at)
        at = found.end() if found else at
        if at == len(text):
            break
        if text[at] == ";":
            return at + 1, True
        if (end := _part(text, at, escapes=escapes)) < 0:
            return at, False
        at = end
    return at, False


def _part(text: str, at: int, *, escapes: bool) -> int:
    """Behind the comment, literal or sign at that place; -1 where it has no end."""
    sign, two = text[at], text[at : at + 2]
    if sign == "'":
        found = _QUOTED[escapes].match(text, at)
        return found.end() if found else -1
    tag = _DOLLAR.match(text, at) if sign == "$" else None
    closes = {"--": "\n", "/*": "*/"}.get(two) or (tag[0] if tag else sign if sign in '"`' else "")
    if not closes:
        return at + 1
    end = text.find(closes, at + (len(tag[0]) if tag else len(two) if two in {"--", "/*"} else 1))
    return end + len(closes) if end >= 0 else -1
