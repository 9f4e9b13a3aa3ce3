"""The options of checks in migrate.toml: they have the types of the defaults in the check's own signature."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from migrator.assess.registry import known_codes, unknown
from migrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.assess.check import Check


def options_of(check: Check, given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The check's options, those that were given in place of the defaults; UsageError for one that it does not have."""
    for code in given:
        if code not in known_codes():
            raise unknown(code, "[assess.options.CODE] of migrate.toml takes the whole code of a check.")
    return {name: _value(check, name, value) for name, value in given.get(check.code, {}).items()}


def _value(check: Check, name: str, value: object) -> object:
    known = check.options
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(known) or 'none'}"
        raise UsageError(f"Check {check.code} has no option {name!r}.", why="It is given in migrate.toml.", fix=hint)
    try:
        return TypeAdapter(_kind(known[name])).validate_python(value)
    except ValidationError as error:
        why = error.errors()[0]["msg"]
        fix = f"correct it under [assess.options.{check.code}] in migrate.toml; the default is {known[name]!r}"
        raise UsageError(f"Option {name!r} of check {check.code} is wrong.", why=why, fix=fix) from error


def _kind(default: object) -> Any:  # noqa: ANN401 - a type, or a form of one
    match default:
        case tuple():
            return tuple[str, ...]
        case dict():
            return dict[str, str]
        case _:
            return type(default)
