"""Code that is not followed: what it may do is taken note of, so that nothing it may change counts as known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.making import is_dag
from migrator.inventory.static.values import (
    UNKNOWN,
    DagFactory,
    Entries,
    Function,
    Imported,
    Items,
    MadeDag,
    MadeTask,
    UserClass,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrator.inventory.static.frame import Frame

_JUMPS = (ast.Return, ast.Break, ast.Continue)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def hide(nodes: Iterable[ast.AST], frame: Frame) -> bool:
    """Forget what the nodes may change; whether they may leave the code around them early."""
    found = [inner for node in nodes for inner in _inside(node)]
    _note(found, frame, set())
    for node in found:
        for name in _bound(node):
            frame.names[name] = UNKNOWN
    return any(isinstance(node, _JUMPS) for node in found)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what runs with it; the bodies of functions do not."""
    yield node
    if not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _inside(child)


def _note(nodes: list[ast.AST], frame: Frame, seen: set[int]) -> None:
    """Take note of DAGs that may be made and of values that may change, in functions that are named too."""
    if frame.state.dag is not None and any(isinstance(node, ast.Call) for node in nodes):
        frame.state.dag.lose_tasks()
    for node in nodes:
        frame.state.step()
        if isinstance(node, ast.Call) and is_dag(_dotted(node.func, frame)):
            frame.state.unlisted.add(node.lineno)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            _named(frame.look_up(node.id), frame, seen)
        for changed in _changed(node):
            value = frame.look_up(changed)
            if isinstance(value, Entries | Items):
                value.open = True


def hide_methods(made: UserClass, frame: Frame) -> None:
    """An instance of a class of the file was made: any of its methods may be called."""
    _named(made, frame, set())


def _named(value: Any, frame: Frame, seen: set[int]) -> None:  # noqa: ANN401 - any value of a file
    match value:
        case MadeDag():
            value.lose_tasks()
        case MadeTask(dag=MadeDag() as dag):
            dag.lose_tasks()
        case DagFactory(function=function):
            frame.state.unlisted.add(function.node.lineno)
        case Function(node=ast.Lambda() as node) if id(node) not in seen:
            seen.add(id(node))
            _note(list(_inside(node.body)), value.frame, seen)
        case Function(node=node) | UserClass(node=node) if id(node) not in seen and not isinstance(node, ast.Lambda):
            seen.add(id(node))
            methods = [one.body if isinstance(one, ast.FunctionDef) else [one] for one in node.body]
            body = node.body if isinstance(value, Function) else [one for some in methods for one in some]
            _note([inner for one in body for inner in _inside(one)], value.frame, seen)


def _dotted(node: ast.expr, frame: Frame) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    value = frame.look_up(node.id) if isinstance(node, ast.Name) else None
    return ".".join([value.name, *reversed(parts)]) if isinstance(value, Imported) else ""


def _changed(node: ast.AST) -> Iterator[str]:
    """Names of containers that the node may change: ``x[..] = ..``, ``x.update(..)``, ``f(x)``."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            yield name
    if isinstance(node, ast.Call):
        yield from (arg.id for arg in node.args if isinstance(arg, ast.Name))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
