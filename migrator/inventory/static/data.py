"""YAML and JSON that lie in the tree, as the values that code gets of them; nothing in them is built or run."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import yaml

from migrator.inventory.static.gate import MOST_TEXT, is_key
from migrator.inventory.static.source import content
from migrator.inventory.static.values import UNKNOWN, Entries, Items, Opened
from migrator.reading import read_json

if TYPE_CHECKING:
    from migrator.inventory.static.frame import State

YAML, JSON = "yaml", "json"
OF_TEXT = frozenset({"yaml.safe_load", "yaml.full_load", "yaml.load", "json.load", "json.loads"})
MOST_BYTES = 10 * MOST_TEXT
MOST_DEEP = 50


class _Loader(yaml.SafeLoader):
    """Values of a tag that YAML itself does not have are not known."""


_Loader.add_multi_constructor("!", lambda *_: UNKNOWN)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: UNKNOWN)


def text_of(state: State, path: str) -> Any:  # noqa: ANN401 - any value of a file
    """The text of a file of the tree; UNKNOWN for one that is not there, or is not read."""
    if path not in state.paths:
        return UNKNOWN
    found = content(state.read, path)
    if not isinstance(found, bytes):
        return UNKNOWN
    if len(found) > MOST_BYTES:
        return state.gate.refuse(f"{path} has more than {MOST_BYTES} bytes, which are not read")
    state.gate.make(len(found))
    try:
        return found.decode()
    except UnicodeDecodeError:
        return UNKNOWN


def loaded(state: State, given: Any, form: str) -> Any:  # noqa: ANN401
    """What the text or the opened file holds; UNKNOWN for what is none of that form."""
    text = text_of(state, given.path) if isinstance(given, Opened) else given
    if not isinstance(text, str):
        return UNKNOWN
    state.gate.visit(len(text))
    try:
        found = yaml.load(text, _Loader) if form == YAML else read_json(text)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, KeyError, IndexError):
        return UNKNOWN
    return _value(state, found, 0)


def _value(state: State, found: Any, depth: int) -> Any:  # noqa: ANN401
    """The value as the code of a file gets it, each part passed by the gate."""
    gate = state.gate
    gate.make(64)
    if depth > MOST_DEEP:
        return UNKNOWN
    if isinstance(found, dict):
        made = Entries({key: _value(state, one, depth + 1) for key, one in found.items() if is_key(key)})
        made.open = len(made) < len(found)
        return gate.passed(made)
    if isinstance(found, list | tuple):
        return gate.passed(Items(_value(state, one, depth + 1) for one in found))
    if isinstance(found, str | int | float | date | datetime | type(None)):
        return gate.passed(found)
    return UNKNOWN
