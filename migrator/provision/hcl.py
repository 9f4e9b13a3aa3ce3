"""Write HCL: quote values, and lay text out as ``terraform fmt`` would.

Of that layout this does what our templates need: two spaces a level, and the ``=`` of neighbouring lines below one
another. A comment, a blank line, or a value of several lines ends such a group.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SETTING = re.compile(r'^((?:"(?:[^"\\]|\\.)*"|\([^)]*\)|[\w.-]+))\s*=(?![=>])\s*(\S.*)$')
_BEFORE_CLOSE = re.compile(r"\n\n( *[}\])])")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OPEN, _CLOSE = "{[(", "}])"


def literal(value: object) -> str:
    """A value as HCL; text is quoted, so that nothing in it is evaluated."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    return str(value)


def _quoted(text: str) -> str:
    """A quoted template of one line: HCL has fewer escapes than JSON, and no half of a surrogate pair."""
    whole = text.encode("utf-8", "replace").decode()
    quoted = "".join(_ESCAPES.get(sign) or (sign if sign.isprintable() else _by_number(sign)) for sign in whole)
    return f'"{quoted.replace("${", "$${").replace("%{", "%%{")}"'


def in_query(text: str) -> str:
    """A text as a string of PromQL, in its quotes, as it stands inside a quoted template of HCL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return _quoted(f'"{escaped}"')[1:-1]


def _by_number(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def formatted(text: str) -> str:
    """The text in canonical layout, with no blank lines at its ends or after one another."""
    laid_out = "\n".join(_aligned(list(_indented(text.splitlines())))).strip("\n") + "\n"
    return _BEFORE_CLOSE.sub(r"\n\1", laid_out)


def _indented(lines: Iterable[str]) -> Iterable[str]:
    depth, blank = 0, True
    for line in lines:
        bare = line.strip()
        if not bare:
            if not blank:
                yield ""
            blank = True
            continue
        code = _code(bare)
        closing = len(code) - len(code.lstrip(_CLOSE))
        yield "  " * max(depth - min(closing, 1), 0) + bare
        depth += _steps(code)
        blank = False


def _code(line: str) -> str:
    """The line without strings and comments."""
    bare = _STRING.sub('""', line)
    return "" if bare.startswith(("#", "//")) else bare.partition(" #")[0]


def _steps(code: str) -> int:
    """How much deeper the next line is: brackets that open together on a line are one step."""
    opened = sum(code.count(one) for one in _OPEN) - sum(code.count(one) for one in _CLOSE)
    return (opened > 0) - (opened < 0)


def _aligned(lines: list[str]) -> Iterable[str]:
    group: list[tuple[str, str, str]] = []
    for line in [*lines, ""]:
        found = _SETTING.match(line.strip())
        if found and _steps(_code(line.strip())) == 0:
            group.append((line[: len(line) - len(line.lstrip())], found[1], found[2]))
            continue
        width = max((len(key) for _, key, _ in group), default=0)
        yield from (f"{indent}{key:<{width}} = {value}" for indent, key, value in group)
        group = []
        yield re.sub(r"^(\s*\S+)\s*=\s*(?=[{\[(\w])", r"\1 = ", line) if found else line
