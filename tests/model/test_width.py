"""Code and commands that keep to the width of the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.width import code, command, within


def test_a_line_of_a_diff_goes_on_with_its_sign_and_deeper():
    with within(30):
        assert code("+    dag = DAG('d', schedule='0 3 * * *', catchup=False)\n") == (
            "+    dag = DAG('d',\n+      schedule='0 3 * * *',\n+      catchup=False)\n"
        )
        assert code("x = 1  # as it is\n\n\ty = 2\n") == "x = 1  # as it is\n\n\ty = 2\n"
        assert code(f"see {'x' * 40} there") == f"see\n  {'x' * 40}\n  there"
    assert code("+ " * 200) == "+ " * 200


@given(st.text(st.sampled_from("ab +-\t#"), max_size=200), st.integers(12, 60))
def test_nothing_of_code_is_lost_and_no_line_is_wide(text: str, width: int) -> None:
    with within(width):
        shown = code(text)
    assert "".join(shown.split()).replace("+", "").replace("-", "") == "".join(text.split()).replace("+", "").replace(
        "-", ""
    )
    assert [line for line in shown.splitlines() if len(line) > width and " " in line.lstrip("+- ").rstrip()] == []


@pytest.mark.parametrize("width", [20, 40, 60])
def test_a_command_on_two_lines_is_one_to_a_shell(width: int) -> None:
    words = "migrate profile build composer-2.17.9-airflow-2.11.1 lib/python3.11"
    with within(width):
        shown = command(words, "  ")
    assert " ".join(shown.replace("\\\n", " ").split()) == words
    assert all(len(line) <= width for line in shown.splitlines() if len(line.split()) > 2)
    assert command(words) == words
