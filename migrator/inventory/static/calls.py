"""Calls: DAGs and tasks are made, functions of the file are followed, what else is called is not known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from codemods.tables import canonical
from migrator.inventory.static import arithmetic, data, files, instances, library, making, published, taskflow
from migrator.inventory.static.frame import MOST_DEPTH
from migrator.inventory.static.hidden import hide, hide_methods
from migrator.inventory.static.values import (
    UNKNOWN,
    Bound,
    DagFactory,
    DagInit,
    Entries,
    Function,
    Globals,
    Imported,
    Instance,
    Items,
    MadeDag,
    MadeTask,
    Method,
    Opened,
    Partial,
    Place,
    Super,
    TaskFactory,
    UserClass,
    is_known,
    reachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.inventory.static.frame import Frame, State

_GENERATORS = (ast.Yield, ast.YieldFrom, ast.Await)


def call(node: ast.Call, frame: Frame, evaluate: Callable[[ast.expr | None, Frame], Any]) -> Any:  # noqa: ANN401
    """What a call gives; what it does on its way is done, or noted."""
    callee = evaluate(node.func, frame)
    positional, named, opened = arguments(node, frame, evaluate)
    if isinstance(callee, Partial):
        callee, positional, named = callee.callee, [*callee.positional, *positional], {**callee.named, **named}
    if (
        making.names_of(callee) == ("functools.partial",)
        and positional
        and not (opened or isinstance(positional[0], Partial))
    ):
        return Partial(positional[0], tuple(positional[1:]), named)
    result = _called(node, callee, positional, named, frame, evaluate, opened=opened)
    if result is UNKNOWN and not isinstance(
        callee, Function | Bound
    ):  # what a function of the file calls was judged in it
        given = [callee.owner] if isinstance(callee, Method) else []
        if making.may_make_dags(callee, _written(node.func), [*given, *positional, *named.values()], named):
            frame.state.unlisted.add(node.lineno)
    return result


def _written(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(  # noqa: PLR0911
    node: ast.Call,
    callee: Any,  # noqa: ANN401
    positional: list[Any],
    named: dict[str, Any],
    frame: Frame,
    evaluate: Callable[[ast.expr | None, Frame], Any],
    *,
    opened: bool,
) -> Any:  # noqa: ANN401
    found = _of_class(node, callee, positional, named, frame, evaluate, opened=opened)
    if found is not NotImplemented:
        return found
    match callee:
        case Function():
            return _inlined(callee, positional, named, evaluate, opened=opened)
        case TaskFactory():
            return taskflow.called(frame.state, callee, [*positional, *named.values(), *([UNKNOWN] if opened else [])])
        case DagFactory():
            return _from_factory(callee, positional, named, evaluate, node.lineno)
        case Method() if published.is_factory(callee):
            return UNKNOWN
        case Method():
            return _method(callee, positional, named, frame, opened=opened)
        case Imported() | UserClass():
            return _imported(callee, positional, named, frame, opened=opened, line=node.lineno)
        case _ if callee is UNKNOWN and isinstance(node.func, ast.Name) and frame.root.starred:
            return _of_star(node, positional, named, frame, opened=opened)
    _handed_over(frame.state, callee, [*positional, *named.values()])
    return UNKNOWN


def _of_class(  # noqa: PLR0911
    node: ast.Call,
    callee: Any,  # noqa: ANN401
    positional: list[Any],
    named: dict[str, Any],
    frame: Frame,
    evaluate: Callable[[ast.expr | None, Frame], Any],
    *,
    opened: bool,
) -> Any:  # noqa: ANN401
    """What a class of the tree, or a method of it, gives; NotImplemented for another callee."""
    match callee:
        case Bound():
            return call_bound(callee, positional, named, evaluate, opened=opened)
        case DagInit():
            instances.begin(callee, positional, named, opened=opened)
            return None
        case None if _written(node.func) == "__init__":
            return None
        case Imported(name="builtins.super"):
            return _super(frame)
        case UserClass() if not opened and _is_plain_class(callee, named):
            return _instance(callee, positional, named, frame, evaluate)
        case UserClass() if making.makes_dag(callee) and callee.own_init and instances.is_followed(callee):
            return _own_dag(callee, positional, named, frame, evaluate, opened=opened, line=node.lineno)
    return NotImplemented


def _super(frame: Frame) -> Any:  # noqa: ANN401
    made, owner = frame.look_up("__class__"), frame.look_up("__self__")
    return Super(owner, made) if isinstance(made, UserClass) and owner is not UNKNOWN else UNKNOWN


def _is_plain_class(made: UserClass, named: dict[str, Any]) -> bool:
    return not (making.makes_dag(made) or making.makes_task(made, named)) and instances.is_followed(made)


def _instance(
    made: UserClass,
    positional: list[Any],
    named: dict[str, Any],
    frame: Frame,
    evaluate: Callable[[ast.expr | None, Frame], Any],
) -> Instance:
    """What the class makes, after its ``__init__``."""
    owner = Instance(made)
    frame.state.gate.make(64)
    begin = instances.attribute(owner, "__init__", evaluate, lambda _: UNKNOWN)
    if isinstance(begin, Bound):
        call_bound(begin, positional, named, evaluate)
    return owner


def _own_dag(
    made: UserClass,
    positional: list[Any],
    named: dict[str, Any],
    frame: Frame,
    evaluate: Callable[[ast.expr | None, Frame], Any],
    *,
    opened: bool,
    line: int,
) -> MadeDag:
    """What a class that derives from DAG makes, as far as its own ``__init__`` says what it gives to DAG."""
    owner = MadeDag({}, line, cls=made)
    begin = instances.attribute(owner, "__init__", evaluate, lambda _: UNKNOWN)
    if isinstance(begin, Bound):
        call_bound(begin, positional, named, evaluate, opened=opened)
    if not owner.begun:
        making.fill(owner, [], {}, opened=True)
        owner.lose_tasks()
    if owner.dag_id is None:
        frame.state.unlisted.add(line)
    frame.state.made.append(owner)
    return owner


def call_bound(
    bound: Bound,
    positional: list[Any],
    named: dict[str, Any],
    evaluate: Callable[[ast.expr | None, Frame], Any],
    *,
    opened: bool = False,
) -> Any:  # noqa: ANN401
    """What a method gives."""
    return _inlined(bound.function, [bound.owner, *positional], named, evaluate, opened=opened)


def _handed_over(state: State, callee: Any, values: list[Any]) -> None:  # noqa: ANN401
    """As ``making.handed_over``; any method of an instance may be called there."""
    making.handed_over(state, callee, values)
    for value in reachable(state.gate, *values):
        if isinstance(value, Instance) and value.open:
            hide_methods(value.made)


def arguments(
    node: ast.Call, frame: Frame, evaluate: Callable[[ast.expr | None, Frame], Any]
) -> tuple[list[Any], dict[str, Any], bool]:
    """Positional and named arguments, and whether there are others that are not known."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    opened = False
    for arg in node.args:
        value = evaluate(arg.value if isinstance(arg, ast.Starred) else arg, frame)
        if not isinstance(arg, ast.Starred):
            positional.append(value)
        elif isinstance(value, Items | tuple) and is_known(value) and not opened and _fits(frame, positional, value):
            positional += value
        else:
            opened = True
    for keyword in node.keywords:
        value = evaluate(keyword.value, frame)
        if keyword.arg:
            named[keyword.arg] = value
        elif isinstance(value, Entries) and is_known(value) and _fits(frame, named, value) and _are_names(value):
            named |= value
        else:
            opened = True
    return positional, named, opened


def _are_names(value: Entries) -> bool:
    return all(isinstance(key, str) for key in value)


def _fits(frame: Frame, given: list[Any] | dict[str, Any], more: Items | tuple[Any, ...] | Entries) -> bool:
    """Whether a call may be given so many arguments; those that it is given take room."""
    frame.state.gate.make(64 * len(more))
    return frame.state.gate.fits(items=len(given) + len(more))


def _imported(
    callee: Imported | UserClass,
    positional: list[Any],
    named: dict[str, Any],
    frame: Frame,
    *,
    opened: bool,
    line: int,
) -> Any:  # noqa: ANN401
    """A class or function of a module that is not followed, or a class of the file."""
    name, state = callee.name, frame.state
    if making.makes_dag(callee):
        if isinstance(callee, UserClass) and callee.own_init:  # what it gives to DAG is its own affair
            positional, named, opened = [], {}, True
        return making.make_dag(state, positional, named, line, opened=opened)
    if making.makes_task(callee, named):
        return making.make_task(state, callee, positional, named, opened=opened)
    if name == "builtins.globals":
        return Globals(frame.root.names)
    if canonical(name) in making.TIES:
        making.tie(state, canonical(name), [UNKNOWN] if opened else positional)
        return None
    found = NotImplemented if opened else published.call(state, name, positional, named, line)
    if found is NotImplemented and not opened:
        found = files.call(state, name, positional, named)
    if found is NotImplemented and not opened:
        found = library.call(state.gate, name, positional, named)
    if isinstance(callee, UserClass):
        hide_methods(callee)
    if found is NotImplemented:
        _handed_over(state, callee, [*positional, *named.values()])
        return UNKNOWN
    return found


def _method(callee: Method, positional: list[Any], named: dict[str, Any], frame: Frame, *, opened: bool) -> Any:  # noqa: ANN401, PLR0911
    owner, name = callee.owner, callee.name
    match owner:
        case Method() if published.is_factory(owner):
            return _generated(owner, name, positional, frame)
        case MadeTask() | Items() if name in {"set_downstream", "set_upstream"}:
            others = positional[0] if len(positional) == 1 and not opened else UNKNOWN
            making.follow(frame.state, *((owner, others) if name == "set_downstream" else (others, owner)))
            return None
        case MadeDag() if name in {"add_task", "add_tasks"} and len(positional) == 1:
            tasks = making.tasks_of(frame.state.gate, positional[0])
            for task in tasks or ():
                task.join(owner)
            if tasks is None:
                owner.lose_tasks()
            return None
        case Place():
            found = NotImplemented if opened else files.method(frame.state, owner, name, positional)
            return UNKNOWN if found is NotImplemented else frame.state.gate.passed(found)
        case Opened():
            return data.text_of(frame.state, owner.path) if name == "read" and not positional else UNKNOWN
        case Globals():
            hide_globals(owner, positional, frame)
            return UNKNOWN
    found = NotImplemented if opened else arithmetic.method(frame.state.gate, owner, name, positional, named)
    if found is not NotImplemented:
        return found
    _handed_over(frame.state, None, [owner, *positional, *named.values()])
    return UNKNOWN


def _generated(factory: Method, name: str, positional: list[Any], frame: Frame) -> Any:  # noqa: ANN401
    """``DagFactory(file).generate_dags(globals())``: a name for each DAG of the file."""
    made = published.generated(frame.state, factory.owner, frame.state.gate.last[1]) if name == "generate_dags" else {}
    bound = [one for one in positional if isinstance(one, Globals)]
    if made is None or (made and len(bound) != 1):
        frame.state.unlisted.add(frame.state.gate.last[1])
    elif made:
        bound[0].names.update(made)
    return None


def hide_globals(owner: Globals, values: list[Any], frame: Frame) -> None:
    """``globals().update(...)``: the DAGs in a dictionary are bound, what else it holds is not known."""
    for value in values:
        if isinstance(value, Entries) and not value.open:
            frame.state.gate.make(64 * len(value))
            owner.names.update({str(key): one for key, one in value.items()})
        else:
            frame.state.unlisted.add(0)


def _of_star(node: ast.Call, positional: list[Any], named: dict[str, Any], frame: Frame, *, opened: bool) -> Any:  # noqa: ANN401
    """A name that ``import *`` may have given: of a task, its class is only known by its last part."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "DAG":
        return making.make_dag(frame.state, positional, named, node.lineno, opened=opened)
    if "task_id" in named:
        return making.make_task(frame.state, Imported(name), positional, named, opened=opened)
    _handed_over(frame.state, None, [*positional, *named.values()])
    return UNKNOWN


def _from_factory(
    factory: DagFactory,
    positional: list[Any],
    named: dict[str, Any],
    evaluate: Callable[[ast.expr | None, Frame], Any],
    line: int,
) -> MadeDag:
    """``@dag(...) def name(): ...`` and its call."""
    function = factory.function
    frame = function.frame
    given = dict(factory.named)
    if not factory.positional and isinstance(function.node, ast.FunctionDef):
        given.setdefault("dag_id", function.node.name)
    made = making.make_dag(frame.state, list(factory.positional), given, line, opened=factory.opened)
    frame.state.contexts.append(made)
    try:
        _inlined(function, positional, named, evaluate, opened=False)
    finally:
        frame.state.contexts.pop()
    return made


def _inlined(
    function: Function,
    positional: list[Any],
    named: dict[str, Any],
    evaluate: Callable[[ast.expr | None, Frame], Any],
    *,
    opened: bool,
) -> Any:  # noqa: ANN401
    """Follow a function of the file with these arguments."""
    state, node = function.frame.state, function.node
    names = None if opened else _bound(function, positional, named, evaluate)
    if names is None or _is_generator(function) or state.depth >= MOST_DEPTH:
        hide(node.body if isinstance(node.body, list) else [node.body], function.frame.within({}))
        _handed_over(state, None, [*positional, *named.values()])
        return UNKNOWN
    state.depth += 1
    try:
        inner = function.frame.within(names)
        return evaluate(node.body, inner) if isinstance(node, ast.Lambda) else state.run(node.body, inner)
    finally:
        state.depth -= 1


def _is_generator(function: Function) -> bool:
    """Whether a call of it gives a generator; looked up once, since it is called often."""
    known, node = function.frame.state.generators, function.node
    if node not in known:
        known[node] = any(isinstance(inner, _GENERATORS) for inner in ast.walk(node))
    return known[node]


def _bound(
    function: Function,
    positional: list[Any],
    named: dict[str, Any],
    evaluate: Callable[[ast.expr | None, Frame], Any],
) -> dict[str, Any] | None:
    """The parameters by name; None when the call does not fit."""
    spec = function.node.args
    parameters = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    all_names = {*parameters, *(arg.arg for arg in spec.kwonlyargs)}
    defaults = dict(zip(reversed(parameters), reversed([evaluate(one, function.frame) for one in spec.defaults])))  # noqa: B905
    defaults |= {
        arg.arg: evaluate(one, function.frame)
        for arg, one in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        if one
    }
    names = defaults | dict(zip(parameters, positional, strict=False))
    rest = {key: value for key, value in named.items() if key not in all_names}
    if (len(positional) > len(parameters) and not spec.vararg) or (rest and not spec.kwarg):
        return None
    names |= {key: value for key, value in named.items() if key not in rest}
    names |= {spec.vararg.arg: tuple(positional[len(parameters) :])} if spec.vararg else {}
    names |= {spec.kwarg.arg: Entries(rest)} if spec.kwarg else {}
    return names
