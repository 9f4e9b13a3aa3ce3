"""Which variables and connections a DAG file names in plain text. By ``ast``, importing nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_VARIABLE = re.compile(
    r"(?<![\w.])var\.(?:value|json)(?:\.get\(\s*['\"]([^'\"]+)['\"]\s*(,?)|\[\s*['\"]([^'\"]+)['\"]|\.(?!get\()(\w+))"
)
_CONNECTION = re.compile(r"(?<![\w.])conn(?:\.get\(\s*['\"]([^'\"]+)['\"]|\.(?!get\()(\w+))")
_DEFAULTS = frozenset({"default_var", "default"})


@dataclass(frozen=True, slots=True)
class Needs:
    """Names by which a file asks for something; what it computes at run time is not among them.

    ``defaulted``: variables that it does without, since it names a default beside each.
    """

    variables: frozenset[str] = frozenset()
    connections: frozenset[str] = frozenset()
    defaulted: frozenset[str] = frozenset()


def needs_of(source: str) -> Needs:
    """What one file names; nothing when it is no Python 3, or nested too deep to be read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last: the parser's own limit
        return Needs()
    nodes = list(ast.walk(tree))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    filled_in = [part for text in texts for part in _FILLED_IN.findall(text)]
    read = [*_variables(nodes), *_variables_of(filled_in)]
    connections = frozenset(one or other for part in filled_in for one, other in _CONNECTION.findall(part))
    needed = frozenset(name for name, default in read if not default)
    return Needs(needed, connections.union(_connections(nodes)), frozenset(name for name, _ in read) - needed)


def _variables_of(filled_in: list[str]) -> Iterator[tuple[str, bool]]:
    """Each variable that a template reads, and whether with a default."""
    for part in filled_in:
        for got, default, item, attribute in _VARIABLE.findall(part):
            yield got or item or attribute, bool(default)


def _variables(nodes: list[ast.AST]) -> Iterator[tuple[str, bool]]:
    """``Variable.get("name")``, and whether with a default."""
    classes = {"Variable"} | {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == "Variable"
    }
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=args, keywords=keywords) if (
                _last(owner) in classes
            ):
                given = {keyword.arg: keyword.value for keyword in keywords}
                key = args[0] if args else given.get("key")
                for name in _text(key) if key is not None else ():
                    yield name, len(args) > 1 or not _DEFAULTS.isdisjoint(given)


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _connections(nodes: list[ast.AST]) -> Iterator[str]:
    """``...conn_id="name"`` in a call or a dictionary such as default_args, and ``BaseHook.get_connection("name")``."""
    for node in nodes:
        if isinstance(node, ast.Call) and node.args and _gets_connection(node.func):
            yield from _text(node.args[0])
        elif isinstance(node, ast.keyword) and (node.arg or "").endswith("conn_id"):
            yield from _text(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).endswith("conn_id"):
                    yield from _text(value)


def _gets_connection(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=owner, attr="get_connection" | "get_connections" | "get_hook"):
            return _last(owner).endswith("Hook")
        case ast.Attribute(value=owner, attr="get_connection_from_secrets"):
            return _last(owner) == "Connection"
    return False


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{{" not in node.value:
        yield node.value
