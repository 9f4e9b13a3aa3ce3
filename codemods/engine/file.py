"""What a rule sees of a file: its tree, its names, and what they mean on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import libcst as cst

from codemods.compat.adapters import offered
from codemods.engine.adapted import adapted_names
from codemods.engine.bindings import Bindings
from codemods.engine.names import Names, names_on
from codemods.engine.nodes import dotted_text
from codemods.engine.report import NewImport, Options
from codemods.engine.source import Printed
from codemods.engine.spelled import Spelled
from codemods.profiles import Profile, load
from codemods.tables import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codemods.engine.scopes import Import, Use

T = TypeVar("T")


class File:
    """One parsed file, rewritten for a target; ``taken``: names that rules turned into others, imports they drop."""

    def __init__(
        self, module: cst.Module, path: str = "", options: Options | None = None, text: Printed | None = None
    ) -> None:
        self.module = module
        self._text = text
        self.path = path
        self.options = options or Options()
        self.target: Profile = load(self.options.target, self.options.packages)
        self.bindings = Bindings(module)
        self.spelled = Spelled(self.bindings)
        self.taken: set[cst.CSTNode] = set()
        self._named: dict[int, str] = {}
        self._known: dict[object, Any] = {}

    def once(self, question: Callable[[File], T]) -> T:
        """The answer to a question about the whole file, asked once."""
        if question not in self._known:
            self._known[question] = question(self)
        found: T = self._known[question]
        return found

    def forget(self) -> None:
        """Drop the answers; those that hold the file would keep its tree in memory."""
        self._known.clear()

    def line(self, node: cst.CSTNode) -> int:
        """The line, from 1, on which a node begins."""
        return self._printed.lines(node)[0]

    def where(self, node: cst.CSTNode) -> tuple[int, int]:
        """The line, from 1, and the column, from 0, at which a node begins."""
        return self._printed.where(node)

    @property
    def text(self) -> str:
        """The source."""
        return self._printed.text

    @property
    def _printed(self) -> Printed:
        if self._text is None:
            self._text = Printed(self.module)
        return self._text

    @property
    def names(self) -> Names:
        """Where the names of 1.10 are on the target."""
        compat = self.options.compat
        adapted = self.once(adapted_names) if compat else frozenset()
        return names_on(self.target, self.options.plugins, compat=compat, adapted=adapted)

    def uses(self, imported: Import) -> list[Use]:
        """The uses of an import that no rule turned into another class."""
        return [use for use in imported.uses if self.taken.isdisjoint(use.nodes)]

    def emptied(self, imported: Import) -> bool:
        """Whether rules took every use of an import, so that it may go."""
        only = len(imported.scope.imports[imported.local]) == 1 and not imported.scope.rebinds(imported.local)
        return bool(imported.uses) and only and not self.exports(imported.local) and not self.uses(imported)

    def written(self, node: cst.CSTNode) -> frozenset[str]:
        """The dotted names, as imported, that an expression may stand for; empty when it is not imported."""
        found = self.bindings.use(node)
        return found[0].names(found[1]) if found else frozenset()

    def name(self, node: cst.CSTNode) -> str:
        """The one name on the target that an expression stands for; empty when there is none or several."""
        known = self._named.get(id(node))
        if known is None:
            names = {canonical(offered(name)) for name in self.written(node)}
            known = self._named[id(node)] = names.pop() if len(names) == 1 else ""
        return known

    def called(self, call: cst.Call) -> str:
        """The name on the target of what is called."""
        return self.name(call.func)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, innermost first."""
        parent = self.bindings.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.bindings.parents.get(parent)

    def exports(self, name: str) -> bool:
        """Whether other files may use a name that this one binds, or a text such as ``__all__`` holds it."""
        return name in self.options.shared or name in self.bindings.quoted or self.path.endswith("__init__.py")

    def functions(self, name: str) -> list[cst.FunctionDef]:
        """Every function of the file with this name, at any depth."""
        return self.spelled.all(cst.FunctionDef, name)

    def reference(self, target: str) -> tuple[str, tuple[NewImport, ...]] | None:
        """How to write ``module.name`` in this file, and the import it needs; None when the name is taken."""
        module, _, name = target.rpartition(".")
        for imported in self.bindings.top.imports.values():
            for one in imported:
                plain = len(imported) == 1 and one.local not in self.bindings.top.others
                if plain and one.target == target:
                    return one.local, ()
                if plain and one.target == module and one.dotted in {None, module}:
                    return f"{one.local}.{name}", ()
        if name in self.bindings.bound:
            return None
        return name, (NewImport(module, name),)


def argument(call: cst.Call, *keywords: str) -> cst.Arg | None:
    """The argument passed by one of these keywords."""
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value in keywords:
            return arg
    return None


def has_stars(call: cst.Call) -> bool:
    """Whether the call passes ``*args`` or ``**kwargs``, so that its arguments are not all visible."""
    return any(arg.star for arg in call.args)


def short_name(node: cst.BaseExpression) -> str:
    """The last part of a dotted name."""
    return dotted_text(node).rpartition(".")[2]
