"""List what classes of 1.10 take or do otherwise by their signatures on the target: defaults, arguments, templates.

    uv run python -m tests.bench.signature_differences SITE_PACKAGES_OF_1_10 SITE_PACKAGES_OF_THE_TARGET

One line of CSV a difference: name, difference, old, new. ``name`` is the class on the target, with its method if it is
not the constructor. Classes are read from their source, bases followed; nothing is imported.
"""

from __future__ import annotations

import ast
import csv
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.tables import canonical, renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLACES = ("operators", "sensors", "hooks", "transfers", "models", "utils")
_REQUIRED, _GONE = "required", "gone"
_TEMPLATES = ("template_fields", "template_ext")
_SAME = frozenset({"None", "PROVIDE_PROJECT_ID", "()", "DEFAULT", "NOTSET", "{}", "[]", "''"})
"""Defaults that say: nothing was given."""
_IGNORED = frozenset({"session", "delegate_to", "impersonation_chain", "deferrable", "args", "kwargs"})


@dataclass
class Class:
    """One class as written: ``functions``: method -> parameter -> default (``required`` without one)."""

    name: str
    bases: list[str]
    functions: dict[str, dict[str, str]] = field(default_factory=dict)
    open: dict[str, bool] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


class Site:
    """Every class of Airflow below a folder of packages."""

    def __init__(self, root: Path) -> None:
        self.classes: dict[str, Class] = {}
        self.imports: dict[str, str] = {}
        for path in sorted((root / "airflow").rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if {*_PLACES}.intersection(parts):
                self._read(path, ".".join(parts).removesuffix(".__init__"))

    def line(self, name: str, depth: int = 12) -> Iterator[Class]:
        """A class and its bases, depth first."""
        found = self.classes.get(self.where(name))
        if found is not None and depth:
            yield found
            for base in found.bases:
                yield from self.line(base, depth - 1)

    def where(self, name: str) -> str:
        """Where a name is defined."""
        for _ in range(9):
            if name in self.classes or name not in self.imports:
                break
            name = self.imports[name]
        return name

    def takes(self, name: str, function: str) -> dict[str, str]:
        """Parameter -> default of a function of a class; what it passes on is taken from the bases."""
        found: dict[str, str] = {}
        for one in self.line(name):
            if one.name.endswith(".BaseOperator") and function == "__init__":
                break
            if function in one.functions:
                found = {**{k: self._resolved(name, v) for k, v in one.functions[function].items()}, **found}
                if function != "__init__" or not one.open[function]:
                    break
        return found

    def value(self, name: str, attribute: str) -> str:
        """What a class, or the first of its bases, sets an attribute to."""
        return next((one.values[attribute] for one in self.line(name) if attribute in one.values), "()")

    def _resolved(self, name: str, default: str) -> str:
        if default.isdigit() or not default.rpartition(".")[2].isidentifier():
            return default
        return next((x.values[k] for x in self.line(name) if (k := default.rpartition(".")[2]) in x.values), default)

    def _read(self, path: Path, module: str) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        self.imports |= {f"{module}.{name}": target for name, target in known.items()}
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                bases = [known.get(text := ast.unparse(base), text) for base in node.bases]
                self.classes[f"{module}.{node.name}"] = _class(node, f"{module}.{node.name}", bases)


def _class(node: ast.ClassDef, name: str, bases: list[str]) -> Class:
    made = Class(name, bases)
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and (item.name == "__init__" or not item.name.startswith("_")):
            made.functions[item.name] = _parameters(item)
            made.open[item.name] = item.args.kwarg is not None
        elif isinstance(item, ast.Assign | ast.AnnAssign) and item.value is not None:
            targets = item.targets if isinstance(item, ast.Assign) else [item.target]
            made.values |= {t.id: ast.unparse(item.value) for t in targets if isinstance(t, ast.Name)}
    return made


def _parameters(node: ast.FunctionDef) -> dict[str, str]:
    args = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    padded = [None] * (len(args) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [*zip(args, padded, strict=True)]
    pairs += [(a.arg, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    return {name: _REQUIRED if default is None else ast.unparse(default) for name, default in pairs if name != "self"}


def differences(before: Site, after: Site) -> Iterator[tuple[str, str, str, str]]:
    """Each difference of a class that both have: name, what differs, as it was, as it is."""
    seen: set[str] = set()
    for name in sorted(before.classes):
        new = after.where(canonical(name))
        if new not in after.classes or new in seen or not any(f".{place}" in name for place in _PLACES):
            continue
        seen.add(new)
        functions = {f for one in before.line(name) for f in one.functions if not one.name.endswith(".BaseOperator")}
        for function in sorted(functions):
            there = any(function in one.functions for one in after.line(new))
            label = new if function == "__init__" else f"{new}.{function}"
            if there:
                yield from _compared(label, new, before.takes(name, function), after.takes(new, function))
        for attribute in _TEMPLATES:
            old, now = (_words(side.value(one, attribute)) for side, one in ((before, name), (after, new)))
            if old - now:
                yield new, f"{attribute} less", " ".join(sorted(old - now)), ""
            if now - old:
                yield new, f"{attribute} more", "", " ".join(sorted(now - old))


def _compared(label: str, new: str, old: dict[str, str], now: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    short = new.rpartition(".")[2]
    for argument, default in old.items():
        known = renamed_arguments().get((short, argument)) or argument
        if argument in _IGNORED:
            continue
        if known not in now:
            yield label, f"{argument} gone", default, _GONE
        elif default != _REQUIRED and not _same(default, now[known]):
            yield label, f"{known} default", default, now[known]
    for argument, default in now.items():
        if default == _REQUIRED and old.get(argument) is None and argument not in _IGNORED:
            yield label, f"{argument} {_REQUIRED}", "", _REQUIRED


def _same(old: str, now: str) -> bool:
    """Whether two defaults say the same: one text in other quotes, or nothing in two ways."""
    return now.strip("'\"") == old.strip("'\"") or {old, now} <= _SAME


def _words(text: str) -> set[str]:
    try:
        value = ast.literal_eval(text)
    except ValueError:
        return set()
    return {value} if isinstance(value, str) else {*value}


def main() -> None:
    """Print the list."""
    before, after = (Site(Path(one)) for one in sys.argv[1:3])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("name", "difference", "old", "new"))
    writer.writerows(differences(before, after))


if __name__ == "__main__":
    main()
