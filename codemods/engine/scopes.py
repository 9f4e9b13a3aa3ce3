"""A light table of one file's names: what each scope binds, and which import a name comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst


@dataclass(eq=False, slots=True)
class Import:
    """One name bound by an absolute import, and every expression that uses it."""

    local: str
    target: str
    dotted: str | None
    alias: cst.ImportAlias
    statement: cst.Import | cst.ImportFrom
    scope: Scope
    uses: list[Use] = field(default_factory=list)

    @property
    def renamed(self) -> bool:
        """Whether it is written with ``as``."""
        return self.alias.asname is not None


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class, function or comprehension, and what is bound in it.

    ``guards`` are the names that are only set to None, beside an import that may fail.
    """

    kind: str
    parent: Scope | None = None
    imports: dict[str, list[Import]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    guards: set[str] = field(default_factory=set)

    def rebinds(self, name: str) -> bool:
        """Whether anything but an import binds the name here."""
        return name in self.others or name in self.guards

    def owner(self, name: str) -> Scope | None:
        """The scope whose binding a use of ``name`` here refers to; class bodies are skipped from inside."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or scope.kind != "class"
            if visible and (name in scope.imports or name in scope.others or name in scope.guards):
                return scope
            scope = scope.parent
        return None


@dataclass(eq=False, slots=True)
class Use:
    """An expression ``base.a.b``: ``nodes[k]`` is the node of the first k+1 names."""

    parts: tuple[str, ...]
    nodes: tuple[cst.BaseExpression, ...]
    scope: Scope
    imports: tuple[Import, ...] = ()

    def names(self, depth: int) -> frozenset[str]:
        """The full dotted names that the first ``depth + 1`` parts may stand for."""
        return frozenset(".".join([i.target, *self.parts[1 : depth + 1]]) for i in self.imports)
