"""Which values may be read by everybody: those of a table, numbers and switches, and what the operator names."""

from __future__ import annotations

import csv
import re
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal
from zoneinfo import available_timezones

from migrator.scrub.names import speaks_of_a_secret
from migrator.scrub.text import holds_a_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["override", "env", "connection"]
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,9})?")
"""A longer one may be an account, a card or a chat."""
_SWITCH = re.compile(r"true|false|yes|no|on|off|none", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w-]{0,40}")
_WILD = frozenset("*?[")


def is_plain(kind: Kind, name: str, value: str, more: Iterable[str] = ()) -> bool:
    """Whether the value may stand in clear; ``more`` are names and patterns that the operator allows."""
    form = _forms().get((kind, name))
    if not value or (form is not None and _fits(form, value)):
        return True
    return is_allowed(name, value, more) or (_by_nature(value) and not speaks_of_a_secret(name))


def is_allowed(name: str, value: str, more: Iterable[str], *, speaks: str = "") -> bool:
    """Whether the operator allows the value in clear: by its name in full, or by a pattern.

    A pattern allows nothing that looks like a secret by its text, or by its name; ``speaks``: the part of the name
    that tells what the value is, where not all of it does.
    """
    patterns = {pattern for pattern in more if fnmatchcase(name, pattern)}
    if any(not _WILD & set(pattern) for pattern in patterns):
        return True
    return bool(patterns) and not speaks_of_a_secret(speaks or name) and not holds_a_secret(value)


@cache
def _forms() -> dict[tuple[str, str], str]:
    """The table: kind and name to the form that the value must have."""
    text = (files(__package__) / "plain.csv").read_text(encoding="utf-8")
    return {(row["kind"], row["key"]): row["form"] for row in csv.DictReader(text.splitlines())}


def _by_nature(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value) or _SWITCH.fullmatch(value))


def _fits(form: str, value: str) -> bool:
    match form:
        case "number":
            return bool(_NUMBER.fullmatch(value))
        case "boolean":
            return bool(_SWITCH.fullmatch(value))
        case "zone":
            return value in _zones()
        case "name":
            return bool(_NAME.fullmatch(value)) and not holds_a_secret(value)
        case _:
            return value in form.split("|")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
