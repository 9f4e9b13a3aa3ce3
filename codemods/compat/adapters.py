"""The classes of 1.10 that can be offered on the target: data, one row a class, and its source beside it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PACKAGE = "airflow1_compat"
"""The package that a rewrite writes into a DAGs folder."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One class: its names in 1.10, the module that offers it, and the work that remains.

    ``when``: how it must be used, where the target has a successor: "base" of a class, as a
    "value" that other code calls, or with one of these arguments.
    """

    old: tuple[str, ...]
    module: str
    name: str
    when: frozenset[str]
    remains: str

    @property
    def target(self) -> str:
        """The dotted name in a DAGs folder."""
        return f"{PACKAGE}.{self.module}.{self.name}"


@cache
def adapters() -> dict[str, Adapter]:
    """Every adapter, by each name that it had in 1.10."""
    text = (files(__package__) / "adapters.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    every = [_adapter(row) for row in rows]
    return {old: adapter for adapter in every for old in adapter.old}


def _adapter(row: dict[str, str]) -> Adapter:
    when = frozenset(filter(None, row["when"].split("|")))
    return Adapter((*row["old"].split("|"),), row["module"], row["name"], when, row["remains"])


@cache
def origins() -> dict[str, Adapter]:
    """Every adapter by its dotted name in a DAGs folder."""
    return {adapter.target: adapter for adapter in adapters().values()}


def offered(name: str) -> str:
    """The name of 1.10 that an adapter's name stands for; any other name as it is."""
    adapter = origins().get(name)
    return adapter.old[0] if adapter is not None else name


def source_of(module: str) -> str:
    """The Python source of one module of the package, as it is written."""
    return (files(__package__) / "source" / f"{module}.py").read_text(encoding="utf-8")
