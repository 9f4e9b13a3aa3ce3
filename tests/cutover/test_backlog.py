"""Which intervals a move has to answer for, by what ran where it went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from migrator.cutover.intervals import Interval
from migrator.cutover.ledger.backlog import answers
from migrator.cutover.ledger.model import Moved
from migrator.model.run import Run

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MOVE = Moved(NOON + timedelta(minutes=2.1), NOON + timedelta(minutes=5.1), "v1")


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


DUE = [Interval(at(n), at(n + 1)) for n in range(20)]


Spans = dict[int, tuple[float, float | None]]
"""From when to when a run is said to have run, in minutes, by the minute that it is of."""


def run(minute: int, start: float, end: float | None) -> Run:
    ended = None if end is None else at(end)
    return Run("m", f"{minute}", at(minute), "success", True, started=at(start), ended=ended)


def answered(missing: int, spans: Spans, at_once: int = 1, side: str = "v1") -> bool:
    """Of the interval that began in that minute."""
    made = {at(minute): (side, run(minute, *span)) for minute, span in spans.items()}
    return answers(MOVE, DUE[missing], DUE, made, at_once)


QUEUED: Spans = {2: (5.1, 5.9), 3: (5.9, 6.7), 4: (6.7, 7.5)}
MADE_AT_ONCE: Spans = {n: (5.1, end) for n, (_, end) in QUEUED.items()}
"""The same as 1.10 has it: all three are running since they were made, and worked one after the other."""


@pytest.mark.parametrize("runs", [QUEUED, MADE_AT_ONCE])
@pytest.mark.parametrize(
    ("missing", "more", "expected"),
    [
        (5, {}, True),
        (6, {}, True),
        (7, {}, False),  # due at 8, when the last of them had ended
        (6, {5: (7.5, 8.3)}, True),  # one that came due meanwhile, and was queued or the newest after them
        (7, {6: (7.5, 8.3)}, True),
        (9, {6: (7.5, 8.3), 8: (9.0, 9.8)}, False),  # by then Airflow went on at its own pace
        (5, {4: (6.7, 9.2)}, True),  # this one began later
        (6, {4: (6.7, 9.2)}, False),  # one run so long that Airflow leaves intervals out without any backlog
        (8, {4: (6.7, None)}, False),
        (3, {}, True),
    ],
)
def test_a_move_answers_for_what_came_due_while_what_it_queued_held_the_dag(runs, missing, more, expected):
    assert answered(missing, {**runs, **more}) is expected


def test_runs_may_be_as_long_as_intervals_for_as_many_as_run_at_once():
    pairs: Spans = {2: (5.1, 6.6), 3: (5.1, 6.6), 4: (6.6, 8.1), 5: (6.6, 8.1)}
    assert answered(6, pairs, at_once=2)
    assert not answered(6, pairs, at_once=1)


def test_without_any_run_there_the_first_is_awaited():
    assert answered(7, {})
    assert answered(7, QUEUED, side="v2")
    assert answered(7, {2: (1.0, 1.5)}), "it ran before the move"
