"""Decide, for each import of a file, where its names are now and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted
from codemods.engine.report import Edit, Fix, ImportEdit, NewImport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codemods.engine.file import File
    from codemods.engine.names import Names
    from codemods.engine.scopes import Import, Use

_TESTS = (cst.Comparison, cst.If, cst.BooleanOperation, cst.UnaryOperation, cst.IfExp)


class Mover:
    """The moves of one file; ``claimed`` holds the local names that earlier moves brought in."""

    def __init__(self, file: File, names: Names | None = None) -> None:
        self._file = file
        self._names = names if names is not None else file.names
        self._claimed: dict[str, str] = {}

    def fixes(self) -> Iterator[Fix]:
        """One fix an imported name that moved."""
        dotted_uses: set[Use] = set()
        for imported in self._file.bindings.imports:
            if self._file.emptied(imported) or imported.alias in self._file.taken:
                continue
            fix: Fix | None
            if imported.dotted is not None:
                fix = self._dotted(imported, dotted_uses)
            elif settled(imported, self._file, self._names):
                fix = None
            elif imported.target in self._names.moves:
                fix = self._name(imported)
            else:
                fix = self._module(imported)
            if fix is not None:
                yield fix

    def _name(self, imported: Import) -> Fix:
        new = self._names.moves[imported.target]
        module, _, name = new.rpartition(".")
        message = f"{imported.target} is now {new}"
        if imported.renamed or name == imported.local:
            alias = imported.local if imported.renamed else None
            return _fix(imported, message, [NewImport(module, name, alias)])
        if not self._may_rename(imported, name, new):
            return _fix(imported, message, [NewImport(module, name, imported.local)])
        self._claimed[name] = new
        edits = [_rename(use.nodes[0], name) for use in self._file.uses(imported)]
        return _fix(imported, message, [NewImport(module, name)], edits)

    def _may_rename(self, imported: Import, name: str, new: str) -> bool:
        """Whether every use of the local name is known, and the new name is free."""
        scope = imported.scope
        same = scope.imports[imported.local]
        alone = not scope.rebinds(imported.local) and all(self._names.moves.get(o.target) == new for o in same)
        return alone and scope.kind != "class" and not self._file.exports(imported.local) and self._free(name, new)

    def _free(self, name: str, target: str) -> bool:
        if name in self._claimed:
            return self._claimed[name] == target
        bound = [i for i in self._file.bindings.imports if i.local == name]
        others = name in self._file.bindings.bound and not bound
        return not others and all(i.target == target for i in bound) and (bool(bound) or not self._unbound(name))

    def _unbound(self, name: str) -> bool:
        return any(not use.imports for use in self._file.bindings.bare(name))

    def _module(self, imported: Import) -> Fix | None:
        """An import of a module, or of a package, whose names moved."""
        moves, old = self._names.moves, self._names.modules
        if imported.target not in old or imported.local in imported.scope.others:
            return None
        tests = [use for use in self._file.uses(imported) if self._is_test(use)]
        found = {
            use: self._longest(imported.target, use.parts[1:]) for use in self._file.uses(imported) if use not in tests
        }
        moved = {use: at for use, at in found.items() if at is not None}
        rest = [use for use, at in found.items() if at is None]
        package = imported.target in self._names.stay
        if (rest and not package) or (package and not moved):
            return None
        targets = dict.fromkeys(moves[at[0]].rpartition(".")[0] for at in moved.values())
        modules = list(targets) or [_default_module(old[imported.target])]
        locals_ = self._locals(imported, modules, keep=bool(rest), pinned=bool(tests))
        new = [_module_import(imported, module, local) for module, local in locals_.items()]
        kept = [_as_it_was(imported)] if rest else []
        edits = [e for use, at in moved.items() if (e := self._requalify(use, at, locals_, imported.local)) is not None]
        return _fix(imported, f"{imported.target} is now {', '.join(modules)}", kept + new, edits)

    def _is_test(self, use: Use) -> bool:
        """Whether a use only asks if the module is there, as in ``if module is not None``."""
        parent = self._file.bindings.parents.get(use.nodes[0])
        return len(use.parts) == 1 and isinstance(parent, _TESTS)

    def _locals(self, imported: Import, modules: list[str], *, keep: bool, pinned: bool) -> dict[str, str]:
        """The local name of each new module; ``keep``: the old one is taken, ``pinned``: it must stay."""
        if len(modules) == 1 and (imported.renamed or pinned) and not keep:
            return {modules[0]: imported.local}
        chosen: dict[str, str] = {}
        for module in modules:
            last = module.rpartition(".")[2]
            if self._free(last, module) and self._may_go(imported):
                self._claimed[last] = module
                chosen[module] = last
            elif len(modules) == 1 and not keep:
                chosen[module] = imported.local
            else:
                chosen[module] = f"{imported.local}_{last}"
        return chosen

    def _may_go(self, imported: Import) -> bool:
        """Whether the old local name may disappear from the file."""
        scope = imported.scope
        alone = not scope.rebinds(imported.local) and len(scope.imports[imported.local]) == 1
        return alone and scope.kind != "class" and imported.local not in self._file.bindings.quoted

    def _dotted(self, imported: Import, seen: set[Use]) -> Fix | None:
        """``import a.b.c``: the uses of every such import share the name ``a``."""
        edits: list[Edit | ImportEdit] = []
        wanted: dict[str, None] = {}
        elsewhere: dict[str, None] = {}
        for use in self._file.uses(imported):
            at = self._longest(use.parts[0], use.parts[1:])
            if at is None:
                continue
            old, depth = at
            module = self._names.moves[old].rpartition(".")[0]
            under = f"{old}.".startswith(f"{imported.dotted}.") and imported.dotted in self._names.modules
            (wanted if under else elsewhere)[module] = None
            if use not in seen:
                seen.add(use)
                edits.append(_replace(use.nodes[depth], self._names.moves[old]))
        if (
            imported.dotted is not None
            and imported.dotted in self._names.modules
            and imported.dotted not in self._names.stay
        ):
            new = list(wanted) or [_default_module(self._names.modules[imported.dotted])]
            return _fix(imported, f"{imported.dotted} is now {', '.join(new)}", [NewImport(m) for m in new], edits)
        if not edits:
            return None
        needed = tuple(NewImport(module) for module in (*wanted, *elsewhere))
        return Fix(imported.alias, f"names of {imported.dotted} moved", tuple(edits), needed)

    def _requalify(self, use: Use, at: tuple[str, int], names: dict[str, str], local: str) -> Edit | None:
        """``old_module.Old`` becomes ``new_module.New``; None when it is written the same."""
        old, depth = at
        module, _, name = self._names.moves[old].rpartition(".")
        written = f"{names[module]}.{name}"
        if written == ".".join([local, *use.parts[1 : depth + 1]]):
            return None
        return _replace(use.nodes[depth], written)

    def _longest(self, target: str, parts: tuple[str, ...]) -> tuple[str, int] | None:
        """The longest moved name that a use begins with, and how many parts of the use it takes."""
        for depth in range(len(parts), 0, -1):
            name = ".".join([target, *parts[:depth]])
            if name in self._names.moves:
                return name, depth
            if name in self._names.gone:
                return None
        return None


def settled(imported: Import, file: File, names: Names | None = None) -> bool:
    """Whether a try around the import already takes the name from its new place."""
    if not any(isinstance(a, cst.Try) for a in file.ancestors(imported.alias)):
        return False
    same = imported.scope.imports[imported.local]
    names = names if names is not None else file.names
    return any(o.target not in names.moves and o.target not in names.modules for o in same if o is not imported)


def _fix(imported: Import, message: str, new: list[NewImport], edits: Sequence[Edit | ImportEdit] = ()) -> Fix:
    return Fix(imported.alias, message, (ImportEdit(imported, tuple(new)), *edits))


def _rename(node: cst.BaseExpression, name: str) -> Edit:
    return Edit(node, lambda updated: updated.with_changes(value=name))


def _replace(node: cst.BaseExpression, name: str) -> Edit:
    return Edit(node, lambda updated: dotted(name).with_changes(lpar=updated.lpar, rpar=updated.rpar))


def _default_module(moved: Mapping[str, str]) -> str:
    """Where most names of an old module are now."""
    modules = [new.rpartition(".")[0] for new in moved.values()]
    return max(sorted(set(modules)), key=modules.count)


def _module_import(imported: Import, module: str, local: str) -> NewImport:
    if isinstance(imported.statement, cst.Import) and local == imported.local:
        return NewImport(module, None, None if module == local else local)
    package, _, last = module.rpartition(".")
    return NewImport(package, last, None if local == last else local)


def _as_it_was(imported: Import) -> NewImport:
    package, _, last = imported.target.rpartition(".")
    alias = imported.local if imported.renamed else None
    return NewImport(package, last, alias) if package else NewImport(imported.target, None, alias)
