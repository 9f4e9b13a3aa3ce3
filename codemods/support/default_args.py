"""Recognise the entries of a ``default_args`` dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal

if TYPE_CHECKING:
    from codemods.engine.file import File


def default_arg(element: cst.DictElement, file: File) -> str:
    """The key of an entry of a literal ``default_args``; empty for an entry of any other dictionary."""
    key = literal(element.key)
    around = file.bindings.parents.get(element)
    owner = file.bindings.parents.get(around) if around is not None else None
    if isinstance(owner, cst.Arg) and owner.keyword is not None and owner.keyword.value == "default_args":
        return key or ""
    if isinstance(owner, cst.Assign) and any(_is_default_args(target.target) for target in owner.targets):
        return key or ""
    return ""


def _is_default_args(target: cst.BaseExpression) -> bool:
    return isinstance(target, cst.Name) and target.value.lower().endswith("default_args")
