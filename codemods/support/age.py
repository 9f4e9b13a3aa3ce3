"""Tell whether a file is still written for 1.10: what it imports, and the words that only 1.10 knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.tables import canonical

if TYPE_CHECKING:
    from codemods.engine.file import File

_WORDS = ("provide_context", "schedule_interval")


def from_1_10(file: File) -> bool:
    """Whether anything of the file is written as 1.10 has it, so that its code still means what it meant there."""
    return file.once(_is_old)


def old_class(call: cst.Call, file: File) -> bool:
    """Whether the class that is called comes from where 1.10 had it."""
    names = file.written(call.func)
    return bool(names) and all(name != canonical(name) for name in names)


def _is_old(file: File) -> bool:
    names = file.names
    targets = [imported.target for imported in file.bindings.imports]
    moved = any(t in names.moves or t in names.gone or (t in names.modules and t not in names.stay) for t in targets)
    return moved or any(
        isinstance(arg, cst.Arg) and is_name(arg.keyword, *_WORDS) for arg in file.bindings.nodes[cst.Arg]
    )
