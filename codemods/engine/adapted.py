"""Names that one file uses in a way that the target's class does not take, and the adapters that do."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.compat.adapters import adapters
from codemods.tables import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.compat.adapters import Adapter
    from codemods.engine.file import File


def adapted_names(file: File) -> frozenset[tuple[str, str]]:
    """The names as the file has them, each with its adapter's.

    A base class, and a class that is handed on to be called elsewhere, count while the file still has the name of 1.10;
    an argument when the rules are through and the target's class still refuses it.
    """
    return frozenset(_refused(file) if file.options.settled else [*_extended(file), *_handed_on(file)])


def _extended(file: File) -> Iterator[tuple[str, str]]:
    for node in file.bindings.nodes[cst.ClassDef]:
        for base in node.bases if isinstance(node, cst.ClassDef) else ():
            for name in file.written(base.value):
                adapter = adapters().get(name)
                if adapter is not None and "base" in adapter.when:
                    yield name, adapter.target


def _handed_on(file: File) -> Iterator[tuple[str, str]]:
    """The classes that stand where a value does: who calls them, and how, is not followed."""
    for imported in file.bindings.imports:
        for use in imported.uses:
            parent = file.bindings.parents.get(use.nodes[-1])
            called = isinstance(parent, cst.Call) and parent.func is use.nodes[-1]
            base = isinstance(parent, cst.Arg) and isinstance(file.bindings.parents.get(parent), cst.ClassDef)
            if called or base or isinstance(parent, cst.Annotation):
                continue
            for name in use.names(len(use.parts) - 1):
                adapter = adapters().get(name)
                if adapter is not None and "value" in adapter.when:
                    yield name, adapter.target


def _refused(file: File) -> Iterator[tuple[str, str]]:
    for call in file.bindings.nodes[cst.Call]:
        names = file.written(call.func) if isinstance(call, cst.Call) else ()
        for name in names:
            adapter = _successors().get(canonical(name))
            if adapter is None or not isinstance(call, cst.Call):
                continue
            given = {arg.keyword.value for arg in call.args if arg.keyword is not None}
            signature = file.target.signature(canonical(name))  # None: of a provider that is still to be installed
            if any(signature is None or not signature.accepts(argument) for argument in given & adapter.when):
                yield name, adapter.target


def may_refuse(source: bytes) -> bool:
    """Whether a file may use a class that has a successor, and an argument for which there is an adapter."""
    return any(name in source and any(argument in source for argument in arguments) for name, arguments in _words())


@cache
def _words() -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """What the source of a file has that uses an adapter for its arguments: the class, one of the arguments."""
    return tuple(
        (name.rpartition(".")[2].encode(), tuple(argument.encode() for argument in adapter.when - {"base"}))
        for name, adapter in _successors().items()
    )


@cache
def _successors() -> dict[str, Adapter]:
    """The adapters of classes that have a successor, by its name."""
    return {canonical(adapter.old[0]): adapter for adapter in adapters().values() if adapter.when}
