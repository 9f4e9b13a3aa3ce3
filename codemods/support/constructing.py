"""Find the class of Airflow that gets a keyword: called itself, through ``partial``, ``super()`` or a subclass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import children, is_name, literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_DEPTH = 10


def constructs(call: cst.Call, file: File, keyword: str) -> str:
    """The canonical name of the class of Airflow that takes a keyword of this call; empty when there is none."""
    node = constructed(call, file, keyword)
    name = file.name(node) if node is not None else ""
    return name if name.startswith("airflow.") else ""


def constructed(call: cst.Call, file: File, keyword: str) -> cst.BaseExpression | None:
    """The name, as written, of the class that takes a keyword of this call; None when the file does not tell."""
    func = call.func
    if file.called(call) == "functools.partial":
        first = call.args[0] if call.args else None
        return _taking(first.value, file, keyword) if first and first.keyword is None and not first.star else None
    if isinstance(func, cst.Attribute) and is_name(func.attr, "partial"):
        return _taking(func.value, file, keyword)
    if isinstance(func, cst.Attribute) and is_name(func.attr, "__init__"):
        return _parent(func, file, keyword)
    return _taking(func, file, keyword)


def above(node: cst.ClassDef, file: File) -> cst.BaseExpression | None:
    """The name, as written, of the one class of Airflow that a class of the file derives from."""
    return _above(node, file, "", _DEPTH)


def base_of(node: cst.ClassDef, file: File) -> str:
    """The canonical name of the class of Airflow that a class of the file derives from; empty when there is none."""
    base = _above(node, file, "", _DEPTH)
    name = file.name(base) if base is not None else ""
    return name if name.startswith("airflow.") else ""


def class_of(call: cst.Call, file: File) -> cst.ClassDef | None:
    """The only class of the file with the name that is called; None when it is none."""
    named = file.spelled.all(cst.ClassDef, call.func.value) if isinstance(call.func, cst.Name) else []
    return named[0] if len(named) == 1 and not file.written(call.func) else None


def own_init(node: cst.ClassDef) -> cst.FunctionDef | None:
    """The ``__init__`` that a class defines itself."""
    items = [item for item in node.body.body if isinstance(item, cst.FunctionDef)]
    return next((item for item in items if item.name.value == "__init__"), None)


def _parent(func: cst.Attribute, file: File, keyword: str) -> cst.BaseExpression | None:
    """The class that ``super().__init__`` or ``Base.__init__`` calls, inside a class of the file."""
    if not (isinstance(func.value, cst.Call) and is_name(func.value.func, "super")):
        return _taking(func.value, file, keyword)
    around = next((node for node in file.ancestors(func) if isinstance(node, cst.ClassDef)), None)
    return _above(around, file, keyword, _DEPTH) if around is not None else None


def _taking(node: cst.BaseExpression, file: File, keyword: str, depth: int = _DEPTH) -> cst.BaseExpression | None:
    if not isinstance(node, cst.Name) or file.bindings.use(node) is None or file.written(node):
        return node
    classes = file.spelled.all(cst.ClassDef, node.value)
    if len(classes) != 1 or not depth or not _passes_on(classes[0], keyword):
        return None
    return _above(classes[0], file, keyword, depth)


def _above(node: cst.ClassDef, file: File, keyword: str, depth: int) -> cst.BaseExpression | None:
    """The one base that is of Airflow, through classes of the file."""
    bases = [_taking(base.value, file, keyword, depth - 1) for base in node.bases if not base.star]
    ours = [base for base in bases if base is not None and file.name(base).startswith("airflow.")]
    return ours[0] if len(ours) == 1 else None


def _passes_on(node: cst.ClassDef, keyword: str) -> bool:
    """Whether a class has no ``__init__``, or one that takes the keyword only among ``**kwargs`` and hands those on."""
    init = own_init(node)
    if init is None or not keyword:
        return True
    rest = init.params.star_kwarg
    named = {param.name.value for param in (*init.params.params, *init.params.kwonly_params)}
    return rest is not None and keyword not in named and _hands_on(init, rest.name.value, keyword)


def _hands_on(node: cst.CSTNode, rest: str, keyword: str) -> bool:
    """Whether ``**rest`` is passed to something, and the keyword is never taken out of it by its name."""
    found = list(_below(node))
    taken = any(isinstance(one, cst.SimpleString) and literal(one) == keyword for one in found)
    return not taken and any(
        isinstance(one, cst.Arg) and one.star == "**" and is_name(one.value, rest) for one in found
    )


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in children(node):
        yield from _below(child)
