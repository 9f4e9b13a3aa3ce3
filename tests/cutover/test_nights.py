"""Cutovers and rollbacks in the nights in which the clock changes, with the intervals that both real Airflows have."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.intervals import next_in_1_10
from migrator.cutover.journal import Journal
from migrator.cutover.ledger import Moved, Window, account
from migrator.cutover.wave import cut_over, roll_back
from migrator.model.dag import PRESETS, Dag, Schedule, ScheduleKind
from migrator.model.run import Run
from tests.cutover import harness as modelled
from tests.cutover.harness import WORK, Harness
from tests.cutover.real.cases import DAY, NIGHTS, OVER_A_NIGHT
from tests.cutover.real.intervals import V1, known, real

if TYPE_CHECKING:
    from pathlib import Path

HOUR = timedelta(hours=1)
PARIS, HOWE = NIGHTS[0], NIGHTS[4]
BY_DEFAULT = {(PARIS, -2.2), (HOWE, 0.3)}
TRIED = [
    pytest.param(night, hours, marks=[] if (night, hours) in BY_DEFAULT else pytest.mark.soak)
    for night in NIGHTS
    for hours in (-2.2, 0.3, 1.2, 2.3)
]


def estate(zone: str, night: datetime) -> dict[str, Dag]:
    """A DAG of every schedule that was asked of the real Airflows for this night, each with catchup and without."""
    found = {}
    for catchup in (False, True):
        for number, expression in enumerate(OVER_A_NIGHT):
            dag_id = f"cron_{number}{'_all' * catchup}"
            schedule = Schedule(ScheduleKind.CRON, PRESETS.get(expression, expression), timezone=zone)
            if not (schedule.expression == "0 * * * *" and "Lord" in zone):  # there 2.10.5 stops for good
                dag = Dag(dag_id, "f.py", schedule, night - DAY, catchup=catchup, max_active_runs=1, tasks=WORK)
                found[dag_id] = dag
    delta = Schedule(ScheduleKind.DELTA, seconds=5 * 3600, timezone=zone)
    return found | {"delta": Dag("delta", "f.py", delta, night - DAY, catchup=True, max_active_runs=1, tasks=WORK)}


@pytest.mark.parametrize(("night", "hours"), TRIED)
def test_a_wave_in_such_a_night_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, night: tuple[str, datetime], hours: float
) -> None:
    monkeypatch.setattr(modelled, "DAGS", estate(*night))
    harness = Harness(tmp_path / "journal.db", night[1] - 10 * HOUR, (10 + hours) * HOUR)
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
        harness.world.advance(3 * HOUR)
        told(harness)
        roll_back(harness.trip(journal), 1)
    harness.world.advance(3 * HOUR)
    told(harness)
    assert sum(line.expected for line in harness.ledger().dags) > 50


def told(harness: Harness) -> None:
    """The ledger tells nothing, and nothing it is: the runs of each DAG cover all of the time."""
    for line in harness.ledger().dags:
        assert (line.duplicates, line.gaps, line.extras) == ((), (), ()), line
        runs = [run for side in (harness.v1, harness.v2) for run in side.runs if run.dag_id == line.dag_id]
        spans = sorted((run.logical_date, run.interval_end) for run in runs if not run.carried)
        assert [end for (_, end), (start, _) in pairwise(spans) if start > end] == [], line


@pytest.mark.parametrize("one", known(), ids=str)
def test_the_next_moment_at_which_1_10_makes_a_run_is_known(one) -> None:
    if one.schedule.kind is ScheduleKind.CRON:
        for (start, _), (_, end) in pairwise(one.found[V1][:2000]):
            assert next_in_1_10(one.schedule, next_in_1_10(one.schedule, start)) == end, start


@pytest.mark.parametrize(("to", "hours", "gaps"), [("", 4, 0), ("v1", 4, 0), ("v2", 4, 2), ("", 24.2, 2)])
def test_what_1_10_is_still_to_cover_is_no_gap_until_its_run_is_due(to: str, hours: float, gaps: int) -> None:
    """After 00:40 the next run of 1.10 is due a day later, that of 2.10 at 01:20: the same clock, read twice."""
    zone, night = PARIS
    schedule = Schedule(ScheduleKind.CRON, "*/20 2 * * *", timezone=zone)
    spans = real(schedule, night - DAY).intervals(V1, night - HOUR, night + HOUR)
    runs = [Run("m", f"{start}", start, "success", True, end, started=end, ended=end) for start, end in spans]
    window = Window(night - HOUR, night + hours * HOUR)
    if to:
        window = replace(window, moves={"m": (Moved(night + HOUR * 0.8, night + HOUR * 0.9, to),)})
    line = account([Dag("m", "m.py", schedule, night - 9 * DAY)], runs, [], window).dags[0]
    assert (len(line.gaps), line.pending) == (gaps, 0 if gaps else 2), line
