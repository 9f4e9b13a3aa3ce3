"""What the names of a finished file stand for, read with ``ast``: imports, plain subclasses, default_args."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field

_GUARDS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "AttributeError", "BaseException"})


@dataclass(slots=True)
class Code:
    """One file: ``imports`` are those not guarded by a try; ``defaults`` None: some default_args can't be read.

    ``tries``: of each try that guards imports, those in it, and those that are run when one of them fails.
    """

    names: dict[str, str] = field(default_factory=dict)
    imports: list[tuple[int, str]] = field(default_factory=list)
    tries: list[tuple[list[tuple[int, str]], list[tuple[int, str]]]] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    attributes: list[ast.Attribute] = field(default_factory=list)
    subclasses: dict[str, str] = field(default_factory=dict)
    defaults: frozenset[str] | None = frozenset()

    def name(self, node: ast.expr) -> str:
        """The absolute name that an expression stands for; empty when it was not imported."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.names:
            return ""
        return ".".join([self.names[node.id], *reversed(parts)])


def read(source: str) -> Code:
    """Read a file. Raises SyntaxError."""
    reader = _Reader()
    reader.visit(ast.parse(source))
    return reader.finished()


class _Reader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.code = Code()
        self._bound: set[str] = set()
        self._imported: dict[str, set[str]] = defaultdict(set)
        self._guarded = 0
        self._noted: list[tuple[int, str]] | None = None
        self._dicts: dict[str, list[ast.expr]] = defaultdict(list)
        self._default_args: list[ast.expr] = []

    def finished(self) -> Code:
        """The names that stand for one import only, and what default_args hold."""
        single = {name: found for name, found in self._imported.items() if len(found) == 1}
        self.code.names = {n: next(iter(found)) for n, found in single.items() if n not in self._bound}
        self.code.defaults = self._defaults()
        return self.code

    def visit_Import(self, node: ast.Import) -> None:
        """``import a.b as c``."""
        for alias in node.names:
            first = alias.name.partition(".")[0]
            self._imported[alias.asname or first].add(alias.name if alias.asname else first)
            self._note(node.lineno, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """``from a import b``."""
        if node.level or node.module is None:
            self._bound.update(alias.asname or alias.name for alias in node.names)
            return
        for alias in node.names:
            if alias.name == "*":
                self._note(node.lineno, node.module)
                continue
            self._imported[alias.asname or alias.name].add(f"{node.module}.{alias.name}")
            self._note(alias.lineno, f"{node.module}.{alias.name}")

    def _note(self, line: int, name: str) -> None:
        if self._noted is not None:
            self._noted.append((line, name))
        elif not self._guarded:
            self.code.imports.append((line, name))

    def visit_Try(self, node: ast.Try) -> None:
        """What a try guards may be missing."""
        caught = {n.id for h in node.handlers for n in ast.walk(h) if isinstance(n, ast.Name)}
        guarded = bool(caught & _GUARDS) or any(h.type is None for h in node.handlers)
        outer, alone = self._noted, guarded and not self._guarded
        self._guarded += guarded
        tried = self._read(node.body, alone=alone)
        fallback = self._read([s for h in node.handlers for s in h.body], alone=alone)
        if alone:
            self.code.tries.append((tried, fallback))
        self._noted = outer
        self._read([*node.orelse, *node.finalbody], alone=False)
        self._guarded -= guarded

    def _read(self, body: list[ast.stmt], *, alone: bool) -> list[tuple[int, str]]:
        """Visit statements; the imports in them, when the try that they belong to is the only guard."""
        found: list[tuple[int, str]] = []
        if alone:
            self._noted = found
        for child in body:
            self.visit(child)
        return found

    def visit_If(self, node: ast.If) -> None:
        """A condition guards, too: it may ask for a version."""
        outer, self._noted = self._noted, None
        self._guarded += 1
        self.generic_visit(node)
        self._guarded -= 1
        self._noted = outer

    def visit_Call(self, node: ast.Call) -> None:
        """Each call, and the default_args in it."""
        self.code.calls.append(node)
        self._default_args += [k.value for k in node.keywords if k.arg == "default_args"]
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """The longest dotted expressions only."""
        self.code.attributes.append(node)
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        self.visit(inner)

    def visit_Name(self, node: ast.Name) -> None:
        """What an assignment binds is not an import any more."""
        if not isinstance(node.ctx, ast.Load):
            self._bound.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Dictionaries that may be default_args."""
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._dicts[target.id].append(node.value)
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        """Parameters hide imports."""
        self._bound.add(node.arg)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bound.add(node.name)
        self.generic_visit(node)

    visit_FunctionDef = _definition  # noqa: N815
    visit_AsyncFunctionDef = _definition  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class hides an import of its name."""
        self._bound.add(node.name)
        self.generic_visit(node)

    def _defaults(self) -> frozenset[str] | None:
        keys: set[str] = set()
        for value in self._default_args:
            values = self._dicts.get(value.id, [value]) if isinstance(value, ast.Name) else [value]
            for one in values:
                found = _keys(one)
                if found is None:
                    return None
                keys |= found
        return frozenset(keys)


def _keys(value: ast.expr) -> set[str] | None:
    if isinstance(value, ast.Dict):
        keys = [k.value for k in value.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
        return set(keys) if len(keys) == len(value.keys) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        names = [k.arg for k in value.keywords if k.arg]
        return set(names) if len(names) == len(value.keywords) and not value.args else None
    return None
