"""Text that may hold what no file can: bytes of a name that is no UTF-8, and lone surrogates."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold it; a file's name that is none, and a lone surrogate, it can't."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


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
