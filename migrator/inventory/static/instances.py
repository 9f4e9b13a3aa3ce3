"""Instances of classes of the tree: their attributes and methods, looked up as Python does where no class is hidden."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.making import fill, is_dag
from migrator.inventory.static.values import (
    UNKNOWN,
    Bound,
    DagInit,
    Function,
    Imported,
    Instance,
    MadeDag,
    Super,
    UserClass,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"})
_OWN_WAYS = frozenset({"__new__", "__getattr__", "__getattribute__", "__setattr__", "__call__"})


def is_followed(made: UserClass) -> bool:
    """Whether all that makes its instances what they are is known: no decorator, metaclass or hidden ancestor."""
    return all(isinstance(one, UserClass) and _is_plain(one) for one in _line(made) if not _is_base(one))


def _is_plain(made: UserClass) -> bool:
    own = {one.name for one in made.node.body if isinstance(one, ast.FunctionDef)}
    return not (made.node.decorator_list or made.node.keywords or own & _OWN_WAYS)


def _is_base(one: Any) -> bool:  # noqa: ANN401 - any value of a file
    return isinstance(one, Imported) and (one.name in _PLAIN_BASES or is_dag(one.name))


def _line(made: UserClass) -> Iterator[Any]:
    """The class and its ancestors, nearest first; of a diamond the order is only near Python's."""
    yield made
    for base in made.bases:
        yield from _line(base) if isinstance(base, UserClass) else (base,)


def attribute(owner: Any, name: str, evaluate: Callable[..., Any], run: Callable[..., Any]) -> Any:  # noqa: ANN401, PLR0911
    """An attribute of an instance, a class or ``super()``; UNKNOWN where it is not known what that is."""
    match owner:
        case Instance(open=True):
            return UNKNOWN
        case Instance(attributes=attributes) if name in attributes:
            return attributes[name]
        case Instance(made=made):
            return _of_class(owner, list(_line(made)), name, evaluate, run)
        case MadeDag(cls=UserClass() as made):
            return _of_class(owner, list(_line(made)), name, evaluate, run)
        case Super(owner=inner, after=after):
            line = [one for base in after.bases for one in (_line(base) if isinstance(base, UserClass) else (base,))]
            return _of_class(inner, line, name, evaluate, run)
        case UserClass():
            return _of_class(None, list(_line(owner)), name, evaluate, run, made=owner)
    return UNKNOWN


def _of_class(
    owner: Any,  # noqa: ANN401
    line: list[Any],
    name: str,
    evaluate: Callable[..., Any],
    run: Callable[..., Any],
    made: UserClass | None = None,
) -> Any:  # noqa: ANN401
    for one in line:
        if not isinstance(one, UserClass):
            return DagInit(owner) if _begins_dag(one, name, owner) else None if name == "__init__" else UNKNOWN
        for node in reversed(one.node.body):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return _method(owner, one, node, run, made)
            if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
                return evaluate(node.value, one.frame)
    return None if name == "__init__" else UNKNOWN


def _begins_dag(base: Any, name: str, owner: Any) -> bool:  # noqa: ANN401
    return name == "__init__" and isinstance(base, Imported) and is_dag(base.name) and isinstance(owner, MadeDag)


def _method(owner: Any, made: UserClass, node: ast.FunctionDef, run: Callable[..., Any], of: UserClass | None) -> Any:  # noqa: ANN401
    marks = [one.id if isinstance(one, ast.Name) else "" for one in node.decorator_list]
    scope = made.frame.within({"__class__": made, "__self__": owner})
    function = Function(node, scope)
    match marks:
        case ["staticmethod"]:
            return function
        case ["classmethod"]:
            return Bound(function, of or (owner.made if isinstance(owner, Instance) else made))
        case [] if owner is None:
            return function
        case []:
            return Bound(function, owner)
        case ["property"] if owner is not None:
            return run(Bound(function, owner))
    return UNKNOWN


def begin(call: DagInit, positional: list[Any], named: dict[str, Any], *, opened: bool) -> None:
    """``super().__init__(...)`` of a class that derives from DAG."""
    fill(call.owner, positional, named, opened=opened)
    call.owner.begun = True
