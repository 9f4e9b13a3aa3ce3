"""The table of changed defaults, held against the profiles of both sides."""

from __future__ import annotations

import pytest

from codemods.profiles import load
from codemods.tables import canonical, moves, rows

ROWS = [
    pytest.param(row, id=f"{row['class'].rpartition('.')[2]}-{row['message'][:20]}") for row in rows("silent_defaults")
]


@pytest.mark.parametrize("row", ROWS)
def test_the_class_was_in_1_10(row: dict[str, str]) -> None:
    source = load("airflow-1.10.15")
    names = {row["class"], *(old for old, new in moves().items() if canonical(new) == row["class"])}
    assert row["class"] in moves() or any(source.signature(name) for name in names)


@pytest.mark.parametrize("row", ROWS)
def test_the_target_takes_what_is_written_out(row: dict[str, str]) -> None:
    signature = load().signature(canonical(row["class"]))
    if row["add"] and signature is not None:
        assert row["add"] in signature.named
    if row["value"]:
        compile(row["value"], "<value>", "eval")


def test_each_row_has_a_source() -> None:
    assert all(row["source"] and row["message"] for row in rows("silent_defaults"))
