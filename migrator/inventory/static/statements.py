"""Follow the statements of a module or a function, in order."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from codemods.tables import canonical
from migrator.inventory.static import taskflow
from migrator.inventory.static.arithmetic import combined, extend, update
from migrator.inventory.static.calls import arguments
from migrator.inventory.static.evaluate import countable, evaluate, truth
from migrator.inventory.static.gate import is_key
from migrator.inventory.static.hidden import hide
from migrator.inventory.static.imports import bind, bind_from
from migrator.inventory.static.making import names_of
from migrator.inventory.static.values import (
    UNKNOWN,
    DagFactory,
    Entries,
    Function,
    Globals,
    Imported,
    Instance,
    Items,
    MadeDag,
    MadeTask,
    Opened,
    TaskFactory,
    UserClass,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.static.frame import Frame


class Jump(Enum):
    """How a body ends before its end; LOST: it may have ended somewhere before."""

    BREAK = "break"
    CONTINUE = "continue"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Returned:
    """A function's result."""

    value: Any


Ending = Jump | Returned | None


def run(body: list[ast.stmt], frame: Frame) -> Any:  # noqa: ANN401 - any value of a file
    """Follow a whole body; what it returns, None when it ends without."""
    ending = follow_all(body, frame)
    return ending.value if isinstance(ending, Returned) else None if ending is None else UNKNOWN


def follow_all(body: list[ast.stmt], frame: Frame) -> Ending:
    """Follow statements one by one; what comes after a place where it may have ended is not followed."""
    for index, node in enumerate(body):
        ending = _follow(node, frame)
        if ending is Jump.LOST:
            hide(body[index + 1 :], frame)
        if ending is not None:
            return ending
    return None


def _follow(node: ast.stmt, frame: Frame) -> Ending:
    gate, act = frame.state.gate, _KINDS.get(type(node))
    if act is None or not gate.enter(node, frame.file):
        return _skipped(node, frame)
    try:
        return act(node, frame)
    finally:
        gate.leave()


def _skipped(node: ast.stmt, frame: Frame) -> Ending:
    return Jump.LOST if hide([node], frame) else None


def _nothing(_node: ast.stmt, _frame: Frame) -> Ending:
    return None


def _expression(node: ast.Expr, frame: Frame) -> Ending:
    evaluate(node.value, frame)
    return None


def _assignment(node: ast.Assign, frame: Frame) -> Ending:
    value = evaluate(node.value, frame)
    for target in node.targets:
        assign(target, value, frame)
        if value is UNKNOWN and isinstance(node.value, ast.Call) and frame.above is None and _names_dag(target):
            frame.state.unlisted.add(node.lineno)
    return None


def _names_dag(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.lower().endswith(("dag", "dags"))


def _annotated(node: ast.AnnAssign, frame: Frame) -> Ending:
    if node.value is not None:
        assign(node.target, evaluate(node.value, frame), frame)
    return None


def _augmented(node: ast.AugAssign, frame: Frame) -> Ending:
    value = evaluate(node.value, frame)
    if isinstance(node.target, ast.Name):
        old = frame.look_up(node.target.id)
        if isinstance(old, Items) and isinstance(value, Items) and isinstance(node.op, ast.Add):
            extend(frame.state.gate, old, value)
        else:
            frame.names[node.target.id] = combined(frame.state.gate, old, node.op, value)
    else:
        assign(node.target, UNKNOWN, frame)
    return None


def assign(target: ast.expr, value: Any, frame: Frame) -> None:  # noqa: ANN401
    """Give the target its value."""
    match target:
        case ast.Name(id=name):
            frame.names[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            starred = any(isinstance(one, ast.Starred) for one in targets)
            fits = not starred and isinstance(value, tuple | Items) and len(value) == len(targets) and countable(value)
            for index, one in enumerate(targets):
                assign(one.value if isinstance(one, ast.Starred) else one, value[index] if fits else UNKNOWN, frame)
        case ast.Subscript():
            _put(evaluate(target.value, frame), evaluate(target.slice, frame), value, frame)
        case ast.Attribute(attr=name):
            _set(evaluate(target.value, frame), name, value)


def _put(owner: Any, key: Any, value: Any, frame: Frame) -> None:  # noqa: ANN401
    match owner:
        case Globals(names=names):
            if value is UNKNOWN:
                frame.state.unlisted.add(frame.state.gate.last[1])
            names[key if isinstance(key, str) else f"globals {len(names)}"] = value
        case Entries() if is_key(key):
            update(frame.state.gate, owner, {key: value})
        case Entries() | Items():
            owner.open = True


def _set(owner: Any, name: str, value: Any) -> None:  # noqa: ANN401
    match owner:
        case MadeTask() if name == "dag" and isinstance(value, MadeDag):
            owner.join(value)
        case MadeTask():
            owner.arguments[name] = value
        case MadeDag():
            owner.arguments[name] = value
        case Instance():
            owner.attributes[name] = value


def _if(node: ast.If, frame: Frame) -> Ending:
    match truth(evaluate(node.test, frame)):
        case True:
            return follow_all(node.body, frame)
        case False:
            return follow_all(node.orelse, frame)
        case _ if _is_type_checking(node.test):
            return None
        case _:
            return Jump.LOST if hide([*node.body, *node.orelse], frame) else None


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _for(node: ast.For, frame: Frame) -> Ending:
    values = evaluate(node.iter, frame)
    if not countable(values) or node.orelse:
        hide([node.target, *node.body, *node.orelse], frame)
        return _lost(node, frame)
    for value in list(values):
        assign(node.target, value, frame)
        ending = follow_all(node.body, frame)
        if ending is Jump.BREAK:
            break
        if ending is Jump.LOST:
            hide(node.body, frame)
            return _lost(node, frame)
        if isinstance(ending, Returned):
            return ending
    return None


def _lost(node: ast.For, frame: Frame) -> Ending:
    """How a loop ends that is not followed: it may have returned."""
    for inner in ast.walk(node):
        frame.state.gate.visit(1)
        if isinstance(inner, ast.Return):
            return Jump.LOST
    return None


def _with(node: ast.With, frame: Frame) -> Ending:
    entered = 0
    groups = False
    for item in node.items:
        value = evaluate(item.context_expr, frame)
        if item.optional_vars is not None:
            assign(item.optional_vars, value if isinstance(value, MadeDag | Opened) else UNKNOWN, frame)
        if isinstance(value, MadeDag):
            frame.state.contexts.append(value)
            entered += 1
        groups = groups or (isinstance(item.context_expr, ast.Call) and _is_group(item.context_expr, frame))
    try:
        if groups:  # it puts its own id before those of its tasks
            return Jump.LOST if hide(node.body, frame) else None
        return follow_all(node.body, frame)
    finally:
        for _ in range(entered):
            frame.state.contexts.pop()


def _is_group(call: ast.Call, frame: Frame) -> bool:
    callee = evaluate(call.func, frame)
    return isinstance(callee, Imported) and callee.name.endswith(".TaskGroup")


def _try(node: ast.Try, frame: Frame) -> Ending:
    """As if nothing is raised; what a handler binds otherwise is not known, unless it is the same under a new name."""
    ending = follow_all([*node.body, *node.orelse], frame)
    frame.state.gate.spend(len(frame.names))
    kept = dict(frame.names)
    other = frame.within({})
    for handler in node.handlers:
        imports = [one for one in handler.body if isinstance(one, ast.Import | ast.ImportFrom)]
        follow_all(list(imports), other)
        hide([one for one in handler.body if one not in imports and not isinstance(one, ast.Raise)], frame)
    for name, value in other.names.items():
        frame.names[name] = kept[name] if _same(kept.get(name), value) else UNKNOWN
    return ending or follow_all(node.finalbody, frame)


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401
    return isinstance(one, Imported) and isinstance(other, Imported) and canonical(one.name) == canonical(other.name)


def _function(node: ast.FunctionDef, frame: Frame) -> Ending:
    frame.names[node.name] = _decorated(node, frame) if node.decorator_list else Function(node, frame)
    return None


def _decorated(node: ast.FunctionDef, frame: Frame) -> Any:  # noqa: ANN401
    """``@dag`` makes a factory; what others make of a function is not known."""
    mark = node.decorator_list[0]
    callee = evaluate(mark.func if isinstance(mark, ast.Call) else mark, frame)
    if len(node.decorator_list) > 1 or not isinstance(callee, Imported):
        return UNKNOWN
    positional, named, opened = arguments(mark, frame, evaluate) if isinstance(mark, ast.Call) else ([], {}, False)
    if operator := taskflow.operator_of(callee.name):
        return UNKNOWN if opened or positional else TaskFactory(node.name, operator, named)
    if canonical(callee.name) != "airflow.models.dag.dag":
        return UNKNOWN
    return DagFactory(tuple(positional), named, opened, Function(node, frame))


def _class(node: ast.ClassDef, frame: Frame) -> Ending:
    bases = tuple(evaluate(base, frame) for base in node.bases)
    inits = any(isinstance(one, ast.FunctionDef) and one.name == "__init__" for one in node.body)
    module = frame.name.removesuffix(".__init__")
    inherited = any(isinstance(base, UserClass) and base.own_init for base in bases)
    name = f"{module}.{node.name}"
    names = tuple(dict.fromkeys([name, *(one for base in bases for one in names_of(base))]))
    made = UserClass(name, names, inits or inherited, node, frame, bases)
    frame.names[node.name] = made if frame.state.gate.fits(items=len(names)) else UNKNOWN
    frame.state.gate.make(8 * len(names))
    return None


def _return(node: ast.Return, frame: Frame) -> Ending:
    return Returned(evaluate(node.value, frame) if node.value is not None else None)


def _global(node: ast.Global, frame: Frame) -> Ending:
    frame.root.names.update(dict.fromkeys(node.names, UNKNOWN))
    return None


def _imported(node: ast.Import, frame: Frame) -> Ending:
    bind(node, frame)
    return None


def _imported_from(node: ast.ImportFrom, frame: Frame) -> Ending:
    bind_from(node, frame)
    return None


_KINDS: dict[type, Callable[[Any, Frame], Ending]] = {
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.With: _with,
    ast.Try: _try,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Global: _global,
    ast.Import: _imported,
    ast.ImportFrom: _imported_from,
    ast.Break: lambda _node, _frame: Jump.BREAK,
    ast.Continue: lambda _node, _frame: Jump.CONTINUE,
    ast.Raise: lambda _node, _frame: Jump.LOST,
    ast.Pass: _nothing,
    ast.Assert: _nothing,
    ast.Nonlocal: _nothing,
}
