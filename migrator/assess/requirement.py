"""A package that the estate names, as a requirement: name, extras, versions and marker, and nothing else.

Whatever else a line of requirements may hold (an address, a path, an option, a second line) would make pip or uv read
a file, ask another host or run a build of the estate's choosing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY = frozenset({"", "*"})
"""What Composer shows for a package of any version."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_FILES = (".whl", ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".egg", ".py", ".txt", ".toml", ".cfg", ".in")
_MARKER = re.compile(r"[A-Za-z0-9._+ ,*'\"()<>=!~-]*")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class NoRequirement:
    """A package that is no requirement, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Named:
    """What the estate names: ``requirements`` by name as it writes it, the whole line each; and what is none."""

    requirements: Mapping[str, str]
    refused: tuple[NoRequirement, ...]


def named(packages: Mapping[str, str]) -> Named:
    """Sort packages, name to extras and versions as Composer has them, into requirements and what is none."""
    read = {name: line_of(name, spec) for name, spec in sorted(packages.items())}
    lines = {name: line for name, line in read.items() if isinstance(line, str)}
    return Named(lines, tuple(one for one in read.values() if isinstance(one, NoRequirement)))


def line_of(name: str, spec: str) -> str | NoRequirement:
    """The requirement as one line, written again from what was understood of it."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        return NoRequirement(name, "that is not the name of a package")
    if name.lower().endswith(_FILES):
        return NoRequirement(name, "that is the name of a file, which an installer would read")
    if not spec.isprintable() or len(spec) > _LONGEST:
        return NoRequirement(name, "what follows the name holds a line break or a control character, or is too long")
    try:
        found = Requirement(f"{name}{'' if spec in ANY else spec}")
    except InvalidRequirement as error:
        return NoRequirement(name, f"{spec!r} is not extras, versions and a marker: {_first(error)}")
    why = _why_not(found, name)
    return NoRequirement(name, why) if why else _line(found)


def name_in(line: str) -> str:
    """The name with its extras, of a line that `line_of` made: ``requests[socks]``."""
    found = Requirement(line)
    return f"{found.name}{_extras(found)}"


def _why_not(found: Requirement, name: str) -> str:
    """What is wrong with a requirement that can be read; empty when nothing is."""
    if found.url is not None:
        return "it names an address or a file in place of versions"
    if canonicalize_name(found.name) != canonicalize_name(name):
        return f"what follows the name makes it another package: {found.name}"
    if any(one.operator == "===" and not _is_version(one.version) for one in found.specifier):
        return "=== takes any text, and this one is no version"
    marker = str(found.marker or "")
    if "extra" in marker or not _MARKER.fullmatch(marker):
        return "its marker asks for more than the Python and the platform"
    return ""


def _line(found: Requirement) -> str:
    marker = f" ; {found.marker}" if found.marker else ""
    return f"{found.name}{_extras(found)}{found.specifier}{marker}"


def _extras(found: Requirement) -> str:
    return f"[{','.join(sorted(found.extras))}]" if found.extras else ""


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0]
