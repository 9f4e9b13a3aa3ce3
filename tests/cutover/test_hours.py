"""Maintenance windows at the moment of a cutover."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from migrator.cutover.hours import require_open
from migrator.errors import RefusedError
from migrator.model.plan import PlannedDag, Wave
from migrator.model.window import Window, parse_opening

WAVE = Wave(3, "wave 3", (PlannedDag("billing_1", "b.py", "", paused_in_source=False, risk=1, reasons=()),))
MONDAY = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


def window(text: str, name: str = "night", **fields: tuple) -> Window:
    return Window(name, "Europe/Paris", (parse_opening(text),), **fields)


@pytest.mark.parametrize("fields", [{}, {"waves": (3,)}, {"dags": ("billing_*",)}], ids=["all", "wave", "DAG"])
def test_it_is_refused_while_closed_with_the_next_opening(fields):
    with pytest.raises(RefusedError) as caught:
        require_open(WAVE, [window("Tue 22:00-05:00", **fields)], MONDAY)
    assert caught.value.exit_code == 4
    assert "opens at Tue 2026-03-03 22:00 CET, in 1 day 10 h 30 min" in caught.value.why
    assert caught.value.fix == "wait until then, or: migrate cutover --wave 3 --outside-window"


@pytest.mark.parametrize("fields", [{"waves": (2,)}, {"dags": ("billing",)}], ids=["other wave", "other DAG"])
def test_a_window_for_others_does_not_count(fields):
    assert require_open(WAVE, [window("Tue 22:00-05:00", **fields)], MONDAY) == ""


def test_while_open_it_says_until_when():
    words = require_open(WAVE, [window("Mon 09:00-12:00")], MONDAY)
    assert words == "night (Mon 09:00-12:00 Europe/Paris): open until Mon 2026-03-02 12:00 CET, for 30 min"


def test_all_windows_must_be_open_at_once():
    both = [window("Mon 09:00-12:00"), window("Mon 12:00-13:00", "noon", waves=(3,))]
    with pytest.raises(RefusedError, match="outside") as caught:
        require_open(WAVE, both, MONDAY)
    assert caught.value.why.endswith("are never open at once")
