"""What an import binds: a module of the tree is followed, another is known by its name only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.inventory.static.files import constant
from migrator.inventory.static.values import UNKNOWN, Followed, Imported

if TYPE_CHECKING:
    import ast

    from migrator.inventory.static.frame import Frame


def bind(node: ast.Import, frame: Frame) -> None:
    """``import a, b.c as d``."""
    for alias in node.names:
        found = frame.state.module(alias.name)
        if alias.asname is None and "." in alias.name:
            first = alias.name.partition(".")[0]
            frame.names[first] = Imported(first) if found is None else UNKNOWN
        else:
            frame.names[alias.asname or alias.name] = Imported(alias.name) if found is None else Followed(found)


def bind_from(node: ast.ImportFrom, frame: Frame) -> None:
    """``from a import b``; what ``*`` of a module that is not followed gives is remembered as not known."""
    module = _absolute(node, frame)
    found = frame.state.module(module)
    for alias in node.names:
        if alias.name == "*":
            frame.state.gate.make(64 * len(found or ()))
            frame.names.update({} if found is None else {k: v for k, v in found.items() if not k.startswith("_")})
            frame.root.starred = frame.root.starred or found is None
            continue
        frame.names[alias.asname or alias.name] = _member(module, alias.name, found, frame)


def _member(module: str, name: str, found: dict[str, Any] | None, frame: Frame) -> Any:  # noqa: ANN401
    if found is not None and name in found:
        return found[name]
    below = frame.state.module(f"{module}.{name}")
    if below is not None:
        return Followed(below)
    full = f"{module}.{name}"
    return (constant(full) or Imported(full)) if found is None else UNKNOWN


def _absolute(node: ast.ImportFrom, frame: Frame) -> str:
    if not node.level:
        return node.module or ""
    parts = frame.name.split(".")[: -node.level]
    return ".".join([*parts, *([node.module] if node.module else [])])
