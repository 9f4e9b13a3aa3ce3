"""Which variables and connections a DAG file names in plain text. By ``ast``, importing nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_TEMPLATE = re.compile(r"var\.(?:value|json)\.(?:get\(\s*['\"])?(\w+)")
_CONNECTION = re.compile(r"conn\.(\w+)\.")


@dataclass(frozen=True, slots=True)
class Needs:
    """Names by which a file asks for something; what it computes at run time is not among them."""

    variables: frozenset[str] = frozenset()
    connections: frozenset[str] = frozenset()


def needs_of(source: str) -> Needs:
    """What one file names; nothing when it is no Python 3."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return Needs()
    nodes = list(ast.walk(tree))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    templates = [text for text in texts if "{{" in text or "{%" in text]
    variables = {name for text in templates for name in _IN_TEMPLATE.findall(text)}
    connections = {name for text in templates for name in _CONNECTION.findall(text)}
    return Needs(frozenset(variables.union(_variables(nodes))), frozenset(connections.union(_connections(nodes))))


def _variables(nodes: list[ast.AST]) -> Iterator[str]:
    """``Variable.get("name")``; one with a default is not needed."""
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="Variable") | ast.Attribute(attr="Variable"), attr="get"),
                args=[ast.Constant(value=str(name))],
                keywords=keywords,
            ) if not any(keyword.arg in {"default_var", "default"} for keyword in keywords):
                yield name


def _connections(nodes: list[ast.AST]) -> Iterator[str]:
    """``...conn_id="name"`` in a call, or in a dictionary such as default_args."""
    for node in nodes:
        if isinstance(node, ast.keyword) and (node.arg or "").endswith("conn_id"):
            yield from _text(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).endswith("conn_id"):
                    yield from _text(value)


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{{" not in node.value:
        yield node.value
