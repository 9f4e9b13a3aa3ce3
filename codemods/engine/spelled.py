"""Find nodes of a file by the name that they bear, without a walk for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemods.engine.bindings import Bindings

N = TypeVar("N", bound=cst.CSTNode)


class Spelled:
    """The nodes of some kinds by their name; each kind is indexed when it is first asked for."""

    def __init__(self, bindings: Bindings) -> None:
        self._nodes = bindings.nodes
        self._found: dict[type[cst.CSTNode], dict[str, list[cst.CSTNode]]] = {}

    def all(self, kind: type[N], name: str) -> list[N]:
        """Every node of a kind that bears a name, in the order of the file; KeyError for a kind that bears none.

        A definition bears what it defines, an assignment each plain name that it gives a value to, an item of a
        ``with`` statement its name after ``as``, an argument its keyword.
        """
        if kind not in self._found:
            self._found[kind] = self._index(kind)
        return [node for node in self._found[kind].get(name, ()) if isinstance(node, kind)]

    def _index(self, kind: type[cst.CSTNode]) -> dict[str, list[cst.CSTNode]]:
        names, found = _NAMES[kind], dict[str, list[cst.CSTNode]]()
        for node in self._nodes[kind]:
            for name in dict.fromkeys(names(node)):
                found.setdefault(name, []).append(node)
        return found


def _plain(node: cst.CSTNode | None) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value


def _targets(node: cst.CSTNode) -> Iterator[str]:
    for target in node.targets if isinstance(node, cst.Assign) else ():
        yield from _plain(target.target)


def _after_as(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.WithItem) and node.asname is not None:
        yield from _plain(node.asname.name)


def _field(field: str) -> Callable[[cst.CSTNode], Iterator[str]]:
    return lambda node: _plain(getattr(node, field))


_NAMES: dict[type[cst.CSTNode], Callable[[cst.CSTNode], Iterator[str]]] = {
    cst.Assign: _targets,
    cst.WithItem: _after_as,
    cst.Arg: _field("keyword"),
    **dict.fromkeys((cst.ClassDef, cst.FunctionDef, cst.Param), _field("name")),
}
