"""Carry out all edits of a file in one pass over its tree."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from codemods.engine.add_imports import add_imports
from codemods.engine.import_edits import edit_statement
from codemods.engine.quoting import Quoting
from codemods.engine.report import Edit, Fix, ImportEdit, NewImport

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codemods.engine.file import File

Replacement: TypeAlias = "cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]"


class _Replace(cst.CSTTransformer):
    """Enter only the nodes around an edit; replace each edited node on the way out."""

    def __init__(self, edits: dict[cst.CSTNode, list[Edit]], around: set[cst.CSTNode], quoting: Quoting) -> None:
        super().__init__()
        self._quoting = quoting
        self._edits = edits
        self._around = around
        self.missed = set(edits)

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._around

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Replacement:  # type: ignore[override]
        result: Replacement = updated_node
        self.missed.discard(original_node)
        for edit in self._edits.get(original_node, ()):
            if not isinstance(result, cst.CSTNode):
                break
            result = edit.change(result)
            if isinstance(result, cst.CSTNode):
                result = self._quoting.fit(original_node, result)
        return result


def apply_fixes(file: File, fixes: Iterable[Fix]) -> cst.Module:
    """The module after these fixes."""
    edits: dict[cst.CSTNode, list[Edit]] = defaultdict(list)
    needed: list[NewImport] = []
    for edit in _flattened(file, fixes, needed):
        edits[edit.node].append(edit)
    around = {parent for node in edits for parent in (node, *file.ancestors(node))}
    around.add(file.module)
    replace = _Replace(edits, around, Quoting(file))
    module = file.module.visit(replace)
    assert isinstance(module, cst.Module)  # noqa: S101 - a module is never replaced
    if replace.missed:  # what is reported as changed has to be changed
        raise AssertionError(f"{len(replace.missed)} edits were not reached: {sorted(map(_kind, replace.missed))}")
    return add_imports(module, needed)


def _kind(node: cst.CSTNode) -> str:
    return type(node).__name__


def _flattened(file: File, fixes: Iterable[Fix], needed: list[NewImport]) -> list[Edit]:
    edits: list[Edit] = []
    moved: dict[cst.Import | cst.ImportFrom, dict[cst.ImportAlias, tuple[NewImport, ...]]] = defaultdict(dict)
    placed: set[NewImport] = set()
    for fix in fixes:
        needed.extend(fix.imports)
        for edit in fix.edits:
            if isinstance(edit, ImportEdit):
                moved[edit.old.statement].setdefault(edit.old.alias, edit.new)
                placed |= set(edit.new) if edit.old.scope is file.bindings.top else set()
            else:
                edits.append(edit)
    needed[:] = [one for one in dict.fromkeys(needed) if one not in placed]
    return edits + [edit for old, new in moved.items() for edit in edit_statement(old, new, file.bindings)]
