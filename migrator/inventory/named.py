"""Which names stand in the files of a folder: who is used by some DAG, as far as its text tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.workspace.tree import files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def named(folder: Path, names: Iterable[str]) -> frozenset[str]:
    """Those of ``names`` that stand as a word in a file of the folder, at any depth."""
    wanted = frozenset(names)
    if not wanted:
        return wanted
    text = "\n".join((folder / name).read_text("utf-8", "replace") for name in files(folder))
    return frozenset(name for name in wanted if re.search(rf"\b{re.escape(name)}\b", text))
