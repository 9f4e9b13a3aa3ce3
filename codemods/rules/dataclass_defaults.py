"""CM143: defaults of dataclasses that Python 3.11 refuses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_DECORATORS = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_HASHED = ("frozen", "unsafe_hash")
_HEAD = "from dataclasses import dataclass\n"
_PART = _HEAD + "\n\n@dataclass\nclass Part:\n    size: int = 1\n"
_WHOLE = "\n\n@dataclass\nclass Whole:\n    part: Part = {}\n"


class DataclassDefaults(Rule):
    """Give a field of a dataclass a factory where its default is an object that cannot be hashed.

    Python 3.11 refuses such a default (``mutable default ... use default_factory``); older ones refused lists,
    dictionaries and sets alone. Objects of a dataclass cannot be hashed unless it is frozen. Each object gets a
    default of its own then, where all shared one, so a person reviews it. Helpers that do not name Airflow are
    looked at too.
    """

    code = "CM143"
    name = "dataclass-defaults"
    safety = Safety.UNSAFE
    url = "https://docs.python.org/3/whatsnew/3.11.html#dataclasses"
    anywhere = True
    needles = (b"dataclass",)
    watches = (cst.AnnAssign,)
    examples = (
        Example(
            "a dataclass",
            _PART + _WHOLE.format("Part()"),
            _PART.replace("dataclass\n", "dataclass, field\n", 1) + _WHOLE.format("field(default_factory=Part)"),
            unsafe=True,
        ),
        Example(
            "with arguments",
            _PART + _WHOLE.format("Part(size=2)"),
            _PART.replace("dataclass\n", "dataclass, field\n", 1)
            + _WHOLE.format("field(default_factory=lambda: Part(size=2))"),
            unsafe=True,
        ),
        Example("to review", _PART + _WHOLE.format("Part()"), flagged=True),
        Example(
            "a class of another file",
            _HEAD + "from ours.parts import Part\n" + _WHOLE.format("Part()"),
            flagged=True,
        ),
        Example("a frozen one", _PART.replace("@dataclass", "@dataclass(frozen=True)") + _WHOLE.format("Part()")),
        Example("a class that is hashed", _HEAD + "\n\nclass Part:\n    pass\n" + _WHOLE.format("Part()")),
        Example("a value of Python's", _HEAD + "from datetime import timedelta as Part\n" + _WHOLE.format("Part(1)")),
        Example("a factory", _PART.replace("dataclass\n", "dataclass, field\n", 1)
                + _WHOLE.format("field(default_factory=Part)")),
        Example("no dataclass", _PART + _WHOLE.replace("@dataclass\n", "").format("Part()")),
        Example("a function", _HEAD + "from ours import part\n" + _WHOLE.format("part()")),
    )  # fmt: skip

    def check(self, node: cst.AnnAssign, file: File) -> Iterator[Fix]:
        """Look at the fields of dataclasses that have a default."""
        call, owner = node.value, _class_of(node, file)
        if not isinstance(call, cst.Call) or owner is None or _decorator(owner, file) is None:
            return
        if not _is_unhashed(call.func, file):
            return
        name = cst.Module([]).code_for_node(call.func)
        field = file.reference("dataclasses.field")
        if field is None:
            return
        edit = Edit(call, lambda updated: _with_factory(field[0], updated))
        field_name = cst.Module([]).code_for_node(node.target)
        message = f"Python 3.11 refuses the default of {field_name}, an object of {name}: it is made by a factory"
        yield Fix(node, message, (edit,), field[1])


def _with_factory(field: str, call: cst.Call) -> cst.Call:
    """``field(default_factory=...)``, that makes what the call made."""
    made = call.func if not call.args else cst.Lambda(params=cst.Parameters(), body=call)
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Call(cst.parse_expression(field), [cst.Arg(made, cst.Name("default_factory"), equal=equal)])


def _class_of(node: cst.AnnAssign, file: File) -> cst.ClassDef | None:
    """The class of which it is a field."""
    around = next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef | cst.FunctionDef)), None)
    return around if isinstance(around, cst.ClassDef) else None


def _decorator(owner: cst.ClassDef, file: File) -> cst.BaseExpression | None:
    """The decorator that makes it a dataclass."""
    for one in owner.decorators:
        name = one.decorator.func if isinstance(one.decorator, cst.Call) else one.decorator
        if file.written(name) & _DECORATORS:
            return one.decorator
    return None


def _is_unhashed(name: cst.BaseExpression, file: File) -> bool:
    """Whether objects of a class cannot be hashed: a dataclass of the file, or, for all that is known, one of ours."""
    written = file.written(name)
    if written:
        return all(_may_be_dataclass(one) for one in written)
    found = [one for one in file.bindings.nodes[cst.ClassDef] if isinstance(one, cst.ClassDef)]
    own = [one for one in found if is_name(name, one.name.value)]
    return len(own) == 1 and not _is_hashed(own[0], file)


def _may_be_dataclass(name: str) -> bool:
    top, last = name.partition(".")[0], name.rpartition(".")[2]
    return top not in {*sys.stdlib_module_names, "airflow", "pendulum"} and last[:1].isupper()


def _is_hashed(owner: cst.ClassDef, file: File) -> bool:
    decorator = _decorator(owner, file)
    if decorator is None or any(
        isinstance(one, cst.FunctionDef) and one.name.value == "__hash__" for one in owner.body.body
    ):
        return True
    given = decorator.args if isinstance(decorator, cst.Call) else ()
    says = {arg.keyword.value: is_name(arg.value, "True") for arg in given if arg.keyword is not None}
    return any(says.get(name) for name in _HASHED) or says.get("eq") is False
