"""Which global names a source uses without defining them: the check after every rewrite."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings

_KNOWN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__"}


def undefined_names(source: str) -> frozenset[str]:
    """The names that are read as globals, or exported, but bound nowhere in the module. Raises SyntaxError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = symtable.symtable(source, "<dag>", "exec")
        exported = _exported(source) if "__all__" in source else frozenset[str]()
    return (_used(top) | exported) - _defined(top) - _KNOWN


def _exported(source: str) -> frozenset[str]:
    """The names in ``__all__``, where it is written out; none beside a star import, which may bind any."""
    body = ast.parse(source).body
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in body):
        return frozenset()
    lists = [
        node.value for node in body if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and _is_all(node)
    ]
    texts = (one for found in lists if found for one in ast.walk(found) if isinstance(one, ast.Constant))
    return frozenset(one.value for one in texts if isinstance(one.value, str))


def _is_all(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


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
