"""Read a module once: its scopes, imports, uses, and its nodes by kind."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import libcst as cst

from codemods.engine.nodes import children, dotted_text, is_name, literal
from codemods.engine.scopes import Import, Scope, Use

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[A-Za-z_]\w*")
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


class Bindings:
    """The names of one module; ``nodes`` and ``parents`` index its tree, ``targets`` are the names that get a value."""

    def __init__(self, module: cst.Module) -> None:
        self.top = Scope("module")
        self.nodes: dict[type[cst.CSTNode], list[cst.CSTNode]] = defaultdict(list)
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.scopes: dict[cst.CSTNode, Scope] = {}
        self.imports: list[Import] = []
        self.stars: list[cst.ImportFrom] = []
        self.quoted: set[str] = set()
        self.bound: set[str] = set()
        self.targets: dict[str, list[cst.Name]] = defaultdict(list)
        self._uses: dict[str, list[Use]] = defaultdict(list)
        self._use_at: dict[cst.CSTNode, tuple[Use, int]] = {}
        self._walk(module, self.top)
        self._resolve()

    def use(self, node: cst.CSTNode) -> tuple[Use, int] | None:
        """The use that a name or attribute belongs to, and how many parts deep it is."""
        return self._use_at.get(node)

    def bare(self, name: str) -> list[Use]:
        """Every use whose first part is ``name``."""
        return self._uses.get(name, [])

    def inner(self, function: cst.FunctionDef | cst.Lambda) -> Scope:
        """The scope of a function's own names."""
        return self.scopes[function.body]

    def uses_of(self, name: str, scope: Scope) -> list[Use]:
        """Every use whose first part is ``name`` as this scope binds it."""
        return [use for use in self.bare(name) if use.scope.owner(name) is scope]

    def _resolve(self) -> None:
        for use in (use for uses in self._uses.values() for use in uses):
            owner = use.scope.owner(use.parts[0])
            if owner is None or use.parts[0] in owner.others:
                continue
            use.imports = tuple(owner.imports.get(use.parts[0], ()))
            for imported in use.imports:
                imported.uses.append(use)

    def _walk(self, node: cst.CSTNode, scope: Scope) -> None:
        self.nodes[type(node)].append(node)
        self.scopes[node] = scope
        # by type: a match would ask every abstract base class of LibCST in turn, for every node
        walk = _WALKS.get(type(node), Bindings._plain)
        walk(self, node, scope)

    def _plain(self, node: cst.CSTNode, scope: Scope) -> None:
        kind = type(node)
        inner = Scope("comprehension", scope) if kind in _COMPREHENSIONS else scope
        keyword = getattr(node, "keyword", None) if kind is cst.Arg else None
        for child in children(node):
            self.parents[child] = node
            if _binds(node, child):
                self._target(child, inner, guard=_is_guard(node, self.parents))
            elif child is not keyword:
                self._walk(child, inner)
        if kind is cst.Annotation or _is_all(node):
            self._quote(node)

    def _child(self, node: cst.CSTNode | None, parent: cst.CSTNode, scope: Scope) -> None:
        if node is not None:
            self.parents[node] = parent
            self._walk(node, scope)

    def _target(self, node: cst.CSTNode, scope: Scope, *, guard: bool = False) -> None:
        match node:
            case cst.Name():
                names = scope.guards if guard else scope.others
                names.add(node.value)
                self.bound.add(node.value)
                self.targets[node.value].append(node)
                self.nodes[cst.Name].append(node)
            case cst.Tuple() | cst.List():
                for element in node.elements:
                    self.parents[element] = node
                    self.parents[element.value] = element
                    self._target(element.value, scope)
            case _:
                self._walk(node, scope)

    def _bind(self, name: str, scope: Scope) -> None:
        scope.others.add(name)
        self.bound.add(name)

    def _expression(self, node: cst.Name | cst.Attribute, scope: Scope) -> None:
        chain: list[cst.BaseExpression] = [node]
        base: cst.BaseExpression = node
        while isinstance(base, cst.Attribute):
            self.parents[base.value] = base
            self.parents[base.attr] = base
            base = base.value
            chain.append(base)
        if not isinstance(base, cst.Name):
            self._walk(base, scope)
            return
        chain.reverse()
        use = Use(tuple(dotted_text(node).split(".")), tuple(chain), scope)
        self._uses[use.parts[0]].append(use)
        for depth, part in enumerate(chain):
            self._use_at[part] = (use, depth)
            if part is not node:
                self.nodes[type(part)].append(part)
                self.scopes[part] = scope

    def _import(self, node: cst.Import | cst.ImportFrom, scope: Scope) -> None:
        if isinstance(node.names, cst.ImportStar):
            if isinstance(node, cst.ImportFrom) and not node.relative:
                self.stars.append(node)
            return
        module = ""
        if isinstance(node, cst.ImportFrom):
            module = dotted_text(node.module)
        for alias in node.names:
            self.parents[alias] = node
            self.scopes[alias] = scope
            self._import_name(alias, node, module, scope)

    def _import_name(
        self, alias: cst.ImportAlias, node: cst.Import | cst.ImportFrom, module: str, scope: Scope
    ) -> None:
        name = dotted_text(alias.name)
        local = dotted_text(alias.asname.name) if alias.asname and isinstance(alias.asname.name, cst.Name) else ""
        if isinstance(node, cst.ImportFrom) and node.relative:
            self._bind(local or name, scope)
            return
        written = None
        if isinstance(node, cst.ImportFrom):
            target = f"{module}.{name}"
        elif local:
            target = name
        else:
            target, written = name.partition(".")[0], name
        local = local or target.rpartition(".")[2]
        imported = Import(local, target, written, alias, node, scope)
        scope.imports.setdefault(local, []).append(imported)
        self.imports.append(imported)
        self.bound.add(local)

    def _function(self, node: cst.FunctionDef | cst.Lambda, scope: Scope) -> None:
        inner = Scope("function", scope)
        if isinstance(node, cst.FunctionDef):
            self._bind(node.name.value, scope)
            for decorator in node.decorators:
                self._child(decorator, node, scope)
            self._child(node.returns, node, scope)
        params = node.params
        self.parents[params] = node
        self.nodes[cst.Parameters].append(params)
        star = [params.star_arg, params.star_kwarg]
        for param in [*params.posonly_params, *params.params, *params.kwonly_params, *star]:
            if isinstance(param, cst.Param):
                self.parents[param] = params
                self.parents[param.name] = param
                self.nodes[cst.Param].append(param)
                self._bind(param.name.value, inner)
                self._child(param.annotation, param, scope)
                self._child(param.default, param, scope)
        self._child(node.body, node, inner)

    def _class(self, node: cst.ClassDef, scope: Scope) -> None:
        self._bind(node.name.value, scope)
        for outer in [*node.decorators, *node.bases, *node.keywords]:
            self._child(outer, node, scope)
        self._child(node.body, node, Scope("class", scope))

    def _outer(self, node: cst.Global | cst.Nonlocal, scope: Scope) -> None:
        for item in node.names:
            scope.others.add(item.name.value)
            self.top.others.add(item.name.value)
            self.bound.add(item.name.value)

    def _quote(self, node: cst.CSTNode) -> None:
        text = literal(node) if isinstance(node, cst.SimpleString | cst.ConcatenatedString) else None
        if text:
            self.quoted.update(_WORD.findall(text))
        for child in children(node):
            self._quote(child)


_WALKS: dict[type[cst.CSTNode], Callable[[Bindings, Any, Scope], None]] = {
    cst.Name: Bindings._expression,  # noqa: SLF001 - the same class, written after it
    cst.Attribute: Bindings._expression,  # noqa: SLF001
    cst.ImportFrom: Bindings._import,  # noqa: SLF001
    cst.Import: Bindings._import,  # noqa: SLF001
    cst.FunctionDef: Bindings._function,  # noqa: SLF001
    cst.Lambda: Bindings._function,  # noqa: SLF001
    cst.ClassDef: Bindings._class,  # noqa: SLF001
    cst.Global: Bindings._outer,  # noqa: SLF001
    cst.Nonlocal: Bindings._outer,  # noqa: SLF001
}


def _is_all(node: cst.CSTNode) -> bool:
    if type(node) is not cst.Assign:
        return False
    return any(isinstance(t.target, cst.Name) and t.target.value == "__all__" for t in node.targets)


def _is_guard(node: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> bool:
    assign = parents.get(node) if isinstance(node, cst.AssignTarget) else node
    return isinstance(assign, cst.Assign | cst.AnnAssign) and is_name(assign.value, "None")


_BINDING: dict[type[cst.CSTNode], str] = {
    **dict.fromkeys((cst.AssignTarget, cst.AnnAssign, cst.For, cst.CompFor, cst.AugAssign, cst.NamedExpr), "target"),
    **dict.fromkeys((cst.AsName, cst.MatchAs, cst.MatchStar), "name"),
    cst.MatchMapping: "rest",
}
"""Which part of a node binds a name."""


def _binds(node: cst.CSTNode, child: cst.CSTNode) -> bool:
    kind = type(node)
    if kind in _BINDING:
        return child is getattr(node, _BINDING[kind])
    return kind is cst.Del and type(child) in {cst.Name, cst.Tuple}
