"""Files and folders of the tree as code names, lists and reads them: by ``os``, ``glob``, ``pathlib`` and ``open``."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import data
from migrator.inventory.static.values import UNKNOWN, Items, Opened, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migrator.inventory.static.frame import State

BUCKET = ("/home/airflow/gcs/", "/home/airflow/gcsfuse/")
"""Where Composer's machines have the bucket."""
_FOLDERS = {"airflow.settings.DAGS_FOLDER": Place("dags"), "airflow.settings.PLUGINS_FOLDER": Place("plugins")}


def place_of(value: Any) -> Place | None:  # noqa: ANN401 - any value of a file
    """Where in the bucket a path leads; None where that is not known."""
    if isinstance(value, Place):
        return value
    known = [root for root in BUCKET if isinstance(value, str) and value.startswith(root)]
    return under(Place(""), value.removeprefix(known[0])) if known else None


def constant(name: str) -> Any:  # noqa: ANN401
    """The folder that a constant of Airflow names; None for another."""
    return _FOLDERS.get(name)


def under(place: Place, more: str) -> Place | None:
    """The path with more behind it; None where it leads out of the bucket."""
    found = posixpath.normpath(posixpath.join(place.path or ".", more)).removeprefix("./")
    return None if found.startswith(("..", "/")) else Place("" if found == "." else found)


def joined(place: Place, parts: Iterable[Any]) -> Any:  # noqa: ANN401
    """``os.path.join``; UNKNOWN where a part is not known or leads out."""
    found: Place | None = place
    for part in parts:
        found = under(found, part) if found is not None and isinstance(part, str) else None
    return found or UNKNOWN


def appended(place: Place, text: str) -> Any:  # noqa: ANN401
    """``path + text``, as an f-string joins them."""
    return under(Place(""), place.path + text) or UNKNOWN


def attribute(place: Place, name: str) -> Any:  # noqa: ANN401
    """An attribute of a path of pathlib; NotImplemented for another."""
    last = posixpath.basename(place.path)
    stem, suffix = posixpath.splitext(last)
    above = Place(posixpath.dirname(place.path))
    match name:
        case "parent":
            return above
        case "parents":
            parts = place.path.split("/")
            return tuple(Place("/".join(parts[:number])) for number in range(len(parts) - 1, -1, -1))
        case "name":
            return last
        case "stem":
            return stem
        case "suffix":
            return suffix
    return NotImplemented


def call(state: State, name: str, positional: list[Any], named: dict[str, Any]) -> Any:  # noqa: ANN401
    """What the function of that dotted name gives of the tree; NotImplemented when it is none of those known."""
    act = _FUNCTIONS.get(name)
    if act is None or not positional:
        return NotImplemented
    place = place_of(positional[0])
    if place is None and name not in data.OF_TEXT:
        return NotImplemented
    state.gate.spend(len(state.paths))
    return act(state, positional[0] if place is None else place, positional[1:], named)


def method(state: State, place: Place, name: str, positional: list[Any]) -> Any:  # noqa: ANN401, PLR0911
    """``path.name(...)`` of pathlib; NotImplemented where the method is none of those known."""
    state.gate.spend(len(state.paths))
    match name, positional:
        case "resolve" | "absolute" | "expanduser" | "as_posix", _:
            return place
        case "joinpath", _:
            return joined(place, positional)
        case "open", _:
            return Opened(place.path)
        case "read_text", _:
            return data.text_of(state, place.path)
        case "iterdir", []:
            return Items(Place(posixpath.join(place.path, one)) for one in _names(state, place))
        case "glob" | "rglob", [str() as pattern]:
            return _matching(state, place, pattern if name == "glob" else f"**/{pattern}")
        case "exists" | "is_file" | "is_dir", []:
            return _exists(state, place, name)
        case "with_suffix", [str() as suffix]:
            return Place(posixpath.splitext(place.path)[0] + suffix)
    return NotImplemented


def _names(state: State, place: Place) -> list[str]:
    """What lies in a folder, by name."""
    root = f"{place.path}/" if place.path else ""
    return sorted({path.removeprefix(root).partition("/")[0] for path in state.paths if path.startswith(root)})


def _exists(state: State, place: Place, how: str) -> Any:  # noqa: ANN401
    """Whether it is there. Of what lies beside the code, such as ``data/``, nobody knows."""
    if not place.path.startswith(("dags", "plugins")):
        return UNKNOWN
    is_file, is_folder = place.path in state.paths, bool(_names(state, place))
    return {"is_file": is_file, "is_dir": is_folder}.get(how, is_file or is_folder)


def _matching(state: State, place: Place, pattern: str) -> Any:  # noqa: ANN401
    """The paths below a folder that a pattern fits; UNKNOWN where it may look beside the code."""
    whole = under(place, pattern)
    if whole is None or not whole.path.startswith(("dags/", "plugins/")):
        return UNKNOWN
    parts = whole.path.split("/")
    state.gate.visit(len(state.paths))
    names = {"/".join(path.split("/")[: n + 1]) for path in state.paths for n in range(path.count("/") + 1)}
    return Items(Place(name) for name in sorted(names) if _fits(name.split("/"), parts))


def _fits(names: list[str], parts: list[str]) -> bool:
    if not parts or not names:
        return not parts and not names
    if parts[0] == "**":
        return _fits(names, parts[1:]) or _fits(names[1:], parts)
    return fnmatchcase(names[0], parts[0]) and _fits(names[1:], parts[1:])


def _listdir(state: State, place: Place, _more: list[Any], _named: dict[str, Any]) -> Any:  # noqa: ANN401
    return Items(_names(state, place)) if place.path.startswith(("dags", "plugins")) else UNKNOWN


def _walked(state: State, place: Place, _more: list[Any], _named: dict[str, Any]) -> Any:  # noqa: ANN401
    if not place.path.startswith(("dags", "plugins")):
        return UNKNOWN
    root = f"{place.path}/"
    below = [path for path in state.paths if path.startswith(root)]
    folders = sorted({place.path, *(posixpath.dirname(path) for path in below)})
    rows = []
    for folder in folders:
        names = _names(state, Place(folder))
        files = [name for name in names if f"{folder}/{name}" in state.paths]
        rows.append((Place(folder), Items(name for name in names if name not in files), Items(files)))
    return Items(rows)


def _glob(state: State, place: Place, _more: list[Any], _named: dict[str, Any]) -> Any:  # noqa: ANN401
    return _matching(state, Place(""), place.path)


_FUNCTIONS: dict[str, Callable[[State, Any, list[Any], dict[str, Any]], Any]] = {
    "os.path.abspath": lambda _, place, *__: place,
    "os.path.realpath": lambda _, place, *__: place,
    "os.fspath": lambda _, place, *__: place,
    "builtins.str": lambda _, place, *__: place,
    "os.path.dirname": lambda _, place, *__: Place(posixpath.dirname(place.path)),
    "os.path.basename": lambda _, place, *__: posixpath.basename(place.path),
    "os.path.splitext": lambda _, place, *__: _split(place),
    "os.path.join": lambda _, place, more, __: joined(place, more),
    "os.path.exists": lambda state, place, *_: _exists(state, place, "exists"),
    "os.path.isfile": lambda state, place, *_: _exists(state, place, "is_file"),
    "os.path.isdir": lambda state, place, *_: _exists(state, place, "is_dir"),
    "os.listdir": _listdir,
    "os.walk": _walked,
    "glob.glob": _glob,
    "glob.iglob": _glob,
    "pathlib.Path": lambda _, place, more, __: joined(place, more),
    "pathlib.PurePath": lambda _, place, more, __: joined(place, more),
    "builtins.open": lambda _, place, *__: Opened(place.path),
    "io.open": lambda _, place, *__: Opened(place.path),
    "yaml.safe_load": lambda state, given, *_: data.loaded(state, given, data.YAML),
    "yaml.full_load": lambda state, given, *_: data.loaded(state, given, data.YAML),
    "yaml.load": lambda state, given, *_: data.loaded(state, given, data.YAML),
    "json.load": lambda state, given, *_: data.loaded(state, given, data.JSON),
    "json.loads": lambda state, given, *_: data.loaded(state, given, data.JSON),
}


def _split(place: Place) -> tuple[Place, str]:
    stem, suffix = posixpath.splitext(place.path)
    return Place(stem), suffix
