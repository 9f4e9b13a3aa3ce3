"""What each target in a file gets, whichever statement binds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File


def assignments(file: File) -> Iterator[tuple[cst.CSTNode, cst.CSTNode | None]]:
    """Each target with the value that it gets; None: what it gets is not written there, as in a loop."""
    nodes = file.bindings.nodes
    for one in nodes[cst.Assign]:
        if isinstance(one, cst.Assign):
            yield from ((target.target, one.value) for target in one.targets)
    for one in nodes[cst.AnnAssign]:
        if isinstance(one, cst.AnnAssign) and one.value is not None:
            yield one.target, one.value
    for one in nodes[cst.NamedExpr]:
        if isinstance(one, cst.NamedExpr):
            yield one.target, one.value
    for one in nodes[cst.WithItem]:
        if isinstance(one, cst.WithItem) and one.asname is not None:
            yield one.asname.name, _entered(one.item)
    for kind in (cst.For, cst.CompFor, cst.AugAssign, cst.ExceptHandler, cst.Global, cst.Nonlocal):
        yield from ((target, None) for node in nodes[kind] for target in _targets(node))


def _entered(item: cst.BaseExpression) -> cst.BaseExpression:
    """What a ``with`` binds: ``contextlib.closing(x)`` gives x, others give themselves as a rule."""
    if isinstance(item, cst.Call) and len(item.args) == 1:
        func = item.func
        if is_name(func, "closing") or (isinstance(func, cst.Attribute) and is_name(func.attr, "closing")):
            return item.args[0].value
    return item


def _targets(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    match node:
        case cst.For(target=target) | cst.CompFor(target=target) | cst.AugAssign(target=target):
            yield target
        case cst.ExceptHandler(name=cst.AsName(name=name)):
            yield name
        case cst.Global(names=names) | cst.Nonlocal(names=names):
            yield from (one.name for one in names)
