from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from migrator.environments.ports import Answer
from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.run import Run
from migrator.provision.freshness import Seen, Verdict, judged, last_deadline, watched
from migrator.workspace.provision_config import FreshnessSection
from tests import airflows

airflow = airflows.airflow

DAY = timedelta(days=1)
NOW = datetime(2026, 6, 3, 8, tzinfo=UTC)  # a Wednesday
DAILY = Schedule(ScheduleKind.CRON, "0 4 * * *")
WEEKLY = Schedule(ScheduleKind.CRON, "0 4 * * 1")
HOURLY = Schedule(ScheduleKind.CRON, "0 * * * *")
SIX_HOURS = Schedule(ScheduleKind.DELTA, seconds=21600.0)
BY_DATASET = Schedule(ScheduleKind.DATASET)


def ran(end: datetime, state: str = "success", *, period: timedelta = DAY, automated: bool = True) -> Run:
    done = end + timedelta(minutes=20) if state in {"success", "failed"} else None
    return Run("orders", f"r{end}", end - period, state, automated, end, started=end, ended=done)


def verdict(schedule: Schedule | None, *runs: Run, paused: bool = False, exists: bool = True) -> Verdict:
    section = FreshnessSection(dags={"orders": "06:00"})
    return judged([Seen("orders", exists, paused, schedule, runs)], section, NOW)[0]


FOUR = datetime(2026, 6, 3, 4, tzinfo=UTC)


ABSENT = "the run that was due at 2026-06-03 04:00 UTC is not there"
BEFORE = "the last success was at 2026-06-02 04:20 UTC"


@pytest.mark.parametrize(
    ("given", "fresh", "why"),
    [
        (verdict(DAILY, ran(FOUR)), True, "the run due at 2026-06-03 04:00 UTC succeeded"),
        (verdict(DAILY, ran(FOUR - DAY)), False, f"{ABSENT}; {BEFORE}"),
        (
            verdict(DAILY, ran(FOUR, "failed"), ran(FOUR - DAY)),
            False,
            f"the run due at 2026-06-03 04:00 UTC is failed; {BEFORE}",
        ),
        (
            verdict(DAILY, ran(FOUR, "running")),
            False,
            "the run due at 2026-06-03 04:00 UTC is running; no success is known",
        ),
        (verdict(DAILY, ran(FOUR - DAY), paused=True), False, f"{ABSENT}; {BEFORE}; it is paused"),
        (verdict(DAILY), False, f"{ABSENT}; no success is known"),
        (verdict(DAILY, exists=False), False, "there is no such DAG"),
        (verdict(WEEKLY, ran(FOUR - 2 * DAY)), True, "the run due at 2026-06-01 04:00 UTC succeeded"),
        (
            verdict(WEEKLY, ran(FOUR - 9 * DAY)),
            False,
            "the run that was due at 2026-06-01 04:00 UTC is not there; the last success was at 2026-05-25 04:20 UTC",
        ),
        (verdict(HOURLY, ran(FOUR + timedelta(hours=1))), True, "the run due at 2026-06-03 05:00 UTC succeeded"),
        (
            verdict(HOURLY, ran(FOUR)),
            False,
            "the run that was due at 2026-06-03 05:00 UTC is not there; the last success was at 2026-06-03 04:20 UTC",
        ),
        (
            verdict(SIX_HOURS, ran(FOUR, period=timedelta(hours=6))),
            True,
            "the run due at 2026-06-03 04:00 UTC succeeded",
        ),
        (verdict(SIX_HOURS), False, "the run that was due at 2026-06-03 06:00 UTC is not there; no success is known"),
        (verdict(BY_DATASET, ran(FOUR)), True, "it succeeded at 2026-06-03 04:20 UTC"),
        (verdict(BY_DATASET, ran(FOUR - DAY)), False, f"no run succeeded since 2026-06-02 06:00 UTC; {BEFORE}"),
        (verdict(None, ran(FOUR, automated=False)), True, "it succeeded at 2026-06-03 04:20 UTC"),
    ],
)  # fmt: skip
def test_verdicts(given, fresh, why):
    assert (given.fresh, given.why) == (fresh, why)


@pytest.mark.parametrize(
    ("now", "clock", "zone", "deadline"),
    [
        (NOW, "06:00", "UTC", datetime(2026, 6, 3, 6, tzinfo=UTC)),
        (NOW, "09:00", "UTC", datetime(2026, 6, 2, 9, tzinfo=UTC)),
        (NOW, "09:00", "Europe/Amsterdam", datetime(2026, 6, 3, 7, tzinfo=UTC)),
        (NOW, "08:00", "UTC", NOW),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), "06:00", "Europe/Amsterdam", datetime(2026, 3, 29, 4, tzinfo=UTC)),
    ],
)
def test_the_newest_deadline(now, clock, zone, deadline):
    assert last_deadline(clock, ZoneInfo(zone), now) == deadline


FILE = """
    from datetime import datetime
    from airflow import DAG
    try:
        from airflow.operators.bash import BashOperator
    except ImportError:
        from airflow.operators.bash_operator import BashOperator
    for name, schedule in {"good": "0 4 * * *", "failed": "0 4 * * *", "absent": "0 4 * * *", "by_hand": None}.items():
        with DAG(name, schedule_interval=schedule, start_date=datetime(2026, 1, 1), catchup=False) as dag:
            BashOperator(task_id="t", bash_command="true")
        globals()[name] = dag
"""
RUNS = """
    import datetime as dt
    from airflow.models import DagBag, TaskInstance
    due = dt.datetime(2026, 6, 3, 4, tzinfo=dt.timezone.utc)
    day = dt.timedelta(days=1)
    bag = DagBag(values["path"], include_examples=False)
    plan = (("good", 0, "success"), ("failed", 0, "failed"), ("failed", 1, "success"), ("absent", 2, "success"), ("by_hand", 0, "success"))
    for name, back, state in plan:
        date = due - (back + (0 if name == "by_hand" else 1)) * day
        kind = "manual" if name == "by_hand" else "scheduled"
        made = dict(run_id=kind + "__" + date.isoformat(), execution_date=date, state=state, external_trigger=kind == "manual")
        if agent.HAS_INTERVALS:
            made.update(run_type=kind, data_interval=(date, date if kind == "manual" else date + day))
        bag.dags[name].create_dagrun(**made)
    with agent.transaction() as session:
        from airflow.models import DagRun
        for run in session.query(DagRun).filter(DagRun.dag_id.in_(list(bag.dags))):
            run.start_date, run.end_date = due, due + dt.timedelta(minutes=20)
            for task in session.query(TaskInstance).filter(TaskInstance.dag_id == run.dag_id):
                task.state = run.state if run.dag_id != "failed" else "failed"
"""  # noqa: E501


@pytest.mark.airflow
def test_on_a_real_airflow(airflow):
    airflow.write("fresh.py", FILE)
    airflow.python(RUNS, path=str(airflow.dags / "fresh.py"))
    agent = SimpleNamespace(
        call=lambda action, **given: Answer(airflow.call(action, **given), NOW, airflow.version, "")
    )
    section = FreshnessSection(dags=dict.fromkeys(["good", "failed", "absent", "by_hand", "gone"], "06:00"))
    found = {
        one.dag_id: (one.fresh, one.why.partition(";")[0]) for one in watched(SimpleNamespace(agent=agent), section)
    }
    assert found == {
        "absent": (False, "the run that was due at 2026-06-03 04:00 UTC is not there"),
        "failed": (False, "the run due at 2026-06-03 04:00 UTC is failed"),
        "gone": (False, "there is no such DAG"),
        "good": (True, "the run due at 2026-06-03 04:00 UTC succeeded"),
        "by_hand": (True, "it succeeded at 2026-06-03 04:20 UTC"),
    }
