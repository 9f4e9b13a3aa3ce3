"""What of a finished file would fail on a target, as far as the target's profile can tell."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from codemods.target.elsewhere import proposal
from codemods.target.scope import Code, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.profiles import Profile, Signature

NOT_THERE, NOT_TAKEN, NOT_GIVEN, NOT_INSTALLED = "CM901", "CM902", "CM903", "CM904"
_OPERATOR = "airflow.models.baseoperator.BaseOperator"
_TABLE = frozenset({"airflow.models.base.Base"})
"""What makes a class a table of the metadata database; it has nothing under a name of its own but these."""
_OF_TABLES = frozenset({"metadata", "registry"})


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """Something that would raise on the target, at a line of the finished file."""

    line: int
    code: str
    message: str


def check(source: str, target: Profile) -> list[Trouble]:
    """Every import that is not on the target, and every call of a known class with arguments it would refuse.

    Imports below an if are believed, and those below a try that has something to fall back on; calls with ``*`` or
    ``**`` are checked for what is visible.
    """
    code = read(source)
    found = {*_imports(code, target), *_fallbacks(code, target), *_attributes(code, target), *_calls(code, target)}
    return sorted(found)


def _imports(code: Code, target: Profile) -> Iterator[Trouble]:
    for line, name in code.imports:
        if name.startswith("airflow.") and not target.has(name):
            yield _missing(line, name, target)


def _fallbacks(code: Code, target: Profile) -> Iterator[Trouble]:
    """What a try falls back on, where what it tries is not there, and neither is that."""
    for tried, fallback in code.tries:
        if any(name.startswith("airflow.") and not target.has(name) for _, name in tried):
            for line, name in fallback:
                if name.startswith("airflow.") and not target.has(name):
                    yield _missing(line, name, target)


def _attributes(code: Code, target: Profile) -> Iterator[Trouble]:
    for node in code.attributes:
        first, *rest = code.name(node).split(".")
        for depth in range(len(rest)):
            module, name = ".".join([first, *rest[:depth]]), ".".join([first, *rest[: depth + 1]])
            if first == "airflow" and module in target.modules and not _there(name, module, target):
                yield _missing(node.lineno, name, target)
                break
            if first == "airflow" and _lacking(node, module, rest[depth], target):
                yield Trouble(node.lineno, NOT_THERE, f"{module} has no {rest[depth]} on {target.name}")
                break


def _lacking(node: ast.Attribute, owner: str, name: str, target: Profile) -> bool:
    """Whether a class that is known as a whole is asked for what it has not."""
    plain = isinstance(node.ctx, ast.Load) and not name.startswith("__") and name not in _OF_TABLES
    return plain and owner not in target.modules and target.lacks(owner, name, _TABLE)


def _there(name: str, module: str, target: Profile) -> bool:
    """Whether a module has an attribute: modules without names of their own may be packages that import lazily."""
    lazy = not (target.modules[module] or target.imported.get(module))
    return lazy or target.has(name) or any(known.startswith(f"{name}.") for known in target.modules)


def _missing(line: int, name: str, target: Profile) -> Trouble:
    distribution = target.distribution(name)
    if target.package(distribution) is None:
        fix = "add it to the environment's PyPI packages, and to [target.packages] of migrate.toml"
        return Trouble(line, NOT_INSTALLED, f"{name} needs {distribution}, which {target.name} lacks: {fix}")
    version = f"{distribution} {target.package(distribution)}"
    return Trouble(line, NOT_THERE, f"{name} does not exist in {version}: {proposal(name, target)}")


def _calls(code: Code, target: Profile) -> Iterator[Trouble]:
    for call in code.calls:
        func, args = call.func, call.args
        partial = isinstance(func, ast.Attribute) and func.attr == "partial"
        if code.name(func) == "functools.partial" and args:
            func, args, partial = args[0], args[1:], True
        elif partial and isinstance(func, ast.Attribute):
            func = func.value
        name = code.name(func)
        signature = target.signature(name) if name.startswith("airflow.") else None
        if signature is not None:
            yield from _arguments(call, args, name, signature, target)
            if not partial:
                yield from _absent(call, name, signature, code, target)


def _arguments(
    call: ast.Call, args: list[ast.expr], name: str, signature: Signature, target: Profile
) -> Iterator[Trouble]:
    short = name.rpartition(".")[2]
    for keyword in call.keywords:
        if keyword.arg and not signature.accepts(keyword.arg):
            near = get_close_matches(keyword.arg, sorted(signature.named), n=1, cutoff=0.8)
            hint = f" (it has {near[0]})" if near else ""
            where = f"{target.distribution(name)} {target.package(target.distribution(name))}"
            message = f"{short} takes no argument {keyword.arg!r} in {where}{hint}: it raises when the DAG loads"
            yield Trouble(keyword.lineno, NOT_TAKEN, message)
    placed = [arg for arg in args if not isinstance(arg, ast.Starred)]
    if target.is_a(name, _OPERATOR) and placed:
        yield Trouble(placed[0].lineno, NOT_TAKEN, f"{short} takes keyword arguments only: name this one")


def _absent(call: ast.Call, name: str, signature: Signature, code: Code, target: Profile) -> Iterator[Trouble]:
    if any(k.arg is None for k in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return
    operator = target.is_a(name, _OPERATOR)
    if operator and code.defaults is None:
        return
    given = {k.arg for k in call.keywords} | set(signature.positional[: len(call.args)])
    defaults = code.defaults if operator else frozenset()
    missing = sorted(signature.required - given - (defaults or frozenset()))
    if missing:
        short = name.rpartition(".")[2]
        yield Trouble(call.lineno, NOT_GIVEN, f"{short} requires {', '.join(missing)}: it raises when the DAG loads")
