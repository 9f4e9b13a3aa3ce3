"""Follow dictionaries that a file writes out: in place, or under a name that it binds once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import literal

if TYPE_CHECKING:
    from codemods.engine.file import File


@dataclass(frozen=True, slots=True)
class Written:
    """A dictionary that is written out, and every place that reads it by its name (none when it is in place)."""

    value: cst.Dict
    read: tuple[cst.CSTNode, ...] = ()


def followed(node: cst.BaseExpression, file: File) -> Written | None:
    """The literal dictionary that an expression is, or names; None when the file does not tell."""
    if isinstance(node, cst.Dict):
        return Written(node)
    if not isinstance(node, cst.Name):
        return None
    value = assigned(node.value, file)
    if not isinstance(value, cst.Dict):
        return None
    return Written(value, tuple(use.nodes[0] for use in file.bindings.bare(node.value)))


def assigned(name: str, file: File) -> cst.BaseExpression | None:
    """What the only binding of a name in the file, an assignment, gives it."""
    targets = file.bindings.targets.get(name, ())
    if len(targets) != 1 or any(file.spelled.all(kind, name) for kind in (cst.Param, cst.FunctionDef, cst.ClassDef)):
        return None
    around = file.bindings.parents.get(targets[0])
    if not isinstance(around, cst.AssignTarget) or name in file.bindings.top.imports:
        return None
    assign = file.bindings.parents.get(around)
    return assign.value if isinstance(assign, cst.Assign) else None


def unpackings(arg: cst.Arg, found: Written, file: File) -> list[cst.CSTNode | None]:
    """The calls that a dictionary is unpacked into, ``arg`` being in one of them; None among them for other uses."""
    args = [file.bindings.parents.get(read) for read in found.read] if found.read else [arg]
    return [file.bindings.parents.get(one) if isinstance(one, cst.Arg) and one.star == "**" else None for one in args]


def entries(node: cst.Dict) -> dict[str, cst.DictElement] | None:
    """The elements by key; None when a key is no literal, is given twice, or ``**`` brings in more."""
    found: dict[str, cst.DictElement] = {}
    for element in node.elements:
        key = literal(element.key) if isinstance(element, cst.DictElement) else None
        if key is None or key in found or not isinstance(element, cst.DictElement):
            return None
        found[key] = element
    return found


def commented(element: cst.DictElement) -> bool:
    """Whether a comment follows an entry, before the next one."""
    space = element.comma.whitespace_after if isinstance(element.comma, cst.Comma) else None
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return False
    return bool(space.first_line.comment or any(line.comment for line in space.empty_lines))


def without_entry(node: cst.Dict, key: str) -> cst.Dict:
    """The dictionary without one entry; comments of the others are kept."""
    gone = next((e for e in node.elements if isinstance(e, cst.DictElement) and literal(e.key) == key), None)
    if gone is None:
        return node
    kept = [element for element in node.elements if element is not gone]
    if not kept or gone is not node.elements[-1]:
        return node.with_changes(elements=kept)
    last, close = kept[-1], node.rbrace.whitespace_before
    after = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else None
    if isinstance(after, cst.ParenthesizedWhitespace) and isinstance(close, cst.ParenthesizedWhitespace):
        own = [line for line in close.empty_lines if line.comment]
        above = [
            *after.empty_lines,
            *([cst.EmptyLine(comment=close.first_line.comment)] if close.first_line.comment else []),
            *own,
        ]
        close = after.with_changes(empty_lines=above, last_line=close.last_line, indent=close.indent)
    kept[-1] = last.with_changes(comma=gone.comma)
    return node.with_changes(elements=kept, rbrace=cst.RightCurlyBrace(close))
