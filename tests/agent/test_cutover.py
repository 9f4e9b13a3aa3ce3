from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from migrator.model.run import Run

pytestmark = pytest.mark.airflow

DAGS = """
    from datetime import datetime, timedelta
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.bash_operator import BashOperator
    else:
        from airflow.operators.bash import BashOperator

    TEN = timedelta(minutes=10)
    SCHEDULES = {"cron": "*/10 * * * *", "daily": "30 2 * * *", "delta": TEN, "once": "@once", "none": None}
    for kind, schedule in SCHEDULES.items():
        for catchup in (True, False):
            for copy in ("", "_b", "_c"):
                name = "%s_%s%s" % (kind, "all" if catchup else "last", copy)
                dag = DAG(name, schedule_interval=schedule, start_date=datetime(2024, 1, 1), catchup=catchup)
                a = BashOperator(task_id="a", bash_command="true", dag=dag, depends_on_past=True)
                b = BashOperator(task_id="b", bash_command="true", dag=dag)
                a >> b
                globals()[name] = dag
"""
PERIODS = {"cron": timedelta(minutes=10), "daily": timedelta(days=1), "delta": timedelta(minutes=10)}


@pytest.fixture(scope="module")
def parsed(airflow):
    airflow.write("cutover.py", DAGS)
    return airflow


@pytest.fixture
def clean(parsed):
    """No run and everything paused."""
    airflow = parsed
    airflow.python("""
        from airflow.models import DagModel, DagRun, TaskInstance
        with agent.transaction() as session:
            session.query(TaskInstance).delete(synchronize_session=False)
            session.query(DagRun).delete(synchronize_session=False)
            session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
    """)
    return airflow


def iso(moment):
    return moment.isoformat(timespec="microseconds") if moment else None


def run(logical_date, period=timedelta(minutes=10), state="success", **tasks):
    return {
        "dag_id": "d", "run_id": "r", "logical_date": iso(logical_date), "interval_end": iso(logical_date + period),
        "state": state, "automated": True, "carried": False, "started": None, "ended": None,
        "tasks": tasks or {"a": state, "b": state},
    }  # fmt: skip


def observed(airflow, dag_id, history=50):
    return airflow.call("observe", dag_ids=[dag_id], history=history)[dag_id]


def finished(airflow, dag_id):
    return TypeAdapter(list[Run]).validate_python(observed(airflow, dag_id)["finished"])


def active(airflow, dag_id):
    return TypeAdapter(list[Run]).validate_python(observed(airflow, dag_id)["active"])


def boundary(period, ago):
    """The start of the interval that ended ``ago`` intervals before the one that holds now."""
    seconds = period.total_seconds()
    now = datetime.now(UTC).timestamp()
    offset = 9000 if period == timedelta(days=1) else 0  # the daily one runs at 02:30
    return datetime.fromtimestamp((now - offset) // seconds * seconds + offset, UTC) - period * (ago + 1)


def add(airflow, dag_id, logical_date, state, automated=True, tasks="None"):
    """A run as the scheduler makes it, and its tasks in one state."""
    airflow.python(
        f"""
        dag = agent.Dags().get(values["dag_id"])
        with agent.transaction() as session:
            moment = agent.parse_date(values["date"])
            run = agent.add_run(session, dag, None, moment, moment, values["state"])
            if not values["automated"]:
                if not agent.AIRFLOW_1:
                    run.run_type = "manual"
                    agent._instances(session, run).delete(synchronize_session=False)
                run.run_id, run.external_trigger = run.run_id.replace("scheduled", "manual"), True
                session.flush()
            agent._instances(session, run).update({{"state": {tasks}}}, synchronize_session=False)
        """,
        dag_id=dag_id, date=iso(logical_date), state=state, automated=automated,
    )  # fmt: skip


# --- Pausing


@pytest.mark.parametrize("state", ["running", "queued"])
def test_an_active_run_keeps_the_dag_on(clean, state):
    clean.call("set_paused", dags={"cron_last": False})
    add(clean, "cron_last", boundary(PERIODS["cron"], 1), state)
    result = clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]
    assert result["paused"] is False
    assert "scheduled__" in result["reason"]
    assert TypeAdapter(list[Run]).validate_python(result["active"])[0].tasks == {"a": None, "b": None}
    assert observed(clean, "cron_last")["paused"] is False


def test_a_manual_run_keeps_it_on_too(clean):
    clean.call("set_paused", dags={"none_last": False})
    add(clean, "none_last", boundary(PERIODS["cron"], 1), "running", automated=False)
    result = clean.call("pause_if_idle", dags={"none_last": {}})["none_last"]
    assert (result["paused"], result["active"][0]["automated"]) == (False, False)


def test_a_task_at_work_in_an_ended_run_keeps_it_on(clean):
    clean.call("set_paused", dags={"cron_last": False})
    add(clean, "cron_last", boundary(PERIODS["cron"], 1), "success", tasks="'up_for_retry'")
    assert clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]["paused"] is False


def test_an_idle_dag_is_paused(clean):
    clean.call("set_paused", dags={"cron_last": False})
    add(clean, "cron_last", boundary(PERIODS["cron"], 1), "success", tasks="'success'")
    result = clean.call("pause_if_idle", dags={"cron_last": {"not_before": None, "not_after": None}})["cron_last"]
    assert (result["paused"], result["reason"], result["active"]) == (True, "", [])
    assert observed(clean, "cron_last")["paused"] is True
    assert clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]["paused"] is True


@pytest.mark.parametrize(("name", "shift"), [("not_before", 60), ("not_after", -60)])
def test_outside_its_window_nothing_is_paused_or_switched_on(clean, name, shift):
    window = {name: iso(datetime.now(UTC) + timedelta(seconds=shift))}
    clean.call("set_paused", dags={"cron_last": False, "cron_last_b": True})
    assert clean.call("pause_if_idle", dags={"cron_last": window})["cron_last"]["paused"] is False
    result = clean.call("switch_on", dags={"cron_last_b": {"fill_after": None, **window}})["cron_last_b"]
    assert result["paused"] is True
    assert result["reason"]
    assert observed(clean, "cron_last_b")["paused"] is True


def test_one_failure_hides_no_other_result(clean):
    result = clean.call("set_paused", dags={"cron_last": False, "nowhere": True, "daily_last": True})
    assert result["cron_last"] == {"paused": False}
    assert result["daily_last"] == {"paused": True}
    assert "nowhere" in result["nowhere"]["error"]


def test_a_lock_held_elsewhere_is_waited_for(clean):
    """The row lock is real: while another transaction holds it the pause can't go through."""
    clean.python("agent.LOCK_SECONDS = 1")
    clean.python("""
        session = __import__("sqlalchemy.orm").orm.sessionmaker(bind=__import__("airflow").settings.engine)()
        from airflow.models import DagModel
        session.query(DagModel).filter(DagModel.dag_id == "cron_last").with_for_update().first()
        agent.held = session
    """)
    result = clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]
    clean.python("agent.held.rollback(); agent.held.close(); agent.LOCK_SECONDS = 30")
    assert "lock timeout" in result["error"]
    assert clean.call("pause_if_idle", dags={"cron_last": {}})["cron_last"]["paused"] is True


# --- Carrying over


@pytest.mark.parametrize("kind", ["cron", "daily", "delta"])
@pytest.mark.parametrize("catchup", ["all", "last"])
def test_carrying_over_makes_the_next_run_right(clean, kind, catchup):
    name, period = f"{kind}_{catchup}", PERIODS[kind]
    last = boundary(period, 0)
    if kind == "delta":
        last += timedelta(seconds=1, microseconds=123456)
        last -= period if last + period > datetime.now(UTC) else timedelta(0)
    given = [run(last - period, period), run(last, period, a="skipped", b="success")]
    result = clean.call("carry_over", dags={name: given})[name]
    ids = [f"scheduled__{(last - period).isoformat()}", f"scheduled__{last.isoformat()}"]
    assert (result["inserted"], result["already"]) == (ids, [])
    if clean.version.startswith("2"):
        assert datetime.fromisoformat(result["next_dagrun"]) == last + period
        clean.write("cutover.py", DAGS)  # the parser agrees
        assert datetime.fromisoformat(observed(clean, name)["next_dagrun"]) == last + period
    newest, older = finished(clean, name)
    assert (newest.logical_date, newest.interval_end, newest.run_id) == (last, last + period, ids[1])
    assert newest.tasks == {"a": "skipped", "b": "success"}
    assert newest.carried
    assert newest.automated
    assert newest.finished
    assert older.logical_date == last - period


def test_carrying_over_twice_changes_nothing(clean):
    given = {"cron_last": [run(boundary(PERIODS["cron"], 1)), run(boundary(PERIODS["cron"], 0))]}
    one = clean.call("carry_over", dags=given)["cron_last"]
    before = observed(clean, "cron_last")
    two = clean.call("carry_over", dags=given)["cron_last"]
    assert (two["inserted"], two["already"], two["next_dagrun"]) == ([], one["inserted"], one["next_dagrun"])
    assert observed(clean, "cron_last") == before


def test_a_failed_run_stays_failed_and_blocks_what_it_blocked(clean):
    last = boundary(PERIODS["cron"], 0)
    clean.call("carry_over", dags={"cron_last": [run(last, state="failed", a="failed", b=None)]})
    (newest,) = finished(clean, "cron_last")
    assert (newest.state, newest.tasks) == ("failed", {"a": "failed", "b": "upstream_failed"})


def test_tasks_that_only_one_side_has(clean):
    last = boundary(PERIODS["cron"], 0)
    clean.call("carry_over", dags={"cron_last": [run(last, b="success", gone="success")]})
    (newest,) = finished(clean, "cron_last")
    assert newest.tasks == {"a": "success", "b": "success"}


def test_once_does_not_run_again(clean):
    result = clean.call("carry_over", dags={"once_all": [run(datetime(2024, 1, 1, tzinfo=UTC), timedelta(0))]})[
        "once_all"
    ]
    assert result["next_dagrun"] is None
    assert len(result["inserted"]) == 1


def test_no_runs_is_no_change(clean):
    result = clean.call("carry_over", dags={"none_last": []})["none_last"]
    assert (result["inserted"], result["next_dagrun"]) == ([], None)


def test_a_dag_that_is_on_is_refused(clean):
    clean.call("set_paused", dags={"cron_last": False})
    result = clean.call("carry_over", dags={"cron_last": [run(boundary(PERIODS["cron"], 0))]})["cron_last"]
    assert "not paused" in result["error"]
    assert "not paused" in clean.call("remove_carried", dags=["cron_last"])["cron_last"]["error"]
    assert finished(clean, "cron_last") == []


def test_an_unmarked_run_with_other_contents_is_an_error(clean):
    last = boundary(PERIODS["cron"], 0)
    add(clean, "cron_last", last, "failed", tasks="'failed'")
    given = [run(last - PERIODS["cron"]), run(last)]
    result = clean.call("carry_over", dags={"cron_last": given})["cron_last"]
    assert "another run" in result["error"]
    assert [(one.state, one.carried) for one in finished(clean, "cron_last")] == [("failed", False)]


def test_a_manual_run_at_its_date_does_not_pass_for_carried(clean):
    """It has the same state and interval, but the schedule does not go on from it."""
    last = boundary(PERIODS["cron"], 0)
    add(clean, "cron_last", last, "success", automated=False, tasks="'success'")
    result = clean.call("carry_over", dags={"cron_last": [run(last)], "cron_last_b": [run(last)]})
    assert "another run manual__" in result["cron_last"]["error"]
    assert len(result["cron_last_b"]["inserted"]) == 1
    assert finished(clean, "cron_last") == []


def test_an_automated_run_of_the_same_state_and_interval_is_there_already(clean):
    last = boundary(PERIODS["cron"], 0)
    add(clean, "cron_last", last, "success", tasks="'success'")
    if clean.version.startswith("2"):
        clean.python(
            """
            from airflow.models import DagRun
            with agent.transaction() as session:
                session.query(DagRun).update({"data_interval_end": agent.parse_date(values["end"])})
            """,
            end=iso(last + PERIODS["cron"]),
        )  # fmt: skip
    result = clean.call("carry_over", dags={"cron_last": [run(last)]})["cron_last"]
    assert (result["inserted"], len(result["already"])) == ([], 1)


def test_a_run_that_has_not_ended_is_refused(clean):
    last = boundary(PERIODS["cron"], 0)
    assert (
        "not ended" in clean.call("carry_over", dags={"cron_last": [run(last, state="running")]})["cron_last"]["error"]
    )


def test_carried_runs_can_be_taken_away(clean):
    last = boundary(PERIODS["cron"], 0)
    add(clean, "cron_last", last - PERIODS["cron"], "success", tasks="'success'")
    before = observed(clean, "cron_last")
    carried = clean.call("carry_over", dags={"cron_last": [run(last)]})["cron_last"]["inserted"]
    assert clean.call("remove_carried", dags=["cron_last"])["cron_last"] == {"removed": carried}
    after = observed(clean, "cron_last")
    assert after["finished"] == before["finished"]
    assert clean.call("remove_carried", dags=["cron_last"])["cron_last"] == {"removed": []}


# --- Switching on


@pytest.mark.parametrize("kind", ["cron", "delta"])
@pytest.mark.parametrize("missing", [0, 1, 4])
def test_exactly_the_missed_intervals_are_filled(clean, kind, missing):
    name, period = f"{kind}_last", PERIODS[kind]
    last = boundary(period, missing)
    if kind == "delta":
        last -= timedelta(seconds=7, microseconds=5)
    clean.call("carry_over", dags={name: [run(last, period)]})
    result = clean.call("switch_on", dags={name: {"fill_after": iso(last + period)}})[name]
    dates = [last + period * (index + 1) for index in range(missing)]
    assert [datetime.fromisoformat(one["logical_date"]) for one in result["filled"]] == dates
    assert [datetime.fromisoformat(one["interval_end"]) for one in result["filled"]] == [d + period for d in dates]
    assert result["paused"] is False
    runs = active(clean, name)
    assert [one.logical_date for one in runs] == dates
    assert all(one.automated and not one.carried and one.tasks == {"a": None, "b": None} for one in runs)
    if clean.version.startswith("2"):
        assert datetime.fromisoformat(result["next_dagrun"]) == last + period * (missing + 1)
    again = clean.call("switch_on", dags={name: {"fill_after": iso(last + period)}})[name]
    assert (again["paused"], again["filled"], again["reason"]) == (False, [], "it is unpaused already")


def test_of_several_filled_delta_runs_only_the_newest_moves_the_schedule(v2):
    """When an older one ends, 2.8+ would move next_dagrun to a rounded grid and overlap what is there."""
    v2.write("cutover.py", DAGS)
    period = PERIODS["delta"]
    last = boundary(period, 3) - timedelta(seconds=7)
    for name in ("delta_last_c", "cron_last_c"):
        v2.call("carry_over", dags={name: [run(last if "delta" in name else boundary(period, 3), period)]})
        v2.call("switch_on", dags={name: {"fill_after": iso(last)}})
    types = v2.python("""
        from airflow.models import DagRun
        with agent.transaction() as session:
            query = session.query(DagRun).filter(DagRun.dag_id.like("%_last_c")).order_by(DagRun.execution_date)
            result = [[run.dag_id, run.run_type, run.external_trigger] for run in query]
    """)
    delta = [kind for name, kind, _ in types if name == "delta_last_c"]
    assert delta == ["scheduled", "manual", "manual", "scheduled"]
    assert {kind for name, kind, _ in types if name == "cron_last_c"} == {"scheduled"}
    assert not any(external for *_, external in types)
    assert all(one.automated for one in active(v2, "delta_last_c"))


def test_dags_are_acted_on_in_the_order_of_the_request(airflow):
    assert list(airflow.call("set_paused", dags={"z": True, "a": True, "m": True})) == ["z", "a", "m"]


def test_what_ended_before_the_mark_is_not_filled(clean):
    period = PERIODS["cron"]
    last = boundary(period, 4)
    clean.call("carry_over", dags={"cron_last": [run(last)]})
    result = clean.call("switch_on", dags={"cron_last": {"fill_after": iso(last + period * 3)}})["cron_last"]
    ends = [datetime.fromisoformat(one["interval_end"]) for one in result["filled"]]
    assert ends == [last + period * 4, last + period * 5]


@pytest.mark.parametrize("kind", ["cron", "delta"])
def test_a_dag_that_never_ran_is_filled_from_the_mark(clean, kind):
    period = PERIODS[kind]
    mark = boundary(period, 2) + period
    result = clean.call("switch_on", dags={f"{kind}_last": {"fill_after": iso(mark)}})[f"{kind}_last"]
    ends = [datetime.fromisoformat(one["interval_end"]) for one in result["filled"]]
    assert ends == [mark + period, mark + period * 2]


@pytest.mark.parametrize("name", ["cron_all", "delta_all", "once_last", "none_last"])
def test_the_scheduler_itself_fills_these(clean, name):
    last = boundary(PERIODS["cron"], 3)
    if name != "none_last":
        clean.call("carry_over", dags={name: [run(last)]})
    result = clean.call("switch_on", dags={name: {"fill_after": iso(last)}})[name]
    assert (result["filled"], result["paused"]) == ([], False)
    assert observed(clean, name)["active"] == []


def test_without_a_mark_nothing_is_filled(clean):
    clean.call("carry_over", dags={"cron_last": [run(boundary(PERIODS["cron"], 3))]})
    assert clean.call("switch_on", dags={"cron_last": {"fill_after": None}})["cron_last"]["filled"] == []


def test_a_manual_run_in_the_way_is_named(clean):
    period = PERIODS["cron"]
    last = boundary(period, 2)
    clean.call("carry_over", dags={"cron_last": [run(last)]})
    add(clean, "cron_last", last + period, "success", automated=False)
    result = clean.call("switch_on", dags={"cron_last": {"fill_after": iso(last)}})["cron_last"]
    assert [one["logical_date"] for one in result["filled"]] == [iso(last + period * 2)]
    assert "a run is there" in result["reason"]


HELD = """
    from datetime import datetime
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.bash_operator import BashOperator
    else:
        from airflow.operators.bash import BashOperator

    for catchup in (True, False):
        name = "held_%s" % ("all" if catchup else "last")
        dag = DAG(name, schedule_interval="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=catchup,
                  max_active_runs=2)
        a = BashOperator(task_id="a", bash_command="true", dag=dag)
        b = BashOperator(task_id="b", bash_command="true", dag=dag)
        globals()[name] = dag
"""


@pytest.mark.parametrize("name", ["held_last", "held_all"])
def test_what_comes_due_while_as_many_runs_as_may_are_open_is_made_too(clean, name):
    """The scheduler makes no run then, and without catchup only the newest afterwards."""
    clean.write("held.py", HELD)
    period = PERIODS["cron"]
    first = boundary(period, 3)
    wanted = [first + period * 2, first + period * 3] if name == "held_last" else []

    def fill_held():
        found = clean.call("fill_held", dags={name: iso(first + period * 2)})[name]
        return found["held"], [datetime.fromisoformat(one["logical_date"]) for one in found["filled"]]

    clean.call("set_paused", dags={name: False})
    add(clean, name, first, "running")
    assert fill_held() == (False, []), "the scheduler may make one more itself"
    add(clean, name, first + period, "running")
    clean.call("set_paused", dags={name: True})
    assert fill_held() == (False, []), "what is paused makes none"
    clean.call("set_paused", dags={name: False})
    assert fill_held() == (True, wanted)
    assert fill_held() == (True, [])
    assert [one.logical_date for one in active(clean, name)] == [first, first + period, *wanted]
    assert all(one.automated and not one.carried for one in active(clean, name))
    if clean.version.startswith("2") and wanted:
        assert datetime.fromisoformat(observed(clean, name)["next_dagrun"]) == first + period * 4


# --- Reading


def test_observe_of_what_is_not_there(parsed):
    result = parsed.call("observe", dag_ids=["nowhere"], history=3)["nowhere"]
    assert (result["exists"], result["active"], result["finished"], result["task_ids"]) == (False, [], [], [])


BROKEN = {
    "run": "session.execute(agent._sql(\"UPDATE dag_run SET conf = '\\\\x80deadbeef' WHERE dag_id = 'cron_last'\"))",
    "schedule": """
            session.execute(agent._sql("UPDATE serialized_dag SET data = '{\\"dag\\": {\\"tasks\\": [5]}}'"
                                       " WHERE dag_id = 'cron_last'"))
            """,
}


@pytest.mark.parametrize("broken", BROKEN)
def test_rows_that_cannot_be_read_hide_no_other_dag(clean, broken):
    """A run's conf may hold an object of a class that is gone; what is stored of a DAG may be of another version."""
    if broken == "schedule" and clean.version.startswith("1"):
        pytest.skip("1.10 reads the DAG's file")
    last = boundary(PERIODS["cron"], 0)
    clean.call("carry_over", dags={name: [run(last)] for name in ("cron_last", "cron_last_b")})
    kept = clean.python("""
        with agent.transaction() as session:
            found = session.execute(agent._sql("SELECT dag_id, data FROM serialized_dag")).fetchall()
        result = [[row[0], json.dumps(row[1])] for row in found]
    """.replace("result =", "import json\n        result =")) if broken == "schedule" else []  # fmt: skip
    clean.python(f"""
        with agent.transaction() as session:
            {BROKEN[broken].strip()}
    """)
    try:
        seen = clean.call("observe", dag_ids=["cron_last", "cron_last_b", "gone"], history=2)
    finally:
        for dag_id, data in kept:
            clean.python(
                """
                with agent.transaction() as session:
                    session.execute(agent._sql("UPDATE serialized_dag SET data = :data WHERE dag_id = :dag_id"), values)
                """,
                dag_id=dag_id, data=data,
            )  # fmt: skip
    assert set(seen["cron_last"]) == {"error"}
    assert seen["gone"]["exists"] is False
    assert [one["state"] for one in seen["cron_last_b"]["finished"]] == ["success"]
    assert seen["cron_last_b"]["task_ids"] == ["a", "b"]


def test_observe_tells_of_an_import_error(clean):
    clean.python("""
        from airflow.models import DagModel, errors
        table = getattr(errors, "ParseImportError", None) or errors.ImportError
        with agent.transaction() as session:
            path = session.query(DagModel.fileloc).filter(DagModel.dag_id == "cron_all").scalar()
            session.add(table(filename=path, stacktrace="Traceback\\n  here\\nNameError: name 'x' is not defined\\n"))
    """)
    assert observed(clean, "cron_all")["import_error"] == "NameError: name 'x' is not defined"
    clean.python("""
        from airflow.models import errors
        with agent.transaction() as session:
            session.query(getattr(errors, "ParseImportError", None) or errors.ImportError).delete()
    """)
    assert observed(clean, "cron_all")["import_error"] is None


def test_observe_everything(parsed):
    result = parsed.call("observe", dag_ids=None, history=1)
    assert result["cron_all"]["task_ids"] == ["a", "b"]
    assert result["cron_all"]["exists"] is True
    assert result["cron_all"]["max_active_runs"] == 16
    assert (result["cron_all"]["last_parsed"] is None) == parsed.version.startswith("1")


def test_runs_since_a_date(clean):
    last = boundary(PERIODS["cron"], 0)
    clean.call("carry_over", dags={"cron_all": [run(last - timedelta(days=1)), run(last)], "cron_last": [run(last)]})
    runs = TypeAdapter(list[Run]).validate_python(clean.call("runs", dag_ids=["cron_all"], since=iso(last))["runs"])
    assert [one.logical_date for one in runs] == [last - timedelta(days=1), last]  # the first one started just now
    assert runs[0].tasks == {"a": "success", "b": "success"}
    everything = clean.call("runs", dag_ids=None, since=iso(last))["runs"]
    assert {one["dag_id"] for one in everything} == {"cron_all", "cron_last"}


def test_a_wrong_request_is_explained(airflow):
    error = airflow.answer("nothing")["error"]
    assert (error["kind"], error["message"]) == ("request", "this agent knows no action 'nothing'")
    assert "find_action" in error["traceback"]
    assert "not an ISO 8601 date" in airflow.answer("runs", dag_ids=None, since="yesterday")["error"]["message"]
    assert airflow.answer("runs")["error"]["message"] == "KeyError: 'since'"
