"""New string literals in the quotes that a file uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from codemods.engine.file import File


def quoted(value: str, file: File) -> cst.SimpleString:
    """A literal of a value without quotes or backslashes, in the quotes of most literals of the file."""
    quote = "'" if file.once(_single) else '"'
    return cst.SimpleString(f"{quote}{value}{quote}")


def _single(file: File) -> bool:
    """Whether most plain literals of the file are in single quotes."""
    found = [node for node in file.bindings.nodes[cst.SimpleString] if isinstance(node, cst.SimpleString)]
    plain = [node.quote for node in found if len(node.quote) == 1]
    return plain.count("'") > len(plain) / 2
