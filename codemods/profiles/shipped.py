"""The profiles that come with the tool, one compressed JSON file each."""

from __future__ import annotations

import json
import re
import zlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codemods.profiles.inits import Init
from codemods.profiles.methods import Method
from codemods.profiles.profile import SCHEMA_VERSION, Members, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "composer-2.15.3-airflow-2.10.5"
SOURCE = "airflow-1.10.15"
_SUFFIX = ".json.z"
_VERSION = re.compile(r"airflow-(\d+)\.(\d+)(?:\.(\d+))?")


def names() -> list[str]:
    """The profiles that are shipped."""
    folder = files(__package__) / "data"
    return sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX))


def load(name: str = DEFAULT, packages: frozenset[str] = frozenset()) -> Profile:
    """A shipped profile by its name, or one that `migrate profile build` wrote, by its path.

    ``packages``: distributions that will be installed beside it. Raises FileNotFoundError, and ValueError for a file
    that is no profile or a newer one.
    """
    return _having(name, packages) if packages else _load(name)


@cache
def _having(name: str, packages: frozenset[str]) -> Profile:
    return _load(name).having(packages)


@cache
def _load(name: str) -> Profile:
    if name in names():
        return decode((files(__package__) / "data" / f"{name}{_SUFFIX}").read_bytes())
    return decode(Path(name).read_bytes())


def nearest(image: str) -> str:
    """The shipped profile for an image: itself, or that of the newest Airflow that is not newer, or the oldest."""
    if image in names():
        return image
    images = sorted((version(name), name) for name in names() if name.startswith("composer-"))
    older = [name for found, name in images if found <= version(image)]
    return older[-1] if older else images[0][1]


def version(image: str) -> tuple[int, ...]:
    """The Airflow version in the name of an image, as numbers."""
    found = _VERSION.search(image)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def encode(profile: Profile) -> bytes:
    """The bytes of a profile file: the same profile gives the same bytes."""
    inits = {
        name: [list(i.positional), list(i.keywords), list(i.required), list(i.popped), list(i.given), i.placed, i.rest]
        for name, i in profile.inits.items()
    }
    document = {
        "schema_version": SCHEMA_VERSION,
        "name": profile.name,
        "packages": dict(profile.packages),
        "modules": {module: sorted(found) for module, found in profile.modules.items()},
        "imported": {module: dict(found) for module, found in profile.imported.items()},
        "classes": {name: list(bases) for name, bases in profile.classes.items()},
        "inits": inits,
    }
    return _compressed(document) + _compressed(_raw_members(profile.members))


def _compressed(document: Mapping[str, object]) -> bytes:
    return zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), 9)


def _raw_members(members: Members) -> dict[str, object]:
    return {
        "methods": {
            name: {method: _raw_method(one) for method, one in own.items()} for name, own in members.methods.items()
        },
        "attributes": {name: sorted(found) for name, found in members.attributes.items()},
    }


def _raw_method(one: Method) -> list[Any]:
    """Four texts: parameters by position, by keyword, those required, what is returned; last what it is, as bits."""
    bits = one.rest + 2 * one.more + 4 * one.named + 8 * one.property
    return [",".join(one.positional), ",".join(one.keywords), ",".join(one.required), one.returns, bits]


def decode(data: bytes) -> Profile:
    """The profile in a file; ValueError when it is none."""
    stream = zlib.decompressobj()
    try:
        document: dict[str, Any] = json.loads(stream.decompress(data) + stream.flush())
        found = int(document["schema_version"])
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise ValueError("it is not a profile") from error
    if found > SCHEMA_VERSION:
        raise ValueError(f"it has schema version {found}, this program knows {SCHEMA_VERSION}")
    try:
        return _profile(document, stream.unused_data)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("it is a profile with parts missing") from error


def _profile(document: dict[str, Any], rest: bytes) -> Profile:
    return Profile(
        document["name"],
        document["packages"],
        {module: frozenset(own) for module, own in document["modules"].items()},
        document["imported"],
        {name: tuple(bases) for name, bases in document["classes"].items()},
        {name: _init(raw) for name, raw in document["inits"].items()},
        lambda: _members(rest),
    )


def _members(data: bytes) -> Members:
    """The methods, which follow the rest in a file: a profile of before has none."""
    if not data:
        return Members()
    document = json.loads(zlib.decompress(data))
    return Members(
        {c: {name: _method(raw) for name, raw in own.items()} for c, own in document["methods"].items()},
        {c: frozenset(found) for c, found in document["attributes"].items()},
    )


def _method(raw: list[Any]) -> Method:
    *lists, returns, bits = raw
    positional, keywords, required = (tuple(text.split(",")) if text else () for text in lists)
    kinds = {"rest": bool(bits & 1), "more": bool(bits & 2), "named": bool(bits & 4), "property": bool(bits & 8)}
    return Method(positional, keywords, required, returns=returns, **kinds)


def _init(raw: list[Any]) -> Init:
    *lists, placed, rest = raw
    positional, keywords, required, popped, given = (tuple(found) for found in lists)
    return Init(positional, keywords, required, popped, given, placed, rest)
