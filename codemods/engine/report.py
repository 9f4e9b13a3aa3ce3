"""What rules report, and what a rewritten file is: plain values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from codemods.profiles import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable

    import libcst as cst

    from codemods.engine.scopes import Import


IMPORT_FAILED = "CM910"
"""The code of what a real interpreter of the target says of a file."""


class Safety(StrEnum):
    """How much a fix may be trusted."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class NewImport:
    """An import statement to write: ``from module import name as alias``, or ``import module`` without a name."""

    module: str
    name: str | None = None
    alias: str | None = None

    @property
    def local(self) -> str:
        """The name that this import binds."""
        return self.alias or self.name or self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``node`` by what ``change`` makes of it (its children may have been changed already)."""

    node: cst.CSTNode
    change: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ImportEdit:
    """Replace one imported name by these imports; none deletes it."""

    old: Import
    new: tuple[NewImport, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """One change a rule proposes: all of its edits happen, or none.

    ``takes``: the name nodes that it turns into another class; an import of which all uses are taken is dropped.
    """

    anchor: cst.CSTNode
    message: str
    edits: tuple[Edit | ImportEdit, ...]
    imports: tuple[NewImport, ...] = ()
    safety: Safety | None = None
    takes: tuple[cst.CSTNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person must look at; the message says what to do."""

    anchor: cst.CSTNode
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change that was made, at a line of the file as it was (from 1)."""

    line: int
    code: str
    message: str
    safety: Safety = Safety.SAFE


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something a person must do, at a line of the file as it was (from 1); ``unsafe``: --unsafe would do it.

    ``stops``: until it is done, the target can't load the file, nor any file that imports it.
    """

    line: int
    code: str
    message: str
    unsafe: bool = False
    stops: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Options:
    """Which rules may act: codes or their prefixes; an empty ``select`` means all. ``target``: a profile.

    ``compat``: names without a successor are taken from a package of adapters that goes into the DAGs folder.
    ``settled``: all rules were applied; only what is still refused goes to adapters.
    ``plugins``: names that plugins added to Airflow 1.10, each with where it is defined. ``shared``: names of the file
    itself that others import. ``packages``: distributions that the target will have beside its image.
    """

    unsafe: bool = False
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    target: str = DEFAULT
    plugins: frozenset[tuple[str, str]] = frozenset()
    shared: frozenset[str] = frozenset()
    compat: bool = False
    settled: bool = False
    packages: frozenset[str] = frozenset()

    def wants(self, code: str) -> bool:
        """Whether a rule with this code takes part."""
        chosen = not self.select or code.startswith(tuple(self.select))
        return chosen and not (self.ignore and code.startswith(tuple(self.ignore)))


@dataclass(frozen=True, slots=True)
class Result:
    """One file after all rules: its bytes, what was changed and what is left to a person."""

    source: bytes
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
