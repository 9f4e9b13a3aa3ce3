"""Which template files Airflow renders: those that an operator or a search path names, and no other code reads."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ENDINGS = (".sql", ".hql", ".sh", ".bash", ".pig", ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl")
"""What ``template_ext`` of the operators of 1.10.15 holds, less the endings that other files have too."""

_NEUTRAL = frozenset({"join", "format", "Path", "PurePath", "dict", "append", "str", "extend", "setdefault", "update"})
_OWN = frozenset({"Template", "render", "from_string", "get_template", "substitute", "safe_substitute"})
_INCLUDED = re.compile(r"\{%-?\s*(?:include|import|from|extends)\s+['\"]([^'\"]+)")
_HOLES = re.compile(r"%\(\w+\)s|%[sd]|\{[^{}]*\}")


@dataclass(slots=True)
class Named:
    """The file names of code, as patterns; ``operators`` get them, ``others`` read them, ``folders`` are searched."""

    operators: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


def rendered(code: Mapping[str, bytes], templates: Mapping[str, str]) -> frozenset[str]:
    """The template files, by path and text, that Airflow renders for this code; all paths are below one folder."""
    named = Named()
    for source in code.values():
        if any(ending.encode() in source for ending in ENDINGS) or b"template_searchpath" in source:
            _read(source, named)
    found = {path for path in templates if _is_rendered(path, named)}
    queue = list(found)
    while queue:
        included = set(_INCLUDED.findall(templates[queue.pop()]))
        more = {path for path in templates if path not in found and _any(path, included)}
        found |= more
        queue += more
    return frozenset(found)


def _is_rendered(path: str, named: Named) -> bool:
    searched = any(_any(folder, named.folders) for folder in _folders(path))
    return (searched or _any(path, named.operators)) and not _any(path, named.others)


def _folders(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    yield from ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def _any(path: str, patterns: Iterable[str]) -> bool:
    return any(_matches(path, pattern) for pattern in patterns)


def _matches(path: str, pattern: str) -> bool:
    """Whether a path ends with a pattern, or an absolute pattern with the path."""
    plain = pattern.removeprefix("./").strip("/")
    return fnmatchcase(path, plain) or fnmatchcase(path, f"*/{plain}") or plain.endswith(f"/{path}")


def _read(source: bytes, named: Named) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    _Reader(tree, named).visit(tree)


class _Reader(ast.NodeVisitor):
    """Sorts the file names of one module by what gets them."""

    def __init__(self, tree: ast.Module, named: Named) -> None:
        self._named = named
        self._around = "neutral"
        self._values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self._values.setdefault(target.id, []).append(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """What a call gets depends on what it is, and on what is around it."""
        self._search_paths(node)
        before, name = self._around, _last(node.func)
        if name.endswith(("Operator", "Sensor")) or any(k.arg == "task_id" for k in node.keywords):
            self._around = "operator"
        elif name in _OWN or (before == "neutral" and name not in _NEUTRAL):
            self._around = "own"
        if not self._text(node):
            self.generic_visit(node)
        self._around = before

    def visit_Constant(self, node: ast.Constant) -> None:
        """A name as it stands."""
        self._text(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """A name with holes."""
        if not self._text(node):
            self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """A name that is put together."""
        if not self._text(node):
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        """What a name stands for counts where it is used, too."""
        values = self._values.pop(node.id, []) if self._around != "neutral" and isinstance(node.ctx, ast.Load) else []
        for value in values:
            self.visit(value)
        if values:
            self._values[node.id] = values

    def _text(self, node: ast.expr) -> bool:
        """Note a file name, and whether it was one."""
        text = pattern(node)
        if not text or not text.endswith(ENDINGS) or any(space in text for space in " \n\t") or text.startswith("*."):
            return False
        (self._named.others if self._around == "own" else self._named.operators).add(text)
        return True

    def _search_paths(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg == "template_searchpath":
                values = keyword.value.elts if isinstance(keyword.value, ast.List | ast.Tuple) else [keyword.value]
                texts = [pattern(one) for value in values for one in self._followed(value)]
                self._named.folders |= {text for text in texts if text and text.strip("*/")}

    def _followed(self, value: ast.expr) -> list[ast.expr]:
        found = self._values.get(value.id, []) if isinstance(value, ast.Name) else [value]
        return [one for v in found for one in (v.elts if isinstance(v, ast.List | ast.Tuple) else [v])]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def pattern(node: ast.expr) -> str:
    """A string expression with ``*`` for what is not known; empty when it is no string."""
    text = ""
    match node:
        case ast.Constant(value=str(value)):
            text = value
        case ast.JoinedStr(values=values):
            text = "".join(pattern(v) if isinstance(v, ast.Constant) else "*" for v in values)
        case ast.BinOp(left=left, op=ast.Mod()) | ast.Call(func=ast.Attribute(value=left, attr="format")):
            text = _HOLES.sub("*", pattern(left))
        case ast.BinOp(left=left, right=right, op=ast.Add() | ast.Div()):
            between = "/" if isinstance(node.op, ast.Div) else ""
            text = between.join(pattern(side) or "*" for side in (left, right))
        case ast.Call(func=func, args=args) if _last(func) == "join":
            text = "/".join(pattern(arg) or "*" for arg in args)
    return text
