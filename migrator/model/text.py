"""Text that others wrote: what no file can hold, what a terminal would obey, and what the eye would not see."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNSEEN = re.compile(
    r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 but tab and line ends, DEL, C1
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
    # directions, zero width, tags, fillers; lone surrogates
)
_BREAK = re.compile(r"\s*[\r\n]\s*")
LONGEST_OBJECT = 1024
NO_OBJECT = "no bucket holds its name (it is no UTF-8, has a line break, or is longer than 1,024 bytes)"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold it; a file's name that is none, and a lone surrogate, it can't."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_object_name(name: str) -> bool:
    """Whether Cloud Storage holds an object of this name: UTF-8 without line breaks, at most 1,024 bytes.

    https://cloud.google.com/storage/docs/objects#naming
    """
    return is_text(name) and not {"\r", "\n"} & set(name) and len(name.encode()) <= LONGEST_OBJECT


def file_shown(path: str) -> str:
    r"""The path of a file on one line, as ``visible`` gives it, line breaks as ``\n`` and ``\r``; spaces stay."""
    return visible(shown(path).replace("\r", "\\r").replace("\n", "\\n"))


def shown(text: str) -> str:
    r"""The text with what UTF-8 can't hold as escapes: ``caf\xe9.py`` for the byte of a name, ``\ud800``."""
    if is_text(text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")


def all_shown(value: Any) -> Any:  # noqa: ANN401 - JSON, and dataclasses of it
    """The same value, each of its texts as ``shown`` gives it; one that needs nothing is given back as it is."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {all_shown(key): all_shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(all_shown(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: getattr(value, one.name) for one in fields(value)}
        changed = {name: new for name, old in found.items() if (new := all_shown(old)) != old}
        return replace(value, **changed) if changed else value
    return value


def visible(text: str) -> str:
    r"""The text with what steers a terminal or can't be seen as escapes that JSON and HCL have too: ``\u001b[31m``."""
    return _UNSEEN.sub(_escape, text)


def one_line(text: object) -> str:
    """The text as `visible` gives it, its white space of any kind as single spaces."""
    return visible(" ".join(str(text).split()))


def listed(texts: Iterable[object]) -> str:
    """The texts as the lines of an error's reason, each on one line, whatever it holds."""
    return "\n       ".join(map(unbroken, texts))


def unbroken(text: object) -> str:
    """The text as `visible` gives it, each line break in it as a space; other white space stays."""
    return visible(_BREAK.sub(" ", str(text)))


def plain(names: Iterable[str], default: str) -> str:
    """The first of these names that a shell, a page and a reader take for nothing but a name; else ``default``."""
    return next((name for name in names if _PLAIN.fullmatch(name)), default)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
