"""Build a profile from what is installed: by ``ast``, importing nothing."""

from __future__ import annotations

import ast
import warnings
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.profiles.clients import ROOTS, added_base, is_client, is_client_file, passed_on
from codemods.profiles.inits import Init, read_init
from codemods.profiles.methods import Method, read_attributes, read_methods
from codemods.profiles.profile import Members, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_LEFT_OUT = ("airflow/www/", "airflow/migrations/", "airflow/api_connexion/", "airflow/_vendor/", "airflow/cli/")
_LAZY = frozenset({"__lazy_imports", "__deprecated_classes", "_deprecated_imports", "__deprecated_imports"})
_FALLBACKS = frozenset({"_import_map", "_rename_map"})
"""Of providers that run on Airflow 3 too: name -> where it is in 3, where in 2 (and its name there)."""

_WITH_ATTRIBUTES = frozenset({"hooks", "models"})
"""Packages whose objects are used in callables: of their classes it is known what else they have."""


def index(name: str, places: Iterable[Path]) -> Profile:
    """The profile of what wheels (``*.whl``) and site-packages folders hold of Airflow and its providers."""
    packages: dict[str, str] = {}
    modules: dict[str, _Module] = {}
    for place in places:
        packages |= dict(_distributions(place))
        for path, source in _sources(place):
            module = _read(path, source)
            modules[module.name] = module
    return _assembled(name, packages, modules)


def _assembled(name: str, packages: Mapping[str, str], modules: dict[str, _Module]) -> Profile:
    for shim in [shim for module in modules.values() for shim in module.shims()]:
        modules.setdefault(shim.name, shim).imported.update(shim.imported)
    for module in list(modules.values()):
        for star in module.stars:
            further = modules.get(star)
            public = [n for n in further.public() if n not in module.own] if further else []
            module.imported |= {n: f"{star}.{n}" for n in public}
    modules = {name: m for name, m in modules.items() if name.startswith("airflow") or m.own or m.imported}
    members = Members(
        {f"{m.name}.{c}": _short(methods) for m in modules.values() for c, methods in m.methods.items() if methods},
        {f"{m.name}.{c}": found for m in modules.values() for c, found in m.attributes.items() if found},
    )
    return Profile(
        name,
        dict(sorted(packages.items())),
        {m.name: frozenset(m.own) for m in modules.values()},
        {m.name: m.imported for m in modules.values() if m.imported},
        {f"{m.name}.{c}": bases for m in modules.values() for c, bases in m.classes.items()},
        {f"{m.name}.{c}": init for m in modules.values() for c, init in m.inits.items()},
        lambda: members,
    )


def _short(methods: Mapping[str, Method]) -> dict[str, Method]:
    """Methods, and what they return only where a class is known by that name: one of Airflow or a client."""
    return {
        name: one
        if one.returns.startswith(("airflow.", "google.")) and _is_kept(one.returns)
        else replace(one, returns="")
        for name, one in methods.items()
    }


def _is_kept(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return name.startswith("airflow.") or is_client(module, last)


def _distributions(place: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each Airflow distribution of a folder or wheel."""
    found = [place.name] if place.suffix == ".whl" else [path.name for path in place.glob("*.dist-info")]
    for stem in found:
        name, version = stem.removesuffix(".dist-info").split("-")[:2]
        distribution = name.replace("_", "-").lower()
        if distribution.startswith("apache-airflow"):
            yield distribution, version


def _sources(place: Path) -> Iterator[tuple[str, bytes]]:
    if place.suffix == ".whl":
        with zipfile.ZipFile(place) as wheel:
            for path in wheel.namelist():
                if _wanted(path):
                    yield path, wheel.read(path)
        return
    for file in sorted(file for root in ("airflow", *ROOTS) for file in (place / root).rglob("*.py")):
        path = file.relative_to(place).as_posix()
        if _wanted(path):
            yield path, file.read_bytes()


def _wanted(path: str) -> bool:
    if path.startswith(ROOTS):
        return is_client_file(path)
    examples = "/example_dags/" in path or "/tests/" in path
    return path.startswith("airflow/") and path.endswith(".py") and not path.startswith(_LEFT_OUT) and not examples


def _read(path: str, source: bytes) -> _Module:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    module = _Module(name, package=path.endswith("/__init__.py"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module.read(ast.parse(source).body)
    if path.startswith(ROOTS):
        module.keep_clients()
    return module


class _Module:
    """What one module binds at its top."""

    def __init__(self, name: str, *, package: bool) -> None:
        self.name = name
        self._package = package
        self.own: set[str] = set()
        self.imported: dict[str, str] = {}
        self.stars: list[str] = []
        self.classes: dict[str, tuple[str, ...]] = {}
        self.inits: dict[str, Init] = {}
        self.methods: dict[str, dict[str, Method]] = {}
        self.attributes: dict[str, frozenset[str]] = {}
        self._shims: dict[str, dict[str, str]] = {}

    def shims(self) -> Iterator[_Module]:
        """The modules that ``add_deprecated_classes`` makes below this one."""
        for name, imported in self._shims.items():
            shim = _Module(f"{self.name}.{name}", package=False)
            shim.imported = dict(imported)
            yield shim

    def public(self) -> set[str]:
        """The names that a star import takes."""
        return {name for name in {*self.own, *self.imported} if not name.startswith("_")}

    def keep_clients(self) -> None:
        """Leave out of a client library what is not a client: it has thousands of messages."""
        self.own = {name for name in self.own if is_client(self.name, name) and name in self.classes}
        self.imported = passed_on(self.imported, self.name)
        self.stars, self.inits = [], {}
        for table in (self.classes, self.methods, self.attributes):
            for name in [name for name in table if name not in self.own]:
                del table[name]

    def read(self, body: Iterable[ast.stmt]) -> None:
        """Take in the statements at the top, and those below ``if`` and ``try``."""
        for node in body:
            match node:
                case ast.ClassDef():
                    self._class(node)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.own.add(node.name)
                case ast.Import() | ast.ImportFrom():
                    self._import(node)
                case ast.Assign() | ast.AnnAssign():
                    self._assign(node)
                case ast.If() if not _for_types(node.test):
                    self.read([*node.body, *node.orelse])
                case ast.If():
                    self.read(node.orelse)
                case ast.Try():
                    self.read([*(s for h in node.handlers for s in h.body), *node.orelse, *node.body, *node.finalbody])
                case ast.With():
                    self.read(node.body)
                case _:
                    pass

    def _class(self, node: ast.ClassDef) -> None:
        self.own.add(node.name)
        self.classes[node.name] = tuple(self._absolute(ast.unparse(base)) for base in node.bases if _plain(base))
        if added := added_base(node):
            self.classes[node.name] = (*self.classes[node.name], self._absolute(added))
        self.methods[node.name] = read_methods(node, self._absolute)
        if self.name.startswith("google.") or any(part in _WITH_ATTRIBUTES for part in self.name.split(".")):
            self.attributes[node.name] = read_attributes(node)
        functions = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__"]
        if functions:
            self.inits[node.name] = read_init(functions[-1])
        elif node.decorator_list and any(
            "attr" in d or "dataclass" in d for d in map(ast.unparse, node.decorator_list)
        ):
            self.classes[node.name] = (*self.classes[node.name], "an.attrs.class")

    def _absolute(self, name: str) -> str:
        first, dot, rest = name.partition(".")
        if name in {"object", "Exception"}:
            return "object"
        base = self.imported.get(first) or f"{self.name}.{first}"
        return f"{base}{dot}{rest}"

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                self.imported[alias.asname or first] = alias.name if alias.asname else first
            return
        module = self._from(node)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self.imported[alias.asname or alias.name] = f"{module}.{alias.name}"

    def _from(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + self._package]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def _assign(self, node: ast.Assign | ast.AnnAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [
            t.id
            for target in targets
            for t in ast.walk(target)
            if isinstance(t, ast.Name) and isinstance(t.ctx, ast.Store)
        ]
        self.own |= set(names)
        lower = {name.lower() for name in names}
        if lower & _LAZY and node.value is not None:
            self._lazy(node.value)
        if lower & _FALLBACKS and node.value is not None:
            self._fallbacks(node.value, renamed="_rename_map" in lower)

    def _lazy(self, value: ast.expr) -> None:
        """Tables of names that a module imports when they are asked for (PEP 562)."""
        try:
            table = ast.literal_eval(value)
        except ValueError:
            return
        for key, where in table.items():
            match where:
                case dict():
                    self._shims.setdefault(key, {}).update(where)
                case tuple():
                    self.imported[key] = ".".join(part for part in (self._from_text(where[0]), where[1]) if part)
                case str():
                    self.imported[key] = where if where.endswith(f".{key}") else f"{self._from_text(where)}.{key}"

    def _fallbacks(self, value: ast.expr, *, renamed: bool) -> None:
        try:
            table = ast.literal_eval(value)
        except ValueError:
            return
        for key, where in table.items():
            places = where if isinstance(where, tuple) else (where,)
            self.imported[key] = f"{places[1]}.{places[2]}" if renamed else f"{places[-1]}.{key}"

    def _from_text(self, module: str) -> str:
        return f"{self.name}{module}" if module.startswith(".") else module


def _for_types(test: ast.expr) -> bool:
    return ast.unparse(test).endswith("TYPE_CHECKING")


def _plain(base: ast.expr) -> bool:
    return isinstance(base, ast.Name | ast.Attribute)
