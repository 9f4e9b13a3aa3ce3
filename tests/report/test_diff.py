"""Hunks, the lines between them, pairs of lines and the marks in them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from migrator.report.rewrite.diff import Diff, diff, lines
from migrator.report.rewrite.words import marks, pairs

LINE = st.sampled_from(["", "a", "b", "from x.y_operator import Z", "from x.y import Z", "c = 1 # é🚀"])
LINES = st.lists(LINE, max_size=30)
NUMBERED = "".join(f"line {n}\n" for n in range(1, 41))


def sides(shown: Diff) -> tuple[list[str], list[str]]:
    """Both texts, put together again from hunks and gaps."""
    old: list[str] = []
    new: list[str] = []
    for index, gap in enumerate(shown.gaps):
        old += gap
        new += gap
        for row in shown.hunks[index] if index < len(shown.hunks) else ():
            old += [row.text] if row.sign != "+" else []
            new += [row.text] if row.sign != "-" else []
    return old, new


@given(LINES, LINES, st.sets(st.integers(1, 30)))
def test_hunks_and_gaps_hold_both_texts(old: list[str], new: list[str], keep: set[int]) -> None:
    shown = diff("".join(f"{x}\n" for x in old), "".join(f"{x}\n" for x in new), keep)
    assert sides(shown) == (old, new)
    numbers = [row.old for hunk in shown.hunks for row in hunk if row.sign != "+"]
    assert keep & set(range(1, len(old) + 1)) <= set(numbers)
    assert all(old[row.old - 1] == row.text for hunk in shown.hunks for row in hunk if row.sign != "+")
    assert all(new[row.new - 1] == row.text for hunk in shown.hunks for row in hunk if row.sign != "-")


@given(LINES, LINES)
def test_pairs_rise_on_both_sides(old: list[str], new: list[str]) -> None:
    found = pairs(old, new)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(found))


@given(st.text("ab_ .XY", max_size=30), st.text("ab_ .XY", max_size=30))
def test_what_is_not_marked_stands_on_the_other_side_too(old: str, new: str) -> None:
    def rest(text: str, spans: list[int]) -> str:
        return "".join(text[a:b] for a, b in zip([0, *spans[1::2]], [*spans[::2], len(text)], strict=True))

    left, right = marks(old, new)
    assert left == sorted(left)
    assert _is_within(rest(old, left), new)
    assert _is_within(rest(new, right), old)
    if old == new:
        assert left == right == []


def _is_within(part: str, whole: str) -> bool:
    """Whether the characters of ``part`` stand in ``whole`` in their order."""
    rest = iter(whole)
    return all(character in rest for character in part)


def test_the_form_of_a_unified_diff() -> None:
    shown = diff(NUMBERED, NUMBERED.replace("line 20\n", "line xx\nmore\n"), keep=[3])
    assert shown.unified().splitlines()[:8] == [
        "@@ -1,6 +1,6 @@", " line 1", " line 2", " line 3", " line 4", " line 5", " line 6", "@@ -17,7 +17,8 @@",
    ]  # fmt: skip
    assert (shown.added, shown.removed) == (2, 1)
    assert [len(gap) for gap in shown.gaps] == [0, 10, 17]
    assert diff("a\n", "").unified() == "@@ -1,1 +0,0 @@\n-a\n"
    assert diff("", "a\n").unified() == "@@ -0,0 +1,1 @@\n+a\n"


def test_one_line_is_no_gap() -> None:
    assert len(diff(NUMBERED, NUMBERED, keep=[10, 18]).hunks) == 1
    assert len(diff(NUMBERED, NUMBERED, keep=[10, 19]).hunks) == 2


def test_words_of_names_are_marked_alone() -> None:
    old, new = "from x.bash_operator import DummyOperator", "from x.bash import EmptyOperator"
    left, right = marks(old, new)
    assert [old[a:b] for a, b in zip(left[::2], left[1::2], strict=True)] == ["_operator", "Dummy"]
    assert [new[a:b] for a, b in zip(right[::2], right[1::2], strict=True)] == ["Empty"]


def test_marks_close_together_are_one() -> None:
    left, _ = marks("x = one.two", "x = three.four")
    assert left == [4, 11]


def test_lines_that_are_unlike_have_no_partner() -> None:
    assert pairs(["schedule_interval=None,"], ["schedule=None,"]) == [(0, 0)]
    assert pairs(["import os"], ["dag = DAG('a', schedule=None)"]) == []
    assert pairs(["a = f(1)", "b = g(2)"], ["import pendulum", "a = f(1, 2)", "b = g(2, 3)"]) == [(0, 1), (1, 2)]


def test_a_huge_block_is_paired_line_by_line() -> None:
    old = [f"value_{n} = {n}" for n in range(500)]
    assert pairs(old, [line + "0" for line in old]) == [(n, n) for n in range(500)]


def test_long_lines_cost_no_more_than_reading_them() -> None:
    """Each comparison of two such lines would take minutes."""
    line = "evil " * 40_000
    old, new = [f"a = 1 # {line}", line], [f"a = 2 # {line}", f"{line}!"]
    assert pairs(old, new) == [(0, 0), (1, 1)]
    assert marks(old[0], new[0]) == ([4, 5], [4, 5])
    assert marks(old[1], new[1]) == ([], [len(line), len(line) + 1])
    assert marks(line, line) == ([], [])


def test_lines_are_those_that_python_counts() -> None:
    assert lines("a\r\nb\rc\nd\x0ce\u2028f") == ["a", "b", "c", "d\x0ce\u2028f"]
    assert lines("a\n") == ["a"]
    assert lines("") == []
