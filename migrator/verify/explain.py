"""Which rule of the rewrite made a difference, if one did."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from codemods.tables import canonical

if TYPE_CHECKING:
    from collections.abc import Collection

    from migrator.verify.model import Difference

DAYS_AGO = "CM307"
MOVES_WITH_THE_CLOCK = "GV108"


def explain(difference: Difference, codes: Collection[str]) -> Difference:
    """The difference with the rule that made it, among those that had something to change in the DAG's file."""
    field = difference.field.rpartition(": ")[2]
    if field in {"start_date", "end_date"} and (moving := _moving(difference, codes)):
        return replace(difference, rule=moving, why="it moves with the clock")
    for row in _rows():
        fits = fnmatchcase(field, row["field"]) and row["rule"] in codes
        if fits and fnmatchcase(difference.v1, row["v1"]) and fnmatchcase(difference.v2, row["v2"]):
            return replace(difference, rule=row["rule"], why=row["why"])
    return difference


def one_operator(here: str, there: str) -> bool:
    """Whether two dotted classes are one thing: moved by Airflow, or of a module of the company's own that moved."""
    if here == there or canonical(here) == canonical(there):
        return True
    own = not here.startswith("airflow.") or here.startswith("airflow.operators.plugins.")
    return own and not there.startswith("airflow.") and here.rpartition(".")[2] == there.rpartition(".")[2]


def _moving(difference: Difference, codes: Collection[str]) -> str:
    """The rule on dates that are computed at each parse, where these two are."""
    if not (difference.v1 and difference.v2):
        return ""
    here, there = datetime.fromisoformat(difference.v1), datetime.fromisoformat(difference.v2)
    if DAYS_AGO in codes and abs(there - here) == timedelta(days=1):
        return DAYS_AGO
    return MOVES_WITH_THE_CLOCK if here.microsecond and abs(there - here) < timedelta(hours=1) else ""


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("migrator.verify") / "tables" / "explanations.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
