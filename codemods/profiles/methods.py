"""The methods of one class, read from its source: what they take, and of which class the result is."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PROPERTIES = frozenset({"property", "cached_property", "classproperty"})
_PROJECT = "fallback_to_default_project_id"
"""Of Google's hooks: it refuses arguments by position, and gives project_id where it is missing."""
_CONTAINERS = frozenset({"Optional", "Generator", "Iterator", "ContextManager", "AbstractContextManager"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Method:
    """The parameters of a method without ``self``, and the absolute name of the class that it returns, if known.

    ``rest``: it takes further arguments by position, ``more``: by any keyword; ``named``: it refuses arguments by
    position when it is called; ``property``: it is read, not called.
    """

    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    rest: bool = False
    more: bool = False
    named: bool = False
    property: bool = False
    returns: str = ""


def read_methods(node: ast.ClassDef, absolute: Callable[[str], str]) -> dict[str, Method]:
    """The methods that a class defines itself, by name; those of Python's own protocols are left out."""
    found: dict[str, Method] = {}
    for item in node.body:
        if isinstance(item, Function) and not (item.name.startswith("__") and item.name.endswith("__")):
            decorators = [ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in item.decorator_list]
            if "overload" not in decorators and "setter" not in decorators:
                found[item.name] = _method(item, decorators, absolute)
    return found


def read_attributes(node: ast.ClassDef) -> frozenset[str]:
    """The names that a class sets on itself or on ``self``, anywhere in its source."""
    found = {name for item in node.body for name in _names(item)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) and _is_self(inner.value):
            found.add(inner.attr)
        elif isinstance(inner, ast.FunctionDef) and inner.name in {"__getattr__", "__getattribute__"}:
            found.add(inner.name)
    return frozenset(found)


def _names(item: ast.stmt) -> Iterator[str]:
    targets = item.targets if isinstance(item, ast.Assign) else [item.target] if isinstance(item, ast.AnnAssign) else []
    for target in targets:
        yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _method(node: Function, decorators: list[str], absolute: Callable[[str], str]) -> Method:
    args = node.args
    bound = 0 if "staticmethod" in decorators else 1
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    required = positional[: len(positional) - len(args.defaults)][bound:]
    keywords = [arg.arg for arg in args.kwonlyargs]
    pairs = zip(keywords, args.kw_defaults, strict=True)
    required += [name for name, default in pairs if default is None]
    if _PROJECT in decorators:
        required = [name for name in required if name != "project_id"]
    return Method(
        tuple(positional[bound:]),
        tuple(keywords),
        tuple(required),
        rest=args.vararg is not None,
        more=args.kwarg is not None,
        named=_PROJECT in decorators,
        property=bool(_PROPERTIES.intersection(decorators)),
        returns=_returned(node, absolute),
    )


def _returned(node: Function, absolute: Callable[[str], str]) -> str:
    """The class that is annotated, or of which every ``return`` makes an object."""
    if node.returns is not None:
        name = _annotated(node.returns)
        return absolute(name) if name else ""
    returned = [one.value for one in _within(node) if isinstance(one, ast.Return)]
    made = {ast.unparse(one.func) for one in returned if isinstance(one, ast.Call) and _dotted(one.func)}
    whole = len(made) == 1 and all(isinstance(one, ast.Call) for one in returned)
    name = next(iter(made), "")
    return absolute(name) if whole and name.rpartition(".")[2][:1].isupper() else ""


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """What lies below a function, without the functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Function | ast.ClassDef | ast.Lambda):
            yield from _within(child)


def _annotated(node: ast.expr) -> str:
    """The class of an annotation: ``Client``, ``"Client"``, ``Client | None``, ``Generator[Client, None, None]``."""
    match node:
        case ast.Constant(value=str(text)):
            try:
                return _annotated(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return ""
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _annotated(left)
        case ast.Subscript(value=ast.Name(id=name), slice=inner) if name in _CONTAINERS:
            return _annotated(inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner)
        case ast.Name() | ast.Attribute() if _dotted(node):
            name = ast.unparse(node)
            return name if name.rpartition(".")[2][:1].isupper() else ""
    return ""


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
