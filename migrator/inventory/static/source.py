"""The code of a file: read and parsed, whatever it holds."""

from __future__ import annotations

import ast
import errno
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from migrator.model.resources import StoredFile

MOST_BYTES = 1_000_000
LARGE = "it is larger than is followed"
MOST_WORDS = 100_000
"""Words and marks of one file: what Python makes of its code takes about a kilobyte for each."""
_LONGEST = 200
_WORDS = re.compile(rb"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Code that Python cannot read; it could not be imported either."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not looked into; it may be right."""

    why: str


def bounded(read: Callable[[str], bytes | None], stored: Iterable[StoredFile]) -> Callable[[str], bytes]:
    """A reader that does not begin with a file which would not be followed: OSError for one that is too large."""
    sizes = {file.path: file.size for file in stored}

    def within(path: str) -> bytes:
        if sizes.get(path, 0) > MOST_BYTES:
            raise OSError(errno.EFBIG, LARGE, path)
        return read(path) or b""

    return within


def content(read: Callable[[str], bytes], path: str) -> bytes | Refused:
    """The bytes of the file."""
    try:
        return read(path)
    except (OSError, MemoryError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        return Refused(why if why == LARGE else f"it cannot be read: {why}")


def parse(data: bytes) -> ast.Module | Wrong | Refused:
    """The code of the bytes."""
    if len(data) > MOST_BYTES or (len(data) > MOST_WORDS and _words(data) > MOST_WORDS):
        return Refused(LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (RecursionError, MemoryError):
        return Refused("its code is nested deeper than is followed")
    except SyntaxError as error:
        return Wrong(f"SyntaxError: {_shown(error.msg)} (line {error.lineno})")
    except Exception as error:  # noqa: BLE001 - the file may name any codec, and each fails in its own way
        return Wrong(f"{type(error).__name__}: {_shown(str(error))}")


def _words(data: bytes) -> int:
    count = 0
    matches: Iterator[re.Match[bytes]] = _WORDS.finditer(data)
    for _ in matches:
        count += 1
        if count > MOST_WORDS:
            break
    return count


def _shown(message: str) -> str:
    return message.encode("utf-8", "replace").decode()[:_LONGEST]
