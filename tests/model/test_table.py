"""A row of a table is one line, and says what it was given."""

from __future__ import annotations

import pytest

from migrator.model.table import table


@pytest.mark.parametrize("breaking", ["a\nb  paused", "a\r\nb", "a\x0bb", "a\u2028b", "\na\n"])
def test_a_line_break_in_a_cell_makes_no_row_of_its_own(breaking: str) -> None:
    shown = table([(breaking, "x"), ("other", "y")], ("DAG", "what"))
    assert len(shown.splitlines()) == 4


def test_what_has_no_line_break_stays_as_it_is() -> None:
    assert table([("00123", "two  spaces", 7)]).splitlines()[1] == "00123  two  spaces  7"


def test_rows_that_are_mappings_have_their_keys_above() -> None:
    shown = table([{"dag": "a\nb", "state": "on"}], "keys")
    assert shown.splitlines()[0].split() == ["dag", "state"]
    assert len(shown.splitlines()) == 3
