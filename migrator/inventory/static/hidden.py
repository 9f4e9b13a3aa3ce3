"""Code that is not followed: what it may do is taken note of, so that nothing it may change counts as known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.making import is_dag, makes_dag
from migrator.inventory.static.values import (
    UNKNOWN,
    DagFactory,
    Entries,
    Function,
    Imported,
    Instance,
    Items,
    MadeDag,
    MadeTask,
    UserClass,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrator.inventory.static.frame import Frame

_FACT_OF = {"schedule_interval": "schedule", "timetable": "schedule", "is_paused_upon_creation": "paused"}
_JUMPS = (ast.Return, ast.Break, ast.Continue)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def hide(nodes: Iterable[ast.AST], frame: Frame) -> bool:
    """Forget what the nodes may change; whether they may leave the code around them early."""
    found = [inner for node in nodes for inner in _inside(node) if not _is_word(node)]
    _note(found, frame)
    for node in found:
        for name in _bound(node):
            frame.names[name] = UNKNOWN
    return any(isinstance(node, _JUMPS) for node in found)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The node and what runs with it; the bodies of functions do not."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, _SCOPES):
            left.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_word(node: ast.AST) -> bool:
    """Whether it only says something about a DAG: ``dag.doc_md = __doc__``."""
    match node:
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name(), attr="doc_md" | "doc")], value=ast.Name() | ast.Constant()
        ):
            return True
    return False


def _note(nodes: Iterable[ast.AST], frame: Frame) -> None:
    """Take note of DAGs that may be made and of values that may change, in functions that are named too."""
    seen: set[int] = set()
    left: list[tuple[Iterable[ast.AST], Frame]] = [(nodes, frame)]
    while left:
        inner, place = left.pop()
        for node in inner:
            frame.state.gate.step()
            left += [(_inside_of(value), value.frame) for value in _noted(node, place) if _is_new(value, seen)]


def _is_new(value: Function | UserClass, seen: set[int]) -> bool:
    """Whether its code was not noted yet; it counts as noted from now on."""
    size = len(seen)
    seen.add(id(value.node))
    return len(seen) > size


def _noted(node: ast.AST, frame: Frame) -> Iterator[Function | UserClass]:
    """Take note of one node; the functions and classes that it names."""
    if isinstance(node, ast.Call):
        if frame.state.dag is not None:
            frame.state.dag.lose_tasks()
        if is_dag(_dotted(node.func, frame)):
            frame.state.unlisted.add(node.lineno)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _named(frame.look_up(node.id), frame, node.lineno)
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
        owner = frame.look_up(node.value.id)
        if isinstance(owner, MadeDag):
            owner.lose(_FACT_OF.get(node.attr, node.attr))
    for changed in _changed(node):
        value = frame.look_up(changed)
        if isinstance(value, Entries | Items):
            value.open = True


def hide_methods(made: UserClass) -> None:
    """An instance of a class of the file was made: any of its methods may be called."""
    _note(_inside_of(made), made.frame)


def _named(value: Any, frame: Frame, line: int) -> Iterator[Function | UserClass]:  # noqa: ANN401 - any value of a file
    match value:
        case MadeDag():
            value.lose_tasks()
        case MadeTask(dag=MadeDag() as dag):
            dag.lose_tasks()
        case Instance(made=made):
            value.open = True
            yield made
        case DagFactory(function=function):
            frame.state.unlisted.add(function.node.lineno)
        case Function() | UserClass():
            if makes_dag(value):
                frame.state.unlisted.add(line)
            yield value


def _inside_of(value: Function | UserClass) -> Iterator[ast.AST]:
    """What a call of the function runs, or any method of the class."""
    body: list[ast.AST] = [value.node.body] if isinstance(value.node, ast.Lambda) else list(value.node.body)
    for one in body:
        method = isinstance(value, UserClass) and isinstance(one, ast.FunctionDef)
        for part in one.body if method else [one]:  # type: ignore[attr-defined]
            yield from _inside(part)


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
