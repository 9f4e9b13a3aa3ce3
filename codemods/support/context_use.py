"""What a function does with the context that it is passed: what it reads, writes and hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import children, dotted_text, is_name, literal
from codemods.support.dictionaries import assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Use
    from codemods.support.callables import Function

_LOOKS = frozenset({"print", "str", "repr", "len", "sorted", "list", "dict", "bool", "set", "tuple", "isinstance"})
_WRITES = frozenset({"pop", "setdefault", "update", "popitem", "clear"})
_COPIES = frozenset({"keys", "items", "values", "copy"})
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "dumps", "pprint", "deepcopy", "copy"})


@dataclass(frozen=True, slots=True)
class Read:
    """One look at a key: ``context["key"]``, ``context.get("key")``, or ``"key" in context``; ``text`` is the key."""

    node: cst.CSTNode
    key: cst.BaseExpression
    text: str


@dataclass(slots=True)
class ContextUse:
    """Every use of the context in one function.

    ``written``: keys that it sets or takes out, ``always``: those that it sets whatever happens, each with the node.
    ``kept``: those that ``pop`` and ``setdefault`` name.
    ``opaque``: it may be changed in a way that is not visible. ``passed``: the calls that get it, ``whole``: the places
    where all of it is used at once. ``aliases``: names bound to a copy, each with the keys that were added.
    ``replaced``: the parameter is given another value at the beginning, that has nothing to do with the context.
    """

    reads: list[Read] = field(default_factory=list)
    written: dict[str, cst.CSTNode] = field(default_factory=dict)
    always: dict[str, cst.CSTNode] = field(default_factory=dict)
    kept: dict[str, cst.CSTNode] = field(default_factory=dict)
    opaque: bool = False
    passed: list[cst.Arg] = field(default_factory=list)
    whole: list[cst.CSTNode] = field(default_factory=list)
    computed: list[cst.CSTNode] = field(default_factory=list)
    aliases: dict[str, frozenset[str]] = field(default_factory=dict)
    replaced: bool = False


def context_use(function: Function, name: str, file: File) -> ContextUse:
    """What a function does with its parameter ``name``; ``opaque`` when it is bound again."""
    inner = file.bindings.inner(function)
    found = ContextUse(opaque=_bound_again(function, name), replaced=_replaced(function, name))
    for use in file.bindings.uses_of(name, inner):
        _use(use, function, found, file)
    for node in found.whole:
        alias = _alias(node, name, file)
        found.aliases |= {alias: _added(node, file)} if alias else {}
    return found


def _alias(node: cst.CSTNode, name: str, file: File) -> str:
    """The name that is bound to something made of the context; empty when it is none."""
    for parent in file.ancestors(node):
        if isinstance(parent, cst.Assign):
            targets = [t.target.value for t in parent.targets if isinstance(t.target, cst.Name)]
            return targets[0] if targets and targets[0] != name else ""
        if isinstance(parent, cst.BaseStatement | cst.BaseSmallStatement):
            return ""
    return ""


def _added(node: cst.CSTNode, file: File) -> frozenset[str]:
    """The keys that are written beside the context, as in ``dict(context, key=...)`` and ``{**context, key: ...}``."""
    parent = file.bindings.parents.get(node)
    around = parent if isinstance(node, cst.Arg) else file.bindings.parents.get(parent) if parent else None
    keys: list[str | None] = []
    if isinstance(parent, cst.Call):
        keys += [arg.keyword.value for arg in parent.args if arg.keyword is not None]
    if isinstance(around, cst.Dict):
        keys += [literal(e.key) for e in around.elements if isinstance(e, cst.DictElement)]
    return frozenset(key for key in keys if key)


def _bound_again(function: Function, name: str) -> bool:
    for node in below(function.body):
        target = node.name if isinstance(node, cst.AsName) else getattr(node, "target", None)
        if isinstance(target, cst.Name) and target.value == name and not isinstance(node, cst.Arg):
            return True
        if isinstance(target, cst.Tuple | cst.List) and any(is_name(e.value, name) for e in target.elements):
            return True
    return False


def _replaced(function: Function, name: str) -> bool:
    """Whether the first statement that has the name gives it a value of another kind."""
    body = function.body
    for statement in body.body if isinstance(body, cst.IndentedBlock) else ():
        nodes = list(below(statement))
        named = [node for node in nodes if isinstance(node, cst.Name) and node.value == name]
        if named:
            assign = next((node for node in nodes if isinstance(node, cst.Assign)), None)
            targets = [t.target for t in assign.targets] if assign is not None else []
            return len(named) == 1 and any(named[0] is target for target in targets)
    return False


def below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and everything in it, in source order."""
    waiting = [node]
    while waiting:
        yield (one := waiting.pop())
        waiting.extend(reversed([*children(one)]))


def _use(use: Use, function: Function, found: ContextUse, file: File) -> None:
    node = use.nodes[0]
    parent = file.bindings.parents.get(node)
    if len(use.parts) > 1:
        _method(use, function, found, file)
    elif isinstance(parent, cst.Subscript) and parent.value is node:
        _item(parent, function, found, file)
    elif isinstance(parent, cst.ComparisonTarget) and isinstance(parent.operator, cst.In | cst.NotIn):
        comparison = file.bindings.parents[parent]
        if isinstance(comparison, cst.Comparison) and len(comparison.comparisons) == 1:
            _read(comparison, comparison.left, found, file)
    elif isinstance(parent, cst.Arg):
        _passed(parent, found, file)
    else:
        _elsewhere(node, parent, found)


def _read(node: cst.CSTNode, key: cst.BaseExpression, found: ContextUse, file: File) -> None:
    value = assigned(key.value, file) if isinstance(key, cst.Name) else key
    text = literal(value)
    if text is None:
        found.computed.append(node)
    else:
        found.reads.append(Read(node, key, text))


def _elsewhere(node: cst.BaseExpression, parent: cst.CSTNode | None, found: ContextUse) -> None:
    found.whole.append(node)
    tests = (cst.If, cst.While, cst.IfExp, cst.BooleanOperation, cst.UnaryOperation, cst.StarredDictElement, cst.Return)
    prints = (cst.FormattedStringExpression, cst.For, cst.CompFor, cst.BinaryOperation)
    found.opaque |= not isinstance(parent, (*tests, *prints))


def _method(use: Use, function: Function, found: ContextUse, file: File) -> None:
    attribute = use.nodes[1]
    call = file.bindings.parents.get(attribute)
    name = use.parts[1]
    if not isinstance(call, cst.Call) or call.func is not attribute or len(use.parts) > 2:
        found.opaque = True
        return
    first = call.args[0] if call.args else None
    if name == "get" and first is not None:
        _read(call, first.value, found, file)
    elif name in _WRITES:
        _written(call, name, function, found, file)
    elif name in _COPIES:
        found.whole.append(call)
    else:
        found.opaque = True


def _written(call: cst.Call, name: str, function: Function, found: ContextUse, file: File) -> None:
    keys = _update_keys(call) if name == "update" else _first_key(call)
    if keys is None:
        found.opaque = True
        return
    for key in keys:
        found.written[key] = call
        if name != "pop" and _certain(call, function, file):
            found.always[key] = call
        if name != "update":
            found.kept[key] = call


def _first_key(call: cst.Call) -> list[str] | None:
    key = literal(call.args[0].value) if call.args else None
    return None if key is None else [key]


def _update_keys(call: cst.Call) -> list[str] | None:
    """The keys in ``update({...}, key=...)``."""
    keys: list[str] = []
    for arg in call.args:
        if arg.keyword is not None:
            keys.append(arg.keyword.value)
        elif not arg.star and isinstance(arg.value, cst.Dict):
            found = [literal(e.key) if isinstance(e, cst.DictElement) else None for e in arg.value.elements]
            if None in found:
                return None
            keys += [key for key in found if key is not None]
        else:
            return None
    return keys


def _item(node: cst.Subscript, function: Function, found: ContextUse, file: File) -> None:
    index = node.slice[0].slice if len(node.slice) == 1 else None
    key = index.value if isinstance(index, cst.Index) else None
    name = literal(key)
    parent = file.bindings.parents.get(node)
    stores = isinstance(parent, cst.AssignTarget | cst.AugAssign | cst.AnnAssign) and parent.target is node
    if stores or isinstance(parent, cst.Del) or _in_target(node, file):
        if name is None:
            found.opaque = True
        else:
            found.written[name] = node
            if isinstance(parent, cst.AssignTarget) and _certain(node, function, file):
                found.always[name] = node
    elif key is not None:
        _read(node, key, found, file)


def _in_target(node: cst.CSTNode, file: File) -> bool:
    """Whether it is bound in a tuple, as in ``a, context["b"] = ...``, or by a loop or a ``with``."""
    child: cst.CSTNode = node
    for parent in file.ancestors(node):
        if isinstance(parent, cst.AssignTarget | cst.For | cst.CompFor):
            return parent.target is child
        if isinstance(parent, cst.AsName):
            return True
        if not isinstance(parent, cst.Element | cst.Tuple | cst.List):
            return False
        child = parent
    return False


def _certain(node: cst.CSTNode, function: Function, file: File) -> bool:
    """Whether a statement of a function is always carried out: nothing but the function is around it."""
    for parent in file.ancestors(node):
        if parent is function:
            return True
        if isinstance(parent, cst.BaseCompoundStatement | cst.IfExp | cst.BooleanOperation | cst.Lambda | cst.BaseComp):
            return False
    return False


def _passed(arg: cst.Arg, found: ContextUse, file: File) -> None:
    call = file.bindings.parents.get(arg)
    found.passed.append(arg)
    found.whole.append(arg)
    if arg.star or not isinstance(call, cst.Call):
        return  # a copy is passed
    name = dotted_text(call.func)
    last = call.func.attr.value if isinstance(call.func, cst.Attribute) else name
    looks = name in _LOOKS or ("." in name and last in _LOGS) or last in {"xcom_push", "xcom_pull"}
    found.opaque |= not looks
