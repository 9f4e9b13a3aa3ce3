"""Recognise the entries of a ``default_args`` dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name, literal

if TYPE_CHECKING:
    from codemods.engine.file import File


def default_arg(element: cst.DictElement, file: File) -> str:
    """The key of an entry of a literal ``default_args``; empty for an entry of any other dictionary."""
    around = file.bindings.parents.get(element)
    owner = file.bindings.parents.get(around) if around is not None else None
    if isinstance(owner, cst.Arg):
        ours = owner.keyword is not None and owner.keyword.value == "default_args"
    else:
        ours = isinstance(owner, cst.Assign) and any(_is_default_args(target.target, file) for target in owner.targets)
    return (literal(element.key) or "") if ours else ""


def _is_default_args(target: cst.BaseExpression, file: File) -> bool:
    """Whether a name says that it holds default_args, or is passed as them."""
    if not isinstance(target, cst.Name):
        return False
    around = (file.bindings.parents.get(use.nodes[0]) for use in file.bindings.bare(target.value))
    passed = any(isinstance(arg, cst.Arg) and is_name(arg.keyword, "default_args") for arg in around)
    return passed or target.value.lower().endswith("default_args")


def default_keys(file: File) -> frozenset[str]:
    """The keys of every literal ``default_args`` of the file."""
    found = file.bindings.nodes[cst.DictElement]
    return frozenset(default_arg(element, file) for element in found if isinstance(element, cst.DictElement))
