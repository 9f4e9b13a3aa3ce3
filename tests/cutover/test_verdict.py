"""A first run against the history: passed, failed or inconclusive, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from migrator.cutover.verdict import Verdict, judge, longest, usual
from migrator.model.run import Run

DUE = datetime(2026, 3, 10, 12, tzinfo=UTC)


def run(state: str = "success", *, seconds: float = 60, after: float = 5, day: int = 0, **tasks: str) -> Run:
    started = DUE + timedelta(seconds=after)
    ended = started + timedelta(seconds=seconds)
    date = DUE - timedelta(days=day)
    return Run("a", f"r{day}", date, state, True, DUE, started=started, ended=ended, tasks=dict(tasks))


WELL = [run(day=n, load="success", mail="success") for n in range(1, 6)]
ALWAYS_FAILED = [run("failed", day=n, load="success", mail="failed") for n in range(1, 6)]


@pytest.mark.parametrize(
    ("first", "history", "verdict", "reason"),
    [
        (run(load="success", mail="success"), WELL, Verdict.PASSED, ""),
        (run(), [], Verdict.PASSED, ""),
        (run(seconds=239), WELL, Verdict.PASSED, ""),
        (run(load="success", mail="success", more="success"), WELL, Verdict.PASSED, ""),
        (run(load="success", mail="skipped"), WELL, Verdict.PASSED, ""),
        (run("failed", load="success", mail="failed"), WELL, Verdict.FAILED, "it failed in mail; none of 5 before did"),
        (run("failed"), [], Verdict.FAILED, "there is no run before it to compare with"),
        (run("failed"), [*WELL, run("failed", day=6)], Verdict.INCONCLUSIVE, "so did 1 of 6 before"),
        (run("failed", mail="failed"), ALWAYS_FAILED, Verdict.PASSED, "it failed, as each of 5 before"),
        (run("failed", load="failed"), ALWAYS_FAILED, Verdict.FAILED, "in load, where it did not fail before"),
        (run("failed", load="failed"), [run("failed", day=1)], Verdict.PASSED, "as each of 1 before"),
        (run(mail="success", load="success"), ALWAYS_FAILED, Verdict.PASSED, ""),
        (run(after=301), WELL, Verdict.INCONCLUSIVE, "it began 5 min 1 s after it was due"),
        (run(seconds=241), WELL, Verdict.INCONCLUSIVE, "it took 4 min 1 s, before 1 min (95 of 100 up to 1 min)"),
        (run(seconds=9999), WELL[:2], Verdict.PASSED, ""),
        (run(load="success"), WELL, Verdict.INCONCLUSIVE, "it ran without its task(s) mail"),
    ],
)
def test_what_a_first_run_says(first: Run, history: list[Run], verdict: Verdict, reason: str) -> None:
    seen = judge(first, history, DUE)
    assert seen.verdict is verdict, seen
    assert reason in "; ".join(seen.reasons)
    assert bool(seen.reasons) or verdict is Verdict.PASSED


def test_of_a_run_without_an_end_nobody_says_that_it_took_long() -> None:
    assert judge(replace(run(load="success", mail="success"), ended=None), WELL, DUE).reasons == ()


def test_what_did_no_work_is_no_history() -> None:
    carried = [Run("a", "r", DUE, "success", True, carried=True, started=DUE, ended=DUE)]
    assert judge(run("failed"), carried, DUE).reasons == ("it failed; there is no run before it to compare with",)


def test_median_and_95th_percentile() -> None:
    runs = [run(seconds=n) for n in range(1, 101)]
    assert usual(runs) == (50.5, 95)
    assert longest(runs) == timedelta(seconds=3 * 95 + 60)
    assert usual(runs[:2]) is None
