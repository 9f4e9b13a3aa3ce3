"""What moved, what is gone, and where that is written down: data, one CSV a question."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from codemods.tables.reexports import borrowed


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table of this package, by column; every table has a ``source`` column."""
    text = (files(__package__) / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def moves() -> dict[str, str]:
    """Old dotted name -> the newest name of the same thing."""
    return {row["old"]: row["new"] for row in rows("moves")}


@cache
def older() -> dict[str, str]:
    """Old dotted name -> the name that providers before a removal still have."""
    return {row["old"]: row["new"] for row in rows("older")}


@cache
def gone() -> dict[str, str]:
    """Old dotted name without a one-to-one successor -> what a person must do."""
    return {row["old"]: row["instead"] for row in rows("gone")}


_SPELLINGS = {
    "airflow.DAG": "airflow.models.dag.DAG",
    "airflow.models.DAG": "airflow.models.dag.DAG",
    "airflow.decorators.dag": "airflow.models.dag.dag",
    "airflow.models.BaseOperator": "airflow.models.baseoperator.BaseOperator",
}


def canonical(name: str) -> str:
    """One spelling for one thing, on every target: old and new names, and re-exports, become the same."""
    if name not in moves() and name not in older() and name not in gone():
        name = borrowed().get(name, name)
    name = older().get(name, name)
    new = moves().get(name, name)
    return _SPELLINGS.get(new, new)


@cache
def renamed_arguments() -> dict[tuple[str, str], str]:
    """Class and argument -> the argument's new name; empty when it just goes."""
    return {(row["class"], row["old"]): row["new"] for row in rows("arguments")}


@cache
def method_arguments() -> dict[tuple[str, str, str], str]:
    """Class of the target, method (``*``: any) and argument of 1.10 -> the argument's name on the target."""
    return {(row["class"], row["method"], row["old"]): row["new"] for row in rows("methods")}


@cache
def methods_gone() -> dict[tuple[str, str], tuple[str, str]]:
    """Class and method that it does not have any more -> its new name, if it has one, and what does it now."""
    return {(row["class"], row["method"]): (row["new"], row["instead"]) for row in rows("methods_gone")}


@cache
def attributes_gone() -> dict[tuple[str, str], tuple[str, str]]:
    """Class and attribute that it does not have any more -> its new name, if it has one, and what does its work now."""
    return {(row["class"], row["attribute"]): (row["new"], row["instead"]) for row in rows("attributes_gone")}


@cache
def argument_values() -> dict[str, tuple[dict[str, str], ...]]:
    """Argument -> the rows that say which value of which class has another spelling on the target."""
    found: dict[str, tuple[dict[str, str], ...]] = {}
    for row in rows("argument_values"):
        found[row["argument"]] = (*found.get(row["argument"], ()), row)
    return found
