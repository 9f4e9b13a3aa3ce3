"""Find what plugins of 1.10 added below ``airflow.operators`` and its kind, and where it is defined.

1.10 made a module ``airflow.operators.NAME`` of the operators of a plugin, and put them into ``airflow.operators`` too;
Airflow 2 does not, and code imports them from the module that defines them, which lies on the path as the plugins
folder does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codemods.engine.python2 import ported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KINDS = ("operators", "hooks", "sensors", "macros", "executors")
_FLAT = frozenset({"operators", "hooks", "sensors"})
"""Those that 1.10 also put into the package itself (``_integrate_plugins`` of airflow/operators/__init__.py)."""


def find_plugins(sources: Mapping[str, bytes]) -> dict[str, str]:
    """Name below ``airflow`` -> where it is defined, from files by their path below the plugins folder.

    Only plugins that say their name and list their classes literally can be read; files that are neither Python 3 nor
    2 are passed over.
    """
    found: dict[str, str] = {}
    for path, source in sorted(sources.items()):
        if b"AirflowPlugin" not in source:
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            if (after := ported(source)) is None:
                continue
            tree = ast.parse(after)
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found |= dict(_of_file(tree, module, package=path.endswith("__init__.py")))
    return found


def _of_file(tree: ast.Module, module: str, *, package: bool) -> Iterator[tuple[str, str]]:
    names = _names(tree, module, package=package)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("AirflowPlugin") for base in node.bases):
            fields = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            name = fields.get("name")
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield from _of_plugin(name.value, fields, names)


def _of_plugin(name: str, fields: Mapping[str, ast.expr], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind in _KINDS:
        listed = fields.get(kind)
        for element in listed.elts if isinstance(listed, ast.List | ast.Tuple) else ():
            parts = ast.unparse(element).split(".")
            if parts[0] in names:
                where = ".".join([names[parts[0]], *parts[1:]])
                yield f"airflow.{kind}.{name}.{parts[-1]}", where
                if kind in _FLAT:
                    yield f"airflow.{kind}.{parts[-1]}", where


def _names(tree: ast.Module, module: str, *, package: bool) -> dict[str, str]:
    """What each name of the plugin's file stands for."""
    names: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                names[node.name] = f"{module}.{node.name}"
            case ast.ImportFrom():
                base = _from(node, module, package=package)
                names |= {a.asname or a.name: f"{base}.{a.name}" for a in node.names if a.name != "*"}
            case ast.Import():
                names |= {a.asname: a.name for a in node.names if a.asname}
                names |= {top: top for a in node.names if not a.asname and (top := a.name.partition(".")[0])}
    return names


def _from(node: ast.ImportFrom, module: str, *, package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parts = parts[: len(parts) - node.level + package]
    return ".".join([*parts, *([node.module] if node.module else [])])
