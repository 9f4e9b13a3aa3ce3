"""The ``__init__`` of one class, read from its source."""

from __future__ import annotations

import ast
from dataclasses import dataclass

CLOSED, FORWARDED, SWALLOWED = 0, 1, 2
"""What becomes of further keywords: they raise, go to the next class in line, or are taken by this one."""


@dataclass(frozen=True, slots=True)
class Init:
    """The parameters of an ``__init__`` without ``self``.

    ``popped``: keywords it takes out of ``**kwargs`` itself; ``given``: keywords it passes to the next class, so
    that callers must not; ``placed``: how many arguments it passes on by position.
    """

    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    popped: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    placed: int = 0
    rest: int = CLOSED


def read_init(function: ast.FunctionDef) -> Init:
    """What an ``__init__`` takes, and what it passes on."""
    args = function.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)][1:]
    optional = len(args.defaults)
    required = positional[: len(positional) - optional] if optional else positional
    keywords = [arg.arg for arg in args.kwonlyargs]
    pairs = zip(keywords, args.kw_defaults, strict=True)
    required = [*required, *(name for name, default in pairs if default is None)]
    if args.kwarg is None:
        return Init(tuple(positional), tuple(keywords), tuple(required))
    rest = args.kwarg.arg
    onward = [call for call in ast.walk(function) if isinstance(call, ast.Call) and _goes_on(call, rest)]
    given = {k.arg for call in onward for k in call.keywords if k.arg} if onward else set()
    placed = min((_placed(call) for call in onward), default=0)
    popped = _popped(function, rest) - set(positional) - set(keywords)
    kind = FORWARDED if onward else CLOSED if _raises(function, rest) else SWALLOWED
    return Init(
        tuple(positional), tuple(keywords), tuple(required), tuple(sorted(popped)), tuple(sorted(given)), placed, kind
    )


def _goes_on(call: ast.Call, rest: str) -> bool:
    """``super().__init__(..., **kwargs)`` or ``Base.__init__(self, ..., **kwargs)``."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "__init__"):
        return False
    return any(k.arg is None and isinstance(k.value, ast.Name) and k.value.id == rest for k in call.keywords)


def _placed(call: ast.Call) -> int:
    args = [arg for arg in call.args if not isinstance(arg, ast.Starred)]
    bound = bool(args) and isinstance(args[0], ast.Name) and args[0].id == "self"
    return len(args) - bound


def _popped(function: ast.FunctionDef, rest: str) -> set[str]:
    """The literal names in ``kwargs.pop("name")``, ``kwargs.get("name")`` and ``kwargs["name"]``.

    Those that are only looked up to raise (``if kwargs.get("name"): raise ...``) are left out.
    """
    raising = [node.test for node in ast.walk(function) if isinstance(node, ast.If) and _only_raises(node.body)]
    refused = set().union(*(_read_from(test, rest) for test in raising))
    return _read_from(function, rest) - refused


def _only_raises(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise)


def _read_from(tree: ast.AST, rest: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"pop", "get"}:
            value, keys = node.func.value, node.args[:1]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            value, keys = node.value, [node.slice]
        else:
            continue
        if isinstance(value, ast.Name) and value.id == rest:
            found |= {k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    return found


def _raises(function: ast.FunctionDef, rest: str) -> bool:
    """Whether it raises when keywords are left over: ``if kwargs: raise ...``."""
    for node in ast.walk(function):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == rest:
            return any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    return False
