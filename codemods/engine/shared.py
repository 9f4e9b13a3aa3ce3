"""Which names of a file the other files of its tree import: somebody besides Airflow may use them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FROM = re.compile(rb"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_COMMENT = re.compile(rb"#[^\n]*")


def shared_names(sources: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    """The names of each file, by path, that another one imports; files of which none is are left out."""
    stems: dict[bytes, list[str]] = defaultdict(list)
    for path in sources:
        stems[_module(path).encode()].append(path)
    found: dict[str, set[str]] = defaultdict(set)
    for path, source in sources.items():
        for module, names in _FROM.findall(source):
            for other in stems.get(module.rpartition(b".")[2], ()):
                if other != path:
                    words = _WORD.findall(_COMMENT.sub(b"", names))
                    found[other] |= {word.decode("ascii", "replace") for word in words}
    return {path: frozenset(names) for path, names in found.items()}


def _module(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.name == "__init__.py" else pure.stem
