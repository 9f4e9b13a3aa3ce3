"""Read JSON and TOML that somebody else may have written: a value, or one error that says in words what is wrong."""

from __future__ import annotations

import errno
import json
import os
import stat
import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import ValidationError

MOST_BYTES = 1 << 30
"""The largest file that is read whole."""
MOST_CODE = 1 << 24
"""The largest file of code that is read."""
MOST_LEVELS = 100
"""How deep lists and objects may lie in each other: what walks over them later goes a few calls a level."""


class UnreadableError(ValueError):
    """The text is no JSON or TOML, is not UTF-8, or is nested too deeply; its message says which, and where."""


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file of at most ``most``; OSError for one that is none, such as a pipe or a device."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as handle:
        found = os.fstat(handle.fileno())
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most >> 20} MiB", str(path))
        return handle.read()


def read_code(path: Path) -> bytes:
    """The bytes of a file of code; OSError as read_file, and for one that is larger than any code is."""
    return read_file(path, MOST_CODE)


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """The value of a JSON text (bytes are UTF-8), at most MOST_LEVELS deep; UnreadableError otherwise."""
    return _read(json.loads, text)


def read_toml(text: str | bytes) -> dict[str, Any]:
    """The tables of a TOML text (bytes are UTF-8), at most MOST_LEVELS deep; UnreadableError otherwise."""
    found: dict[str, Any] = _read(tomllib.loads, text)
    return found


def read_object(text: str | bytes) -> dict[str, Any]:
    """The object of a JSON text, as read_json; UnreadableError for another value too."""
    found = read_json(text)
    if not isinstance(found, dict):
        raise UnreadableError(f"it should be a JSON object and is {kind_of(found)}")
    return found


def kind_of(value: object) -> str:
    """What a JSON value is, in words, such as ``a list``; never the value."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true or false"
    kinds = {dict: "an object", list: "a list", str: "text", int: "a number", float: "a number"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def reason_of(error: ValidationError) -> str:
    """The first thing that does not fit, by where it stands; never the value."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def _read(parse: Callable[[str], Any], text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        found = parse(plain)
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is not UTF-8: byte {error.start} cannot be read") from error
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    if not _is_flat(plain, found):
        raise _too_deep()
    return found


def _too_deep() -> UnreadableError:
    return UnreadableError(f"lists and objects lie in each other more than {MOST_LEVELS} levels deep")


def _is_flat(text: str, found: object) -> bool:
    """Whether it is at most MOST_LEVELS deep; a text with few brackets and dots needs no walk."""
    if sum(map(text.count, "[{.")) <= MOST_LEVELS:
        return True
    level = [found]
    for _ in range(MOST_LEVELS):
        level = [one for value in level for one in _inside(value) if isinstance(one, dict | list)]
        if not level:
            return True
    return False


def _inside(value: object) -> Any:  # noqa: ANN401 - what a container holds
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
