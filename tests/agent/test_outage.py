"""What the agent does in a real 2.10.5 for an estate that has not run for a while: marks, queues, goes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from migrator.model.run import Run
from tests.agent.test_cutover import DAGS, PERIODS, active, add, boundary, finished, iso, observed, run

pytestmark = pytest.mark.airflow
WHO = {"by": "ann@desk", "policy": "skip"}


@pytest.fixture(scope="module")
def parsed(v2):
    v2.write("outage.py", DAGS)
    return v2


@pytest.fixture
def clean(parsed):
    """No run and everything paused."""
    parsed.python("""
        from airflow.models import DagModel, DagRun, TaskInstance
        with agent.transaction() as session:
            session.query(TaskInstance).delete(synchronize_session=False)
            session.query(DagRun).delete(synchronize_session=False)
            session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
    """)
    return parsed


def conf_of(airflow, dag_id):
    return airflow.python(
        """
        from airflow.models import DagRun
        with agent.transaction() as session:
            query = session.query(DagRun.conf).filter(DagRun.dag_id == values["dag_id"])
            result = [conf for (conf,) in query.order_by(DagRun.execution_date)]
        """,
        dag_id=dag_id,
    )


def left_out(date, period):
    return {**run(date, period), "tasks": {}, "decided": WHO}


@pytest.mark.parametrize("name", ["cron_all", "cron_last", "delta_all", "delta_last", "daily_all", "daily_last"])
def test_the_schedule_goes_on_after_what_was_left_out(clean, name):
    """The newest interval that is due was left out: with and without catchup, the next is the one after it."""
    period = PERIODS[name.partition("_")[0]]
    newest = boundary(period, 0)
    given = [run(newest - 2 * period, period), left_out(newest - period, period), left_out(newest, period)]
    result = clean.call("carry_over", dags={name: given})[name]
    assert datetime.fromisoformat(result["next_dagrun"]) == newest + period
    seen = finished(clean, name)
    assert [(one.carried, set(one.tasks.values())) for one in seen] == [
        (True, {"skipped"}), (True, {"skipped"}), (True, {"success"})
    ]  # fmt: skip
    marks = [conf["composer_migrator"] for conf in conf_of(clean, name)]
    assert [mark.get("decided") for mark in marks] == [None, WHO, WHO]
    on = clean.call("switch_on", dags={name: {"fill_after": iso(newest + period), "fill": []}})[name]
    assert (on["filled"], datetime.fromisoformat(on["next_dagrun"])) == ([], newest + period)


def test_what_was_left_out_once_stays_so_when_it_is_told_again(clean):
    date = boundary(PERIODS["cron"], 0)
    clean.call("carry_over", dags={"cron_last": [left_out(date, PERIODS["cron"])]})
    again = clean.call("carry_over", dags={"cron_last": [left_out(date, PERIODS["cron"])]})["cron_last"]
    assert (again["inserted"], len(again["already"])) == ([], 1)
    assert finished(clean, "cron_last")[0].tasks == {"a": "skipped", "b": "skipped"}


def test_what_was_left_out_is_taken_away_with_what_was_carried(clean):
    date = boundary(PERIODS["cron"], 0)
    given = [run(date - PERIODS["cron"]), left_out(date, PERIODS["cron"])]
    clean.call("carry_over", dags={"cron_all": given})
    assert len(clean.call("remove_carried", dags=["cron_all"])["cron_all"]["removed"]) == 2
    after = observed(clean, "cron_all")
    assert (after["finished"], after["next_dagrun"][:10]) == ([], "2024-01-01")


@pytest.mark.parametrize("name", ["delta_last", "cron_last"])
def test_of_named_intervals_only_the_newest_moves_the_schedule_of_a_timedelta(clean, name):
    dates = [boundary(PERIODS["cron"], ago) for ago in (2, 1, 0)]
    fill = [{"logical_date": iso(date), "interval_end": iso(date + PERIODS["cron"])} for date in dates]
    clean.call("carry_over", dags={name: [run(dates[0] - PERIODS["cron"])]})
    on = clean.call("switch_on", dags={name: {"fill_after": iso(dates[-1] + PERIODS["cron"]), "fill": fill}})[name]
    assert [datetime.fromisoformat(one["logical_date"]) for one in on["filled"]] == dates
    kinds = clean.python(
        """
        from airflow.models import DagRun
        with agent.transaction() as session:
            query = session.query(DagRun.run_type).filter(DagRun.dag_id == values["name"], DagRun.state == "queued")
            result = [str(getattr(kind, "value", kind)) for (kind,) in query.order_by(DagRun.execution_date)]
        """,
        name=name,
    )
    assert kinds == (["manual", "manual", "scheduled"] if name == "delta_last" else ["scheduled"] * 3)
    assert [one.automated for one in active(clean, name)] == [True] * 3


def test_a_run_goes_on_behind_the_tasks_that_had_ended(clean):
    date = boundary(PERIODS["cron"], 0)
    one = {"logical_date": iso(date), "interval_end": iso(date + PERIODS["cron"])}
    fill = [{**one, "tasks": {"a": "success", "b": "running", "gone": "success"}}]
    clean.call("switch_on", dags={"cron_last": {"fill_after": None, "fill": fill}})
    assert [found.tasks for found in active(clean, "cron_last")] == [{"a": "success", "b": None}]


def begun(dag_id, airflow):
    return airflow.call("remove_waiting", dags=[dag_id])[dag_id]


@pytest.mark.parametrize("state", ["None", "'scheduled'"])
@pytest.mark.parametrize("run_state", ["queued", "running"])
def test_runs_that_did_not_begin_are_taken_away(clean, run_state, state):
    date = boundary(PERIODS["cron"], 1)
    clean.call("carry_over", dags={"cron_all": [run(date - PERIODS["cron"])]})
    before = observed(clean, "cron_all")
    add(clean, "cron_all", date, run_state, tasks=state)
    found = begun("cron_all", clean)
    assert (len(found["removed"]), found["left"]) == (1, [])
    after = observed(clean, "cron_all")
    assert (after["active"], after["next_dagrun"]) == ([], before["next_dagrun"])


@pytest.mark.parametrize("state", ["'queued'", "'running'", "'success'", "'up_for_retry'", "'deferred'"])
def test_a_run_that_began_stays(clean, state):
    date = boundary(PERIODS["cron"], 1)
    add(clean, "cron_all", date, "running", tasks=state)
    found = begun("cron_all", clean)
    assert found["removed"] == []
    assert [one.logical_date for one in TypeAdapter(list[Run]).validate_python(found["left"])] == [date]


def test_manual_runs_and_ended_ones_stay(clean):
    date = boundary(PERIODS["cron"], 1)
    add(clean, "none_last", date, "queued", automated=False)
    add(clean, "cron_last", date, "success", tasks="'success'")
    assert [begun(name, clean)["removed"] for name in ("none_last", "cron_last")] == [[], []]
    assert len(finished(clean, "cron_last")) == 1


def test_nothing_is_taken_from_a_dag_that_is_on(clean):
    clean.call("set_paused", dags={"cron_last": False})
    assert "not paused" in begun("cron_last", clean)["error"]


def test_once_that_was_left_out_never_runs(clean):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    clean.call("carry_over", dags={"once_last": [left_out(start, timedelta(0))]})
    on = clean.call("switch_on", dags={"once_last": {"fill_after": None, "fill": []}})["once_last"]
    assert (on["paused"], on["next_dagrun"]) == (False, None)
