"""What moved, what is gone, and where that is written down: data, one CSV a question."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table of this package, by column; every table has a ``source`` column."""
    text = (files(__package__) / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def moves() -> dict[str, str]:
    """Old dotted name -> the name it has on Airflow 2.10 with the providers of a Composer 2 image."""
    return {row["old"]: row["new"] for row in rows("moves")}


@cache
def gone() -> dict[str, str]:
    """Old dotted name without a one-to-one successor -> what a person must do."""
    return {row["old"]: row["instead"] for row in rows("gone")}


@cache
def old_modules() -> dict[str, dict[str, str]]:
    """Old module -> its moved names and where each is now."""
    modules: dict[str, dict[str, str]] = defaultdict(dict)
    for old, new in moves().items():
        module, _, name = old.rpartition(".")
        modules[module][name] = new
    return dict(modules)


_SPELLINGS = {
    "airflow.DAG": "airflow.models.dag.DAG",
    "airflow.models.DAG": "airflow.models.dag.DAG",
    "airflow.decorators.dag": "airflow.models.dag.dag",
    "airflow.models.BaseOperator": "airflow.models.baseoperator.BaseOperator",
}


def canonical(name: str) -> str:
    """One spelling for one thing: old and new names, and re-exports, become the same."""
    new = moves().get(name, name)
    return _SPELLINGS.get(new, new)


@cache
def modules() -> frozenset[str]:
    """The modules that the flat packages of Airflow 2.10 hold."""
    return frozenset(row["module"] for row in rows("modules"))


@cache
def signatures() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Google class -> the arguments it no longer takes, and those it newly requires."""
    return {r["class"]: (frozenset(r["removed"].split()), frozenset(r["required"].split())) for r in rows("signatures")}
