"""The nights in which the clock changes: the points of a cron as the real Airflows have them, and as we reckon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from migrator.cutover.intervals import Interval, covered, intervals, next_boundary, on_grid
from migrator.model.dag import Schedule, ScheduleKind

pytestmark = pytest.mark.airflow

CRONS = (
    "30 2 * * *", "0 3 * * *", "0 * * * *", "*/15 * * * *", "0 */6 * * *", "30 1,2,3 * * *", "0 2 * * 0",
    "30 */2 * * *", "0 0 * * *", "*/20 2 * * *", "10 1-4 * * *", "5 4 1 * *",
)  # fmt: skip
NIGHTS = (
    ("Europe/Paris", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 3, 29, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
)
DAYS = timedelta(days=2)
POINTS = """
    import datetime as dt, pendulum
    from airflow import DAG
    result = []
    for zone, since, until in values["nights"]:
        since, until = agent.parse_date(since), agent.parse_date(until)
        for cron in values["crons"]:
            start = dt.datetime(2024, 1, 1, tzinfo=pendulum.timezone(zone))
            dag, found = DAG("night", schedule_interval=cron, start_date=start), []
            at = pendulum.instance(since)
            at = dag.previous_schedule(at) if agent.AIRFLOW_1 else dag.timetable._get_prev(at)
            while at <= until:
                end = dag.following_schedule(at) if agent.AIRFLOW_1 else dag.timetable._get_next(at)
                if end <= until:
                    found.append((agent.iso(at), agent.iso(end)))
                # 2.10 goes on so from its last run; with the max, since an hourly one in Lord Howe comes back and stops
                at = end if agent.AIRFLOW_1 else max(end, dag.timetable._align_to_prev(end))
            result.append(found)
"""


@pytest.fixture(scope="module")
def nights(v1, v2):
    """Schedule, night, and both Airflows' intervals around it."""
    rows = [(zone, (night - DAYS).isoformat(), (night + DAYS).isoformat()) for zone, night in NIGHTS]
    both = [airflow.python(POINTS, nights=rows, crons=CRONS) for airflow in (v1, v2)]
    each = [(Schedule(ScheduleKind.CRON, cron, timezone=zone), night) for zone, night in NIGHTS for cron in CRONS]
    return [(*case, spans(old), spans(new)) for case, old, new in zip(each, *both, strict=True)]


def spans(pairs):
    return [Interval(*map(datetime.fromisoformat, pair)) for pair in pairs]


def test_our_intervals_are_those_of_2_10(nights):
    for schedule, night, _, new in nights:
        ours = list(intervals(schedule, night - DAYS, night + DAYS, None))
        assert ours == [one for one in new if one.end > night - DAYS], (schedule, night)


def test_1_10_has_other_points_only_where_we_allow_them(nights):
    others = 0
    for schedule, night, old, new in nights:
        pairs = [(one.start, one.end) for one in old]
        for one in new:
            assert one in old or pairs[-1][1] < one.end or covered(one, pairs), (schedule, night, one)
        for one in set(old) - set(new):
            assert on_grid(schedule, one.start, night), (schedule, night, one)
        others += old != new
    assert 10 < others < len(nights) / 2, "the two differ on such nights, and on few schedules"


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 47))
def test_the_next_boundary_is_the_one_at_which_2_10_makes_a_run(nights, minutes):
    for schedule, night, _, new in nights:
        now = night - timedelta(hours=12) + timedelta(minutes=minutes)
        after = next((one.end for one in new if one.end > now), None)
        assert after is None or next_boundary(schedule, now, None) == after, (schedule, now)


IN_PARIS = {"paris_daily": "30 2 * * *", "paris_hourly": "0 * * * *", "paris_often": "*/15 * * * *"}


@pytest.fixture(scope="module")
def paris(v2):
    v2.write("paris.py", f"""
        import pendulum
        from airflow import DAG
        from airflow.operators.empty import EmptyOperator
        start = pendulum.datetime(2024, 1, 1, tz="Europe/Paris")
        for name, cron in {IN_PARIS!r}.items():
            with DAG(name, schedule=cron, start_date=start, catchup=True):
                EmptyOperator(task_id="work")
    """)  # fmt: skip
    return v2


@pytest.mark.parametrize("name", IN_PARIS)
@pytest.mark.parametrize("night", [night for _, night in NIGHTS[:2]])
def test_a_dag_in_paris_goes_on_where_v1_stopped(paris, nights, name, night):
    """Carried over after intervals of that night: what is next is what 1.10 would have run next."""
    old = next(old for schedule, at, old, _ in nights if (schedule.expression, at) == (IN_PARIS[name], night))
    near = [pair for pair in pairwise(old) if abs(pair[1].start - night) < timedelta(hours=5)]
    for last, following in near[:: -(-len(near) // 8)]:
        run = {
            "dag_id": name, "run_id": "r", "logical_date": last.start.isoformat(), "state": "success",
            "interval_end": last.end.isoformat(), "tasks": {"work": "success"},
        }  # fmt: skip
        result = paris.call("carry_over", dags={name: [run]})[name]
        assert datetime.fromisoformat(result["next_dagrun"]) == following.start
        paris.call("remove_carried", dags=[name])
