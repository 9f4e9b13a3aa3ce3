"""Tell, for each function that gets a task's context, whether the context alone supplies a key."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal
from codemods.support.callables import METHODS, Callers, Function, Supply, callers, named_lambdas
from codemods.support.context_use import ContextUse, below, context_use
from codemods.support.default_args import default_arg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codemods.engine.file import File
    from codemods.support.context_use import Read
    from codemods.templates.variables import Variable

GONE = frozenset({"tables", "latest_date", "end_date", "END_DATE"})
# airflow-2.10.5 utils/context.py: texts that come as lazy_object_proxy.Proxy in **kwargs, which C code refuses; tried
TEXTS = frozenset(
    {"yesterday_ds", "yesterday_ds_nodash", "tomorrow_ds", "tomorrow_ds_nodash", "next_ds", "next_ds_nodash"}
    | {"prev_ds", "prev_ds_nodash"}
)
_WORDS = re.compile(rf"\b({'|'.join(sorted(GONE | TEXTS))})\b")
LAZY = "Airflow 2 passes {0} as a lazy proxy, which json, re and strptime refuse: take str({0})"
_KEYS = re.compile(r"\{\}\[\"(\w+)\"\]")


class Fate(Enum):
    """Who supplies a key: something of the file's own, the context as far as can be told, or the context alone."""

    OURS = auto()
    OPEN = auto()
    PROVEN = auto()


@dataclass(frozen=True, slots=True)
class Context:
    """A function and the parameter that holds its context (``name``, empty when it has only single parameters).

    ``lazy``: its keys come as ``**kwargs``, in which Airflow 2 wraps what is deprecated. ``strings``: those of the file
    that are just such a key.
    """

    function: Function
    name: str
    use: ContextUse
    by: Callers
    elsewhere: frozenset[str]
    lazy: bool
    strings: tuple[cst.CSTNode, ...] = ()
    changed: bool = False

    def fate(self, known: Variable, read: Read) -> Fate:
        """What may be done about one read of a key."""
        key = known.old
        if self.use.replaced or self._own(key, read.node):
            return Fate.OURS
        if isinstance(read.key, cst.Name):
            return Fate.OPEN  # a constant, which others may read as well
        new = {known.python} if known.python.isidentifier() else set(_KEYS.findall(known.python))
        touched = {*self.use.written, *self.elsewhere}
        alone = self.by.only_tasks and self.by.gives(key, *new) is False
        proven = alone and not self.changed and not self.use.opaque and touched.isdisjoint({key, *new})
        return Fate.PROVEN if proven else Fate.OPEN

    def _own(self, key: str, node: cst.CSTNode) -> bool:
        """Whether the key is given in any case: by every task's ``op_kwargs``, or by a statement before."""
        return self.by.gives(key) is True or (key in self.use.always and self._before(self.use.always[key], node))

    def _before(self, first: cst.CSTNode, then: cst.CSTNode) -> bool:
        """Whether a statement of the function's own block ends before the one that reads begins."""
        body = self.function.body
        statements = body.body if isinstance(body, cst.IndentedBlock) else ()
        places = [i for node in (first, then) for i, s in enumerate(statements) if any(n is node for n in below(s))]
        return len(places) == 2 and places[0] < places[1]

    def mentions(self) -> Iterator[tuple[cst.CSTNode, str]]:
        """Texts that name a key that is gone, where the whole context is used, or looked up by a computed key."""
        seen = {id(read.key) for read in self.use.reads}
        if self.use.replaced:
            return
        yield from ((node, key) for key, node in self.use.kept.items() if self._differs(key))
        if not (self.use.computed or self.use.whole):
            return
        everywhere = self.strings if self.use.computed else ()
        for node in (*below(self.function.body), *everywhere):
            if isinstance(node, cst.SimpleString | cst.FormattedStringText) and id(node) not in seen:
                text = literal(node) if isinstance(node, cst.SimpleString) else node.value
                found = _WORDS.search(text or "")
                if found and found[1] not in self.use.always and self._differs(found[1]):
                    yield node, found[1]

    def _differs(self, key: str) -> bool:
        """Whether a key is not as 1.10 had it, where the context supplies it."""
        return (key in GONE or (self.lazy and key in TEXTS)) and self.by.gives(key) is not True


def contexts(file: File) -> dict[Function, Context]:
    """Every function of the file that gets a task's context, from Airflow or from another function of the file."""
    found: dict[Function, Context] = {}
    elsewhere = frozenset(_supplied(file))
    texts = [node for node in file.bindings.nodes[cst.SimpleString] if isinstance(node, cst.SimpleString)]
    strings = tuple(node for node in texts if literal(node) in GONE | TEXTS)
    for node in (*file.bindings.nodes[cst.FunctionDef], *file.bindings.nodes[cst.Lambda]):
        if isinstance(node, cst.FunctionDef | cst.Lambda):
            by = callers(node, file)
            lazy = by.reached or any(supply.call is not None for supply in by.supplies)
            _add(node, None, by, found, _Whole(file, elsewhere, lazy, strings))
    changed = {owner for one in found.values() if one.use.opaque and (owner := _class_of(one.function, file))}
    for node, one in list(found.items()):
        if _class_of(node, file) in changed:
            found[node] = replace(one, changed=True)
    return found


@dataclass(frozen=True, slots=True)
class _Whole:
    """What holds for a function and for all that it hands its context to."""

    file: File
    elsewhere: frozenset[str]
    lazy: bool
    strings: tuple[cst.CSTNode, ...]


def _add(node: Function, name: str | None, by: Callers, found: dict[Function, Context], of: _Whole) -> None:
    """Take in a function, and those of the file that it hands the context to."""
    file = of.file
    if not (by.supplies or by.reached):
        return
    if node in found:
        old = found[node]
        both = Callers((*old.by.supplies, *by.supplies), others=True, reached=True)
        found[node] = replace(old, by=both, lazy=old.lazy or of.lazy)
        return
    name = parameter(node, by, file) if name is None else name
    use = context_use(node, name, file) if name else ContextUse()
    found[node] = Context(node, name, use, by, of.elsewhere, of.lazy, of.strings)
    passed = [(arg, frozenset[str]()) for arg in use.passed]
    for alias, added in use.aliases.items():
        passed += [(arg, added) for arg in _uses_of_alias(node, alias, file).passed]
    for arg, added in passed:
        call = file.bindings.parents.get(arg)
        for function in _called(call, file) if isinstance(call, cst.Call) else ():
            inner = _receives(function, arg, call) if isinstance(call, cst.Call) else None
            if inner is not None and isinstance(call, cst.Call):
                _add(function, inner, _handed(call, added), found, of)


def _uses_of_alias(node: Function, alias: str, file: File) -> ContextUse:
    return context_use(node, alias, file)


def _handed(call: cst.Call, added: frozenset[str]) -> Callers:
    """The context comes from a function that was itself passed it, with these keys beside."""
    named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    placed = sum(1 for arg in call.args if arg.keyword is None and not arg.star)
    bound = isinstance(call.func, cst.Attribute)
    return Callers((Supply(call, added | named, placed + bound, plain=False),), others=True, reached=True)


def parameter(node: Function, by: Callers, file: File) -> str:
    """The parameter that holds the context; empty when there is none."""
    params = node.params
    if isinstance(node, cst.FunctionDef) and node.name.value in METHODS and _class_of(node, file) is not None:
        names = [param.name.value for param in params.params]
        return names[1] if len(names) > 1 else ""
    if isinstance(params.star_kwarg, cst.Param):
        return params.star_kwarg.name.value
    callback = any(supply.call is None for supply in by.supplies)
    first = params.params[0].name.value if len(params.params) == 1 else ""
    return first if first in {"context", "ctx"} or callback else ""


def lost_parameters(judged: Context) -> Iterator[tuple[cst.Param, str]]:
    """The parameters that 1.10 filled and Airflow 2 does not, and what comes of it."""
    node, by = judged.function, judged.by
    params = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
    for at, param in enumerate(params):
        name = param.name.value
        if name == judged.name or _given(by, name, at):
            continue
        if name in TEXTS and judged.lazy:
            yield param, LAZY.format(name)
        elif name not in GONE:
            continue
        elif param.default is None:
            yield param, f"Airflow 2 passes no {name}, so the call fails{_unless(by)}"
        elif by.others or any(s.provided for s in by.supplies):
            yield param, f"Airflow 2 passes no {name}, so its default stays"


def _given(by: Callers, name: str, at: int) -> bool:
    """Whether every task gives a parameter, by name or by position."""
    tasks = by.supplies
    return bool(tasks) and all(name in (s.keys or ()) or (s.placed or 0) > at for s in tasks)


def _unless(by: Callers) -> str:
    hidden = any(s.keys is None or s.placed is None or not s.plain for s in by.supplies) or not by.supplies
    return " unless something else gives it" if hidden else ""


def _class_of(node: Function, file: File) -> cst.ClassDef | None:
    owner = next((a for a in file.ancestors(node) if isinstance(a, cst.ClassDef | cst.FunctionDef)), None)
    return owner if isinstance(owner, cst.ClassDef) else None


def _called(call: cst.Call, file: File) -> Sequence[Function]:
    """The functions of the file with the name that is called, whatever object it is called on."""
    func = call.func
    if isinstance(func, cst.Lambda):
        return [func]
    name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
    return [*file.functions(name), *file.once(named_lambdas).get(name, ())] if isinstance(name, str) else []


def _receives(function: Function, arg: cst.Arg, call: cst.Call) -> str | None:
    """The parameter that gets the context, empty when its keys come one by one; None when it gets none."""
    params, rest = function.params, function.params.star_kwarg
    if arg.star == "**":
        return rest.name.value if isinstance(rest, cst.Param) else ""
    names = [param.name.value for param in params.params]
    if arg.keyword is not None:
        return arg.keyword.value if arg.keyword.value in names else None
    at = call.args.index(arg) + (names[:1] == ["self"])
    return names[at] if not arg.star and at < len(names) else None


def _supplied(file: File) -> Iterator[str]:
    """The keys that any dictionary of the file is given by its code; ``default_args`` are none of the context."""
    for element in file.bindings.nodes[cst.DictElement]:
        if isinstance(element, cst.DictElement) and not default_arg(element, file):
            yield from filter(None, [literal(element.key)])
    for target in (*file.bindings.nodes[cst.AssignTarget], *file.bindings.nodes[cst.AugAssign]):
        item = target.target if isinstance(target, cst.AssignTarget | cst.AugAssign) else None
        if isinstance(item, cst.Subscript) and isinstance(item.slice[0].slice, cst.Index):
            yield from filter(None, [literal(item.slice[0].slice.value)])
    for call in file.bindings.nodes[cst.Call]:
        if isinstance(call, cst.Call):
            yield from _call_keys(call)


def _call_keys(call: cst.Call) -> Iterator[str]:
    """The keys that ``update``, ``dict``, ``setdefault`` and ``pop`` name."""
    func = call.func
    name = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
    if name in {"update", "dict"}:
        yield from (arg.keyword.value for arg in call.args if arg.keyword is not None)
    if name in {"setdefault", "pop"} and call.args:
        yield from filter(None, [literal(call.args[0].value)])


__all__ = ["GONE", "LAZY", "TEXTS", "Context", "Fate", "contexts", "lost_parameters", "parameter"]
