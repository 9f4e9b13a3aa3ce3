"""What a carry-over must not trip over, on the real 2.10.5: its own rules say what may run next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from migrator.cutover.readiness import other_schedule
from migrator.model.dag import Schedule
from tests.agent.test_cutover import active, add, boundary, finished, iso, observed, run

pytestmark = pytest.mark.airflow

TEN = timedelta(minutes=10)
DAGS = """
    from datetime import datetime, timedelta
    import pendulum
    from dateutil.relativedelta import relativedelta
    from airflow import DAG
    from airflow.datasets import Dataset
    from airflow.operators.empty import EmptyOperator
    from airflow.timetables.trigger import CronTriggerTimetable

    OLD = datetime(2024, 1, 1)

    def make(name, schedule="*/10 * * * *", catchup=True, **more):
        args = {key: more.pop(key) for key in ("depends_on_past", "wait_for_downstream") if key in more}
        more.setdefault("start_date", OLD)
        dag = DAG(name, schedule=schedule, catchup=catchup, default_args=args, **more)
        a, b = (EmptyOperator(task_id=one, dag=dag) for one in "ab")
        a >> b
        globals()[name] = dag
        return a, b

    for catchup in (True, False):
        last = "all" if catchup else "last"
        make("past_" + last, depends_on_past=True, catchup=catchup)
        make("downstream_" + last, depends_on_past=True, wait_for_downstream=True, catchup=catchup)
        make("single_" + last, max_active_runs=1, catchup=catchup)
        make("manual_" + last, catchup=catchup)
        make("again_" + last, catchup=catchup)
        make("new_" + last, catchup=catchup, start_date=datetime.fromisoformat("MARK"))
        make("ended_" + last, catchup=catchup, end_date=datetime(2024, 1, 2))
        make("micro_" + last, schedule=timedelta(minutes=10), catchup=catchup)
        up, down = make("cleanup_" + last, catchup=catchup)
        down.as_teardown(setups=up.as_setup())
    make("paris", schedule="30 2 * * *", start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Paris"))
    make("monthly", schedule=relativedelta(months=1))
    make("hours", schedule=relativedelta(hours=3))
    make("once", schedule="@once")
    make("none", schedule=None)
    make("set", schedule=[Dataset("x-dag://up/load")])
    make("always", schedule="@continuous", max_active_runs=1)
    make("trigger", schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"))
"""
BOTH = ("all", "last")


@pytest.fixture(scope="module")
def mark():
    """The start of the interval that holds now."""
    return boundary(TEN, 0) + TEN


@pytest.fixture(scope="module")
def parsed(v2, mark):
    v2.write("edges.py", DAGS.replace("MARK", iso(mark)))
    return v2


def carried(airflow, name, *states, ago=0, period=TEN, shift=timedelta(0), **tasks):
    """Runs of these states, the newest of the interval that ended so many ago, carried over."""
    last = boundary(period, ago) + shift
    dates = [last - period * back for back in range(len(states) - 1, -1, -1)]
    result = airflow.call(
        "carry_over", dags={name: [run(d, period, s, **tasks) for d, s in zip(dates, states, strict=True)]}
    )
    assert not result[name].get("error"), result
    return last, result[name]


def schedulable(airflow, name):
    """What the scheduler would start in the next run, made as the scheduler makes it: task ids."""
    return airflow.python("""
        import pendulum
        from airflow.models import DagModel
        from airflow.utils.session import create_session
        with create_session() as session:
            dag = agent.Dags().get(values["name"])
            model = session.get(DagModel, values["name"])
            made = dag.create_dagrun(
                run_type=agent._run_type("scheduled"), execution_date=model.next_dagrun, state="running",
                data_interval=(model.next_dagrun_data_interval_start, model.next_dagrun_data_interval_end),
                external_trigger=False, session=session,
            )
            made.dag = dag
            session.flush()
            decision = made.task_instance_scheduling_decisions(session)
            result = sorted(one.task_id for one in decision.schedulable_tis)
            session.rollback()
    """, name=name)  # fmt: skip


@pytest.mark.parametrize("last", BOTH)
@pytest.mark.parametrize("kind", ["past", "downstream"])
def test_what_depends_on_the_past_finds_it_and_starts(parsed, kind, last):
    assert schedulable(parsed, f"{kind}_{last}") == ["a"], "without a past there is nothing to wait for"
    carried(parsed, f"{kind}_{last}", "success", "success")
    assert schedulable(parsed, f"{kind}_{last}") == ["a"]


@pytest.mark.parametrize(
    ("kind", "tasks", "starts"),
    [
        ("past", {"a": "success", "b": "failed"}, ["a"]),
        ("past", {"a": "failed", "b": "upstream_failed"}, []),
        ("downstream", {"a": "success", "b": "failed"}, []),
        ("downstream", {"a": "success", "b": "skipped"}, ["a"]),
    ],
)
def test_what_the_past_blocked_stays_blocked(parsed, kind, tasks, starts):
    name = f"{kind}_all"
    parsed.call("remove_carried", dags=[name])
    carried(parsed, name, "failed", **tasks)
    assert schedulable(parsed, name) == starts
    parsed.call("remove_carried", dags=[name])


@pytest.mark.parametrize("last", BOTH)
def test_a_carried_run_takes_no_place_where_one_may_be_active(parsed, last):
    name = f"single_{last}"
    date, result = carried(parsed, name, "success", "failed")
    assert datetime.fromisoformat(result["next_dagrun"]) == date + TEN
    seen = observed(parsed, name)
    assert (seen["active"], datetime.fromisoformat(seen["next_dagrun_create_after"])) == ([], date + TEN * 2)
    assert schedulable(parsed, name) == ["a"]


@pytest.mark.parametrize("last", BOTH)
def test_a_teardown_task_leaves_no_run_open(parsed, last):
    name = f"cleanup_{last}"
    carried(parsed, name, "success")
    (newest,) = finished(parsed, name)
    assert (newest.state, newest.tasks) == ("success", {"a": "success", "b": "success"})
    assert observed(parsed, name)["active"] == []
    assert schedulable(parsed, name) == ["a"]


@pytest.mark.parametrize("last", BOTH)
def test_microseconds_are_kept(parsed, last):
    shift = timedelta(seconds=-3, microseconds=654321)
    date, result = carried(parsed, f"micro_{last}", "success", "success", shift=shift)
    assert date.microsecond == 654321
    assert datetime.fromisoformat(result["next_dagrun"]) == date + TEN
    assert [one.logical_date for one in finished(parsed, f"micro_{last}")] == [date, date - TEN]


@pytest.mark.parametrize("last", BOTH)
def test_a_dag_without_any_run_begins_with_its_first_interval(parsed, mark, last):
    """v1 has no run of it, since none was due yet: nothing is carried, and none may be made of what lies before."""
    name = f"new_{last}"
    assert parsed.call("carry_over", dags={name: []})[name]["inserted"] == []
    result = parsed.call("switch_on", dags={name: {"fill_after": iso(mark)}})[name]
    dates = [datetime.fromisoformat(one["logical_date"]) for one in result["filled"]]
    assert dates == [mark + TEN * number for number in range(len(dates))], "what came due since, if anything did"
    assert datetime.fromisoformat(result["next_dagrun"]) == mark + TEN * len(dates)
    parsed.call("set_paused", dags={name: True})


def test_manual_runs_are_no_watermark(parsed):
    mark = boundary(TEN, 1) + TEN
    add(parsed, "manual_last", mark + timedelta(seconds=77), "success", automated=False, tasks="'success'")
    assert finished(parsed, "manual_last") == []
    result = parsed.call("switch_on", dags={"manual_last": {"fill_after": iso(mark)}})["manual_last"]
    assert [datetime.fromisoformat(one["logical_date"]) for one in result["filled"]] == [mark]
    assert [one.logical_date for one in active(parsed, "manual_last")] == [mark]
    parsed.call("set_paused", dags={"manual_last": True})


@pytest.mark.parametrize("last", BOTH)
def test_what_has_ended_does_not_go_on(parsed, last):
    name, end = f"ended_{last}", datetime(2024, 1, 2, tzinfo=UTC)
    given = [run(end - TEN), run(end)]
    result = parsed.call("carry_over", dags={name: given})[name]
    assert result["next_dagrun"] is None
    on = parsed.call("switch_on", dags={name: {"fill_after": iso(end)}})[name]
    assert (on["filled"], on["next_dagrun"], on["paused"]) == ([], None, False)
    parsed.call("set_paused", dags={name: True})
    parsed.call("remove_carried", dags=[name])
    one = parsed.call("carry_over", dags={name: given[:1]})[name]
    if last == "all":
        assert datetime.fromisoformat(one["next_dagrun"]) == end, "the last interval of all is still due"


SCHEDULES = {
    "past_all": ("cron", "*/10 * * * *", "UTC"),
    "paris": ("cron", "30 2 * * *", "Europe/Paris"),
    "micro_last": ("delta", None, "UTC"),
    "monthly": ("other", "relativedelta(months=+1)", "UTC"),
    "hours": ("delta", None, "UTC"),
    "once": ("once", None, "UTC"),
    "none": ("none", None, "UTC"),
    "set": ("dataset", None, "UTC"),
    "always": ("other", "ContinuousTimetable", "UTC"),
    "trigger": ("other", "CronTriggerTimetable", "UTC"),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_schedule_is_seen_without_loading_the_dag(parsed, name):
    found = observed(parsed, name)
    schedule = TypeAdapter(Schedule).validate_python(found["schedule"])
    assert (schedule.kind, schedule.expression, schedule.timezone) == SCHEDULES[name]
    assert found["by_datasets"] is (name == "set")


def test_the_schedule_of_1_10_is_the_same_where_the_intervals_are(parsed, v1):
    v1.write("edges.py", """
        import pendulum
        from datetime import datetime, timedelta
        from dateutil.relativedelta import relativedelta
        from airflow import DAG
        for name, schedule, zone in (
            ("past_all", "*/10 * * * *", "UTC"), ("paris", "30 2 * * *", "Europe/Paris"),
            ("hours", timedelta(hours=3), "UTC"), ("monthly", relativedelta(months=1), "UTC"),
            ("once", "@once", "UTC"), ("none", None, "UTC"),
            ("set", "@daily", "UTC"), ("always", "@daily", "UTC"), ("trigger", "*/10 * * * *", "UTC"),
            ("micro_last", timedelta(minutes=11), "UTC"), ("new_all", "*/10 * * * *", "Europe/Paris"),
        ):
            start = datetime(2024, 1, 1, tzinfo=pendulum.timezone(zone))
            globals()[name] = DAG(name, schedule_interval=schedule, start_date=start)
    """)  # fmt: skip
    found = {}
    for name in (*SCHEDULES, "new_all"):
        here, there = (TypeAdapter(Schedule).validate_python(observed(a, name)["schedule"]) for a in (v1, parsed))
        found[name] = other_schedule(here, there)
    assert [name for name, reason in found.items() if reason] == ["micro_last", "always", "trigger", "new_all"]
    assert "by 0 0 * * * UTC here and by ContinuousTimetable there" in found["always"]
    assert "by */10 * * * * Europe/Paris here and by */10 * * * * UTC there" in found["new_all"]


def test_a_month_is_as_long_as_it_is(parsed):
    """1.10 runs a relativedelta too; its dates are carried as they are."""
    last = datetime(2026, 8, 31, 4, 5, 6, 789, tzinfo=UTC)
    given = {**run(last), "interval_end": iso(datetime(2026, 9, 30, 4, 5, 6, 789, tzinfo=UTC))}
    result = parsed.call("carry_over", dags={"monthly": [given]})["monthly"]
    assert datetime.fromisoformat(result["next_dagrun"]) == datetime(2026, 9, 30, 4, 5, 6, 789, tzinfo=UTC)


CUT = """
    from airflow import settings
    from sqlalchemy import text
    real = getattr(agent, values["at"])

    def cut(session, *arguments):
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar()
        with settings.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(%d)" % pid))
        return real(session, *arguments)

    setattr(agent, values["at"], cut)
    try:
        request = {"id": "x", "action": values["action"], "params": {"dags": values["dags"]}}
        result = agent.respond(request)["result"]
    finally:
        setattr(agent, values["at"], real)
"""


@pytest.mark.parametrize("at", ["carry_one", "finish_run", "refresh_next"])
def test_a_database_that_is_restarted_in_the_middle_has_all_of_it_or_nothing(parsed, mark, at):
    name = "again_all"
    before = observed(parsed, name)
    given = {name: [run(mark - TEN * 3), run(mark - TEN * 2), run(mark - TEN)]}
    cut_off = parsed.python(CUT, at=at, action="carry_over", dags=given)[name]
    assert "connection" in cut_off["error"], cut_off
    assert observed(parsed, name) == before
    result = parsed.call("carry_over", dags=given)[name]
    assert (len(result["inserted"]), datetime.fromisoformat(result["next_dagrun"])) == (3, mark)
    on = parsed.python(CUT, at="pause", action="switch_on", dags={name: {"fill_after": iso(mark - TEN)}})[name]
    assert "connection" in on["error"], on
    assert observed(parsed, name)["paused"] is True
    assert parsed.call("switch_on", dags={name: {"fill_after": iso(mark - TEN)}})[name]["paused"] is False
    parsed.call("set_paused", dags={name: True})
    parsed.call("remove_carried", dags=[name])
