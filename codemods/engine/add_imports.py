"""Add import statements at the top of a module, beside those it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from codemods.engine.import_edits import statement
from codemods.engine.nodes import dotted_text, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codemods.engine.report import NewImport

Line: TypeAlias = cst.SimpleStatementLine | cst.BaseCompoundStatement


def add_imports(module: cst.Module, needed: Sequence[NewImport]) -> cst.Module:
    """The module with these imports; one that a statement at the top could take is put there."""
    body: list[Line] = list(module.body)
    for new in dict.fromkeys(needed):
        body = _joined(body, new) or _inserted(body, new)
    return module.with_changes(body=body)


def _joined(body: Sequence[Line], new: NewImport) -> list[Line] | None:
    for index, line in enumerate(body):
        old = _only(line)
        if not isinstance(old, cst.ImportFrom) or isinstance(old.names, cst.ImportStar) or old.relative:
            continue
        if dotted_text(old.module) == new.module and old.lpar is None and new.name:
            alias = statement([new]).names
            names = [*old.names[:-1], old.names[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT), *_items(alias)]
            changed = line.with_changes(body=[old.with_changes(names=names)])
            return [*body[:index], changed, *body[index + 1 :]]
    return None


def _items(names: Sequence[cst.ImportAlias] | cst.ImportStar) -> Sequence[cst.ImportAlias]:
    return [] if isinstance(names, cst.ImportStar) else names


def _inserted(body: Sequence[Line], new: NewImport) -> list[Line]:
    at = _place(body)
    return [*body[:at], cst.SimpleStatementLine([statement([new])]), *body[at:]]


def _place(body: Sequence[Line]) -> int:
    """The index after the first run of imports, else after the docstring."""
    at = 1 if body and _is_docstring(body[0]) else 0
    for index, line in enumerate(body[at:], start=at):
        if not isinstance(_only(line), cst.Import | cst.ImportFrom):
            break
        at = index + 1
    return at


def _only(line: Line) -> cst.CSTNode | None:
    if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
        return line.body[0]
    return None


def _is_docstring(line: Line) -> bool:
    expression = _only(line)
    return isinstance(expression, cst.Expr) and literal(expression.value) is not None
