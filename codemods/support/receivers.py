"""Tell of which class of a library an object is, whose method is called: through variables, attributes, ``with``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted_text, is_name
from codemods.profiles import load
from codemods.profiles.shipped import SOURCE
from codemods.support.assignments import assignments
from codemods.support.constructing import above
from codemods.tables import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Scope
    from codemods.profiles import Signature
    from codemods.profiles.methods import Method

_LIBRARIES = ("airflow.", "google.cloud.")
_DEPTH = 8
_SOME = re.compile(r"\.(Base|Abstract|Db)\w*$")
"""Classes that are returned in the place of one derived from them, which may have more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A class as the file was written for (``old``, empty when 1.10 has none) and on the target (``new``).

    ``ours``: the class of the file in between, whose own methods come first.
    """

    old: str
    new: str
    ours: cst.ClassDef | None = None

    def made_before(self) -> Signature | None:
        """How the class was made in 1.10."""
        return load(SOURCE).signature(self.old) if self.old else None

    def before(self, method: str) -> Method | None:
        """The method in 1.10."""
        return load(SOURCE).method(self.old, method) if self.old else None

    def after(self, method: str, file: File) -> Method | None:
        """The method on the target."""
        return file.target.method(self.new, method)


def receiver(call: cst.Call, file: File) -> Kind | None:
    """The class whose method a call calls; None when that is not known, or the method is the file's own."""
    if not isinstance(call.func, cst.Attribute):
        return None
    known = file.once(_Knowledge)
    kind = known.class_object(call.func.value) or known.kind(call.func.value)
    if kind is None or (kind.ours is not None and known.own(kind.ours, call.func.attr.value)):
        return None
    return kind


def object_kind(node: cst.BaseExpression, file: File) -> Kind | None:
    """The class that an expression is, or is an object of; None when that is not known."""
    known = file.once(_Knowledge)
    return known.class_object(node) or known.kind(node)


def derived(node: cst.ClassDef, file: File) -> Kind | None:
    """The class of a library that a class of the file derives from, through others of the file."""
    return file.once(_Knowledge).parent(node)


def constructed_kind(call: cst.Call, file: File) -> Kind | None:
    """The class whose constructor gets the arguments of a call: called itself, as ``super()``, or by a subclass."""
    known = file.once(_Knowledge)
    if isinstance(call.func, cst.Attribute) and is_name(call.func.attr, "__init__"):
        above_it = call.func.value
        return known.kind(above_it) if isinstance(above_it, cst.Call) and is_name(above_it.func, "super") else None
    kind = known.class_object(call.func)
    return None if kind is not None and kind.ours is not None and known.own(kind.ours, "__init__") else kind


class _Knowledge:
    """What the expressions of one file are: each asked once."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._known: dict[cst.CSTNode, Kind | None] = {}
        self._values: dict[tuple[Scope, str], list[cst.CSTNode | None]] = defaultdict(list)
        self._attributes: dict[tuple[cst.CSTNode, str], list[cst.CSTNode | None]] = defaultdict(list)
        self._classes = {
            one.name.value: one for one in file.bindings.nodes[cst.ClassDef] if isinstance(one, cst.ClassDef)
        }
        self._read_assignments()

    def kind(self, node: cst.BaseExpression, depth: int = _DEPTH) -> Kind | None:
        """The class of the object that an expression gives."""
        if not depth:
            return None
        if node not in self._known:
            self._known[node] = None  # while it is asked: a variable that is made of itself
            self._known[node] = self._kind(node, depth - 1)
        return self._known[node]

    def class_object(self, node: cst.BaseExpression) -> Kind | None:
        """The class that an expression names: imported, or of the file and derived from such a one."""
        if not isinstance(node, cst.Name | cst.Attribute):
            return None
        written = self._file.written(node)
        if len(written) == 1:
            return _as_kind(next(iter(written)), self._file)
        owner = self._classes.get(node.value) if isinstance(node, cst.Name) and not written else None
        return self.parent(owner) if owner is not None else None

    def own(self, owner: cst.ClassDef, name: str) -> bool:
        """Whether a class of the file, or one of its bases in the file, has a method or attribute of this name."""
        if (owner, name) in self._attributes:
            return True
        if any(isinstance(one, cst.FunctionDef) and one.name.value == name for one in owner.body.body):
            return True
        bases = [self._classes[base] for base in _locals(owner, self._classes)]
        return any(self.own(base, name) for base in bases if base is not owner)

    def parent(self, owner: cst.ClassDef) -> Kind | None:
        """The class of a library that a class of the file derives from."""
        here = _locals(owner, self._classes)
        if not all(dotted_text(b.value) in here or self._file.written(b.value) for b in owner.bases):
            return None
        base = above(owner, self._file)
        written = self._file.written(base) if base is not None else frozenset()
        kind = _as_kind(next(iter(written)), self._file) if len(written) == 1 else None
        return Kind(kind.old, kind.new, owner) if kind is not None else None

    def _kind(self, node: cst.BaseExpression, depth: int) -> Kind | None:
        found: Kind | None = None
        match node:
            case cst.Call():
                found = self._made(node, depth)
            case cst.Name():
                found = self._variable(node, depth)
            case cst.Attribute(value=cst.Name(value="self")):
                found = self._of_self(node, depth)
            case cst.Attribute():
                found = self._returned(node, depth, called=False)
            case cst.BooleanOperation(operator=cst.Or()):
                found = self.kind(node.right, depth)
            case cst.IfExp():
                found = self._same([node.body, node.orelse], depth)
        return found

    def _made(self, call: cst.Call, depth: int) -> Kind | None:
        if (kind := self.class_object(call.func)) is not None:
            return kind
        if is_name(call.func, "super"):
            return self._super(call)
        if isinstance(call.func, cst.Attribute):
            return self._returned(call.func, depth, called=True)
        if isinstance(call.func, cst.Name):
            found = self._file.functions(call.func.value)
            return self._result(found[0], depth) if len(found) == 1 else None
        return None

    def _super(self, call: cst.Call) -> Kind | None:
        owner = self._around(call)
        if owner is None or len(owner.bases) != 1:
            return None
        return self.class_object(owner.bases[0].value)

    def _returned(self, func: cst.Attribute, depth: int, *, called: bool) -> Kind | None:
        """What a method, or a property, of a known object gives."""
        name = func.attr.value
        owner = self.class_object(func.value) or self.kind(func.value, depth)
        if is_name(func.value, "self") and (around := self._around(func)) is not None:
            found = [one for one in around.body.body if isinstance(one, cst.FunctionDef) and one.name.value == name]
            if found:
                return self._result(found[0], depth)
            owner = self.parent(around)
        if owner is None:
            return None
        before, after = owner.before(name), owner.after(name, self._file)
        old = before.returns if before is not None and before.property is not called else ""
        new = after.returns if after is not None and after.property is not called else ""
        return _as_kind(old, self._file, new) if (old or new) and not _SOME.search(new or old) else None

    def _of_self(self, node: cst.Attribute, depth: int) -> Kind | None:
        owner = self._around(node)
        if owner is None:
            return None
        assigned = self._attributes.get((owner, node.attr.value))
        return self._same(assigned, depth) if assigned else self._returned(node, depth, called=False)

    def _variable(self, node: cst.Name, depth: int) -> Kind | None:
        scope = self._file.bindings.scopes.get(node)
        owner = scope.owner(node.value) if scope is not None else None
        if node.value == "self" and (around := self._around(node)) is not None:
            return self.parent(around)
        if owner is None or node.value in owner.imports:
            return None
        return self._same(self._values.get((owner, node.value), [None]), depth)

    def _same(self, values: Iterable[cst.CSTNode | None], depth: int) -> Kind | None:
        """The one class that all of these values have; ``None`` as a value says nothing."""
        told = [value for value in values if value is None or not is_name_none(value)]
        kinds = {self._annotated_or(value, depth) if value is not None else None for value in told}
        return kinds.pop() if len(kinds) == 1 else None

    def _annotated_or(self, value: cst.CSTNode, depth: int) -> Kind | None:
        if isinstance(value, cst.Annotation):
            return self.class_object(value.annotation)
        return self.kind(value, depth) if isinstance(value, cst.BaseExpression) else None

    def _result(self, function: cst.FunctionDef, depth: int) -> Kind | None:
        """The class of what a function of the file returns."""
        if function.returns is not None:
            return self.class_object(function.returns.annotation)
        values = [one.value for one in returns(function.body) if one.value is not None]
        return self._same(values, depth) if values else None

    def _around(self, node: cst.CSTNode) -> cst.ClassDef | None:
        return next((one for one in self._file.ancestors(node) if isinstance(one, cst.ClassDef)), None)

    def _read_assignments(self) -> None:
        for target, value in assignments(self._file):
            self._note(target, value)
        for param in self._file.bindings.nodes[cst.Param]:
            if isinstance(param, cst.Param):
                self._parameter(param)

    def _note(self, target: cst.CSTNode, value: cst.CSTNode | None) -> None:
        if isinstance(target, cst.Name):
            scope = self._file.bindings.scopes.get(value if value is not None else target)
            scope = scope or self._file.bindings.scopes.get(self._file.bindings.parents.get(target, target))
            owner = scope.owner(target.value) if scope is not None else None
            if owner is not None:
                self._values[owner, target.value].append(value)
            if owner is not None and owner.kind == "class" and (inside := self._around(target)) is not None:
                self._attributes[inside, target.value].append(value)
        elif isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._note(element.value, None)
        elif isinstance(target, cst.Attribute) and is_name(target.value, "self"):
            around = self._around(target)
            if around is not None:
                self._attributes[around, target.attr.value].append(value)

    def _parameter(self, param: cst.Param) -> None:
        function = self._file.bindings.parents.get(self._file.bindings.parents.get(param, param))
        if isinstance(function, cst.FunctionDef | cst.Lambda):
            scope = self._file.bindings.inner(function)
            self._values[scope, param.name.value].append(param.annotation)


def _as_kind(name: str, file: File, new: str = "") -> Kind | None:
    """The class with this name, as written or as 1.10 has it; ``new``: what the target says of it."""
    if not (new or name).startswith(_LIBRARIES):
        return None
    source = load(SOURCE)
    old = source.where(name) if name else None
    old = old if old is not None and old in source.classes else None
    on_target = new or (file.names.moves.get(name) or canonical(name))
    found = file.target.where(on_target)
    if found is None or found not in file.target.classes:
        found = None
    return Kind(old or "", found or on_target) if old or found else None


def returns(node: cst.CSTNode) -> Iterator[cst.Return]:
    """The ``return`` statements of a function's body, without those of functions in it."""
    for child in node.children:
        if isinstance(child, cst.Return):
            yield child
        elif not isinstance(child, cst.FunctionDef | cst.ClassDef | cst.Lambda | cst.BaseExpression):
            yield from returns(child)


def is_name_none(node: cst.CSTNode) -> bool:
    """Whether it is the literal None."""
    return isinstance(node, cst.BaseExpression) and is_name(node, "None")


def _locals(owner: cst.ClassDef, classes: dict[str, cst.ClassDef]) -> list[str]:
    """The bases of a class that are classes of the file."""
    return [name for base in owner.bases if (name := dotted_text(base.value)) in classes]
