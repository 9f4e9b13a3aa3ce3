"""What an expression of a DAG file stands for; UNKNOWN where only run time can tell."""

from __future__ import annotations

import ast
import builtins
import operator
from typing import TYPE_CHECKING, Any

from migrator.inventory.static import files, instances, library, text
from migrator.inventory.static.arithmetic import combined, extend, update
from migrator.inventory.static.calls import call, call_bound
from migrator.inventory.static.gate import MOST_ITEMS, is_key
from migrator.inventory.static.hidden import hide
from migrator.inventory.static.making import follow
from migrator.inventory.static.values import (
    UNKNOWN,
    Bound,
    Entries,
    Followed,
    Function,
    Imported,
    Instance,
    Items,
    MadeDag,
    MadeTask,
    Method,
    Place,
    Super,
    UserClass,
    is_known,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.static.frame import Frame

_PLAIN = (str, int, float, type(None), MadeTask, MadeDag)
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_IN: dict[type[ast.cmpop], bool] = {ast.In: True, ast.NotIn: False}
_EQUAL: dict[type[ast.cmpop], bool] = {ast.Eq: True, ast.NotEq: False, ast.Is: True, ast.IsNot: False}
_BUILTINS = frozenset(dir(builtins))


def evaluate(node: ast.expr | None, frame: Frame) -> Any:  # noqa: ANN401 - any value of a file
    """The value; what the expression does on its way (tasks, edges) is done."""
    gate = frame.state.gate
    act = _KINDS.get(type(node))
    if node is None or act is None or not gate.enter(node, frame.file):
        hide([node] if node is not None else [], frame)
        return UNKNOWN
    try:
        return gate.passed(act(node, frame))
    finally:
        gate.leave()


def _constant(node: ast.Constant, _: Frame) -> Any:  # noqa: ANN401
    return node.value


def _name(node: ast.Name, frame: Frame) -> Any:  # noqa: ANN401
    value = frame.look_up(node.id)
    if value is UNKNOWN and node.id in _BUILTINS and not _given(node.id, frame):
        return Imported(f"builtins.{node.id}")
    return value


def _given(name: str, frame: Frame | None) -> bool:
    while frame is not None:
        if name in frame.names:
            return True
        frame = frame.above
    return False


def _attribute(node: ast.Attribute, frame: Frame) -> Any:  # noqa: ANN401, PLR0911
    owner = evaluate(node.value, frame)
    match owner:
        case Followed(names=names):
            return names.get(node.attr, UNKNOWN)
        case Imported(name=name):
            dotted = f"{name}.{node.attr}"
            return files.constant(dotted) or library.CONSTANTS.get(dotted, Imported(dotted))
        case Place() if (found := files.attribute(owner, node.attr)) is not NotImplemented:
            return found
        case MadeTask() if node.attr == "output":
            return owner
        case MadeTask() | MadeDag() if node.attr in {"task_id", "dag_id", "default_args", "params", "dag"}:
            value = getattr(owner, node.attr, None)
            return value if isinstance(value, str) else UNKNOWN
        case Instance() | Super() | UserClass() | MadeDag(cls=UserClass()):
            return _own(owner, node.attr)
        case _ if owner is UNKNOWN or isinstance(owner, Function | Bound):
            return UNKNOWN
        case _:
            return Method(owner, node.attr)


def _own(owner: Instance | Super | UserClass | MadeDag, name: str) -> Any:  # noqa: ANN401
    """An attribute of what a class of the tree makes, or of the class."""
    if isinstance(owner, MadeDag) and name in owner.arguments:
        return owner.arguments[name]
    found = instances.attribute(owner, name, evaluate, lambda one: call_bound(one, [], {}, evaluate))
    return Method(owner, name) if found is UNKNOWN and isinstance(owner, MadeDag) else found


def _dictionary(node: ast.Dict, frame: Frame) -> Entries:
    made, gate = Entries(), frame.state.gate
    for key, value in zip(node.keys, node.values, strict=True):
        found = evaluate(value, frame)
        name = evaluate(key, frame) if key is not None else None
        if key is None and isinstance(found, Entries):
            update(gate, made, found)
        elif key is not None and is_key(name):
            update(gate, made, {name: found})
        else:
            made.open = True
    return made


def _list(node: ast.List | ast.Set, frame: Frame) -> Items:
    made, gate = Items(), frame.state.gate
    for element in node.elts:
        found = evaluate(element.value if isinstance(element, ast.Starred) else element, frame)
        if not isinstance(element, ast.Starred):
            extend(gate, made, (found,))
        elif isinstance(found, Items | tuple):
            extend(gate, made, found)
        else:
            made.open = True
    return made


def _tuple(node: ast.Tuple, frame: Frame) -> Any:  # noqa: ANN401
    if any(isinstance(element, ast.Starred) for element in node.elts):
        return UNKNOWN
    return frame.state.gate.attempt(tuple, [evaluate(element, frame) for element in node.elts])


def _operation(node: ast.BinOp, frame: Frame) -> Any:  # noqa: ANN401
    """A chain of operators, such as ``a >> b >> c``, is no deeper for its length."""
    chain, first = [node], node.left
    while isinstance(first, ast.BinOp):
        chain.append(first)
        first = first.left
    value = evaluate(first, frame)
    for part in reversed(chain):
        value = _joined(value, part.op, evaluate(part.right, frame), frame)
    return value


def _joined(left: Any, kind: ast.operator, right: Any, frame: Frame) -> Any:  # noqa: ANN401
    if isinstance(kind, ast.RShift | ast.LShift):
        follow(frame.state, *((left, right) if isinstance(kind, ast.RShift) else (right, left)))
        return right
    if isinstance(left, Place) and isinstance(right, str):
        return files.joined(left, [right]) if isinstance(kind, ast.Div) else _longer(left, kind, right)
    return combined(frame.state.gate, left, kind, right)


def _longer(left: Place, kind: ast.operator, right: str) -> Any:  # noqa: ANN401
    return files.appended(left, right) if isinstance(kind, ast.Add) else UNKNOWN


def _unary(node: ast.UnaryOp, frame: Frame) -> Any:  # noqa: ANN401
    value = evaluate(node.operand, frame)
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return frame.state.gate.attempt(operator.neg, value)
    return not value if isinstance(node.op, ast.Not) and isinstance(value, str | int | type(None)) else UNKNOWN


def _text(node: ast.JoinedStr, frame: Frame) -> Any:  # noqa: ANN401
    parts: list[str] = []
    begin = None
    for index, part in enumerate(node.values):
        plain = not isinstance(part, ast.FormattedValue)
        value = evaluate(part if plain else part.value, frame)  # type: ignore[attr-defined]
        simple = plain or (part.format_spec is None and part.conversion in {-1, 115})  # type: ignore[attr-defined]
        if simple and index == 0 and isinstance(value, Place):
            begin = value
        elif simple and isinstance(value, str | int):
            parts.append(str(value))
        else:
            return UNKNOWN
    whole = text.joined(frame.state.gate, parts)
    return files.appended(begin, whole) if begin is not None and isinstance(whole, str) else whole


def _item(node: ast.Subscript, frame: Frame) -> Any:  # noqa: ANN401
    owner, key = evaluate(node.value, frame), evaluate(node.slice, frame)
    if isinstance(owner, MadeTask):  # a part of its result
        return owner
    if not is_known(owner) or not isinstance(owner, Entries | Items | tuple | str) or not is_key(key):
        return UNKNOWN
    try:
        return owner[key]
    except (LookupError, TypeError):
        return UNKNOWN


def _choice(node: ast.IfExp, frame: Frame) -> Any:  # noqa: ANN401
    match truth(evaluate(node.test, frame)):
        case True:
            return evaluate(node.body, frame)
        case False:
            return evaluate(node.orelse, frame)
        case _:
            return UNKNOWN


def truth(value: Any) -> bool | None:  # noqa: ANN401
    """Whether a value counts as true; None when it is not known."""
    if not is_known(value) or not isinstance(value, (*_PLAIN, Entries, Items, tuple)):
        return None
    return bool(value)


def _comparison(node: ast.Compare, frame: Frame) -> Any:  # noqa: ANN401
    left, right = evaluate(node.left, frame), evaluate(node.comparators[0], frame)
    kind = type(node.ops[0])
    if len(node.ops) > 1 or not is_known(left) or not is_known(right) or not isinstance(left, _PLAIN):
        return UNKNOWN
    if kind in _IN and isinstance(right, Entries | Items | tuple):
        frame.state.gate.spend(len(right))
        return UNKNOWN if any(one is UNKNOWN for one in right) else (left in right) is _IN[kind]
    if kind in _EQUAL and isinstance(right, _PLAIN):
        return (left == right) is _EQUAL[kind]
    if kind in _ORDER and isinstance(left, int | float) and isinstance(right, int | float):
        return _ORDER[kind](left, right)
    return UNKNOWN


def _comprehension(node: ast.ListComp | ast.GeneratorExp, frame: Frame) -> Any:  # noqa: ANN401
    """One loop over known values, with conditions that are decided."""
    loop = node.generators[0]
    values = evaluate(loop.iter, frame)
    if len(node.generators) > 1 or not isinstance(loop.target, ast.Name) or not countable(values):
        hide([node], frame)
        return UNKNOWN
    inner, made = frame.within({}), Items()
    for value in list(values):
        inner.names[loop.target.id] = value
        chosen = [truth(evaluate(test, inner)) for test in loop.ifs]
        if None in chosen:
            hide([node], frame)
            return UNKNOWN
        if not all(chosen):
            continue
        extend(frame.state.gate, made, (evaluate(node.elt, inner),))
    return made


def countable(values: Any) -> bool:  # noqa: ANN401
    """Whether it is known what a loop over the value goes through."""
    sequence = isinstance(values, Items | tuple | Entries) and not getattr(values, "open", False)
    return sequence and len(values) <= MOST_ITEMS


def _both(node: ast.BoolOp, frame: Frame) -> Any:  # noqa: ANN401
    """``and`` and ``or``, as far as they are decided."""
    stops = isinstance(node.op, ast.Or)
    value: Any = UNKNOWN
    for index, part in enumerate(node.values):
        value = evaluate(part, frame)
        decided = truth(value)
        if decided is None:
            hide(node.values[index + 1 :], frame)
            return UNKNOWN
        if decided is stops:
            return value
    return value


def _lambda(node: ast.Lambda, frame: Frame) -> Function:
    return Function(node, frame)


def _call(node: ast.Call, frame: Frame) -> Any:  # noqa: ANN401
    return call(node, frame, evaluate)


_KINDS: dict[type, Callable[[Any, Frame], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Dict: _dictionary,
    ast.List: _list,
    ast.Set: _list,
    ast.Tuple: _tuple,
    ast.BinOp: _operation,
    ast.UnaryOp: _unary,
    ast.BoolOp: _both,
    ast.JoinedStr: _text,
    ast.Subscript: _item,
    ast.IfExp: _choice,
    ast.Compare: _comparison,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Lambda: _lambda,
    ast.Call: _call,
}
