"""Which global names a source uses without defining them: the check after every rewrite."""

from __future__ import annotations

import builtins
import symtable
import warnings

_KNOWN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__"}


def undefined_names(source: str) -> frozenset[str]:
    """The names that are read as globals but bound nowhere in the module. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = symtable.symtable(source, "<dag>", "exec")
    return _used(top) - _defined(top) - _KNOWN


def _defined(top: symtable.SymbolTable) -> frozenset[str]:
    own = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return frozenset(own | _declared(top))


def _declared(table: symtable.SymbolTable) -> set[str]:
    names = {s.get_name() for s in table.get_symbols() if s.is_declared_global() and s.is_assigned()}
    return names.union(*(_declared(child) for child in table.get_children()))


def _used(table: symtable.SymbolTable) -> frozenset[str]:
    module = table.get_type() == "module"
    names = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or module)}
    return frozenset(names).union(*(_used(child) for child in table.get_children()))
