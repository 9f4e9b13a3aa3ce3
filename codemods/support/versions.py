"""Tell what only one version of Python runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from codemods.engine.file import File

_ASKS = re.compile(r"\b(version_info|hexversion|PY2|PY3|python_version)\b")


def below_version_test(node: cst.CSTNode, file: File) -> bool:
    """Whether a node lies below an ``if`` that asks for the version of Python."""
    tests = (one.test for one in file.ancestors(node) if isinstance(one, cst.If | cst.IfExp))
    return any(_ASKS.search(cst.Module([]).code_for_node(test)) for test in tests)
