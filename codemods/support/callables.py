"""Who calls a function of the file: tasks and callbacks of Airflow, with what, and who else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.nodes import is_name, literal
from codemods.support.default_args import default_keys
from codemods.support.dictionaries import entries, followed
from codemods.support.operators import is_operator, makes_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codemods.engine.file import File
    from codemods.engine.scopes import Use

Function = cst.FunctionDef | cst.Lambda

CALLBACKS = frozenset({"on_failure_callback", "on_success_callback", "on_retry_callback", "on_execute_callback"})
METHODS = frozenset({"execute", "pre_execute", "post_execute", "poke"})
_PYTHON = frozenset(
    {f"airflow.operators.python.{name}" for name in ("PythonOperator", "BranchPythonOperator", "ShortCircuitOperator")}
    | {"airflow.sensors.python.PythonSensor"}
)
_HARMLESS = frozenset({"__name__", "__doc__", "__module__", "__qualname__"})


@dataclass(frozen=True, slots=True)
class Supply:
    """One place that hands a function to Airflow, to be called with the context.

    ``keys``: what ``op_kwargs`` add, ``placed``: how many ``op_args``; None where the file does not tell. ``call``: the
    task, None for a callback or a method. ``plain``: a class that passes nothing else.
    """

    call: cst.Call | None = None
    keys: frozenset[str] | None = frozenset()
    placed: int | None = 0
    plain: bool = True

    @property
    def provided(self) -> bool:
        """Whether it is a task that asks for the context in the words of 1.10."""
        given = argument(self.call, "provide_context") if self.call is not None else None
        return given is not None and is_name(given.value, "True")


@dataclass(frozen=True, slots=True)
class Callers:
    """Everybody who calls a function. ``others``: code besides Airflow may call it, with values of its own.

    ``reached``: it is passed on as a value, so that a task may call it in a way that is not visible.
    """

    supplies: tuple[Supply, ...] = ()
    others: bool = False
    reached: bool = False

    def gives(self, *keys: str) -> bool | None:
        """Whether every task, or none, adds one of these keys to the context; None when it is unknown or mixed."""
        found = {None if s.keys is None else not s.keys.isdisjoint(keys) for s in self.supplies}
        return found.pop() if len(found) == 1 else None

    @property
    def only_tasks(self) -> bool:
        """Whether nobody but Airflow calls the function, in ways that are all visible."""
        return bool(self.supplies) and not self.others and all(supply.plain for supply in self.supplies)


def callers(node: Function, file: File) -> Callers:
    """Who calls a function, a method or a lambda of the file."""
    if isinstance(node, cst.Lambda):
        supply = as_supply(node, file)
        name = _bound_to(node, file)
        return Callers((supply,)) if supply is not None else _of_name(name, [node], file) if name else Callers()
    owner = next((a for a in file.ancestors(node) if isinstance(a, cst.ClassDef | cst.FunctionDef)), None)
    if isinstance(owner, cst.ClassDef):
        return _of_method(node, owner, file)
    same = [one for one in file.functions(node.name.value) if file.bindings.scopes[one] is file.bindings.scopes[node]]
    found = _of_name(node.name.value, same, file)
    return replace(found, others=True) if node.decorators else found


def _bound_to(node: cst.Lambda, file: File) -> str:
    """The name that a lambda is assigned to; empty when there is none."""
    assign = file.bindings.parents.get(node)
    targets = [t.target for t in assign.targets] if isinstance(assign, cst.Assign) else []
    return targets[0].value if len(targets) == 1 and isinstance(targets[0], cst.Name) else ""


def _of_method(node: cst.FunctionDef, owner: cst.ClassDef, file: File) -> Callers:
    """Airflow calls the methods of an operator; others only those that are passed on by their name."""
    name = node.name.value
    if name in METHODS and any(is_operator(file.name(base.value), file) for base in owner.bases):
        return Callers((Supply(),), others=bool(node.decorators) or name in file.once(_called_methods))
    return Callers(others=True, reached=name in file.once(_passed_methods))


def named_lambdas(file: File) -> dict[str, list[cst.Lambda]]:
    """The lambdas that are assigned to a name."""
    found: dict[str, list[cst.Lambda]] = {}
    for node in file.bindings.nodes[cst.Lambda]:
        if isinstance(node, cst.Lambda) and (name := _bound_to(node, file)):
            found.setdefault(name, []).append(node)
    return found


def _of_name(name: str, same: Sequence[Function], file: File) -> Callers:
    """Who calls what has a name; ``same``: the functions that have it in one scope."""
    scope = file.bindings.scopes[same[0]]
    supplies: list[Supply] = []
    bound = file.once(_assigned)[name]
    others = len(same) > 1 or bound > isinstance(same[0], cst.Lambda) or name in scope.imports or file.exports(name)
    reached = False
    for use in file.bindings.uses_of(name, scope):
        supply = as_supply(use.nodes[0], file) if len(use.parts) == 1 else None
        if supply is not None:
            supplies.append(supply)
        elif not (len(use.parts) > 1 and use.parts[1] in _HARMLESS):
            others = True
            reached |= not _is_called(use, file)
    return Callers(tuple(supplies), others, reached)


def _assigned(file: File) -> Counter[str]:
    """How often each name is assigned in the file, whatever the scope."""
    targets = [node.target for node in file.bindings.nodes[cst.AssignTarget] if isinstance(node, cst.AssignTarget)]
    return Counter(target.value for target in targets if isinstance(target, cst.Name))


def _is_called(use: Use, file: File) -> bool:
    parent = file.bindings.parents.get(use.nodes[0])
    return isinstance(parent, cst.Call) and parent.func is use.nodes[0]


def as_supply(value: cst.BaseExpression, file: File) -> Supply | None:
    """What Airflow calls a value with; None when it is not passed to a task or as a callback."""
    parent = file.bindings.parents.get(value)
    if isinstance(parent, cst.DictElement) and parent.value is value and literal(parent.key) in CALLBACKS:
        return Supply()
    if not isinstance(parent, cst.Arg) or parent.keyword is None:
        return None
    call = file.bindings.parents.get(parent)
    if not isinstance(call, cst.Call):
        return None
    if parent.keyword.value in CALLBACKS:
        return Supply()
    if parent.keyword.value != "python_callable" or not makes_task(call, file):
        return None
    return _of_task(call, file)


def _of_task(call: cst.Call, file: File) -> Supply:
    plain = file.called(call) in _PYTHON
    hidden = has_stars(call) or bool(file.once(default_keys) & {"op_kwargs", "op_args"})
    keys = _keys(argument(call, "op_kwargs"), file)
    return Supply(call, None if hidden else keys, None if hidden else _length(argument(call, "op_args")), plain)


def _keys(arg: cst.Arg | None, file: File) -> frozenset[str] | None:
    """The keys of ``op_kwargs``; None when they can't be seen."""
    if arg is None or is_name(arg.value, "None"):
        return frozenset()
    if isinstance(arg.value, cst.Call) and is_name(arg.value.func, "dict"):
        named = [a.keyword.value for a in arg.value.args if a.keyword is not None]
        return frozenset(named) if len(named) == len(arg.value.args) else None
    written = followed(arg.value, file)
    found = entries(written.value) if written is not None else None
    if written is None or found is None:
        return None
    read = [file.bindings.parents.get(node) for node in written.read]
    return frozenset(found) if all(isinstance(p, cst.Arg) and is_name(p.keyword, "op_kwargs") for p in read) else None


def _length(arg: cst.Arg | None) -> int | None:
    if arg is None or is_name(arg.value, "None"):
        return 0
    if isinstance(arg.value, cst.List | cst.Tuple):
        plain = all(isinstance(element, cst.Element) for element in arg.value.elements)
        return len(arg.value.elements) if plain else None
    return None


def _called_methods(file: File) -> frozenset[str]:
    """The methods of operators that the file calls itself, other than on ``super()``."""
    calls = [call for call in file.bindings.nodes[cst.Call] if isinstance(call, cst.Call)]
    return frozenset(_own_calls(calls))


def _own_calls(calls: Iterable[cst.Call]) -> Iterator[str]:
    for call in calls:
        func = call.func
        if isinstance(func, cst.Attribute) and func.attr.value in METHODS:
            above = func.value.func if isinstance(func.value, cst.Call) else None
            if not is_name(above, "super"):
                yield func.attr.value


def _passed_methods(file: File) -> frozenset[str]:
    """The last names of what is passed as ``python_callable`` or as a callback by a dotted name."""
    args = [arg for arg in file.bindings.nodes[cst.Arg] if isinstance(arg, cst.Arg)]
    taking = [arg for arg in args if arg.keyword is not None and arg.keyword.value in {"python_callable", *CALLBACKS}]
    return frozenset(arg.value.attr.value for arg in taking if isinstance(arg.value, cst.Attribute))
