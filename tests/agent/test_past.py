"""What a run leaves to later ones goes along with it, between real Airflows: its conf, its dates, its XComs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pyrage
import pytest

from migrator.agent import migrate_agent
from migrator.inventory.reach import reach_source
from migrator.workspace.workspace import open_workspace
from tests.agent.test_cutover import PERIODS, boundary, iso
from tests.inventory import snapshot_of
from tests.workspace.users import migrate_here

pytestmark = pytest.mark.airflow
DAG = """
    from datetime import datetime, timedelta
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.python_operator import PythonOperator
    else:
        from airflow.operators.python import PythonOperator

    def look(**context):
        ti = context["ti"]
        return {
            "start": str(context["prev_start_date_success"]),
            "cursor": ti.xcom_pull(task_ids="a", key="cursor", include_prior_dates=True),
            "end": str(context.get("prev_data_interval_end_success")),
            "conf": (context["dag_run"].conf or {}),
        }

    dag = DAG("past", schedule_interval="*/10 * * * *", start_date=datetime(2024, 1, 1), catchup=True)
    for name in ("a", "b"):
        PythonOperator(task_id=name, python_callable=look, dag=dag, **(
            {"provide_context": True} if airflow.__version__.startswith("1.") else {}
        ))
"""
SECRET = "hunter2"
OWN = {"day": "2026-01-01", "token": SECRET, "deep": [1, {"x": None}]}
XCOMS = {"cursor": {"after": 17, "token": SECRET}, "return_value": [1, 2.5, True, "é"]}
TEN = PERIODS["cron"]


@pytest.fixture(scope="module")
def sides(v1, v2):
    v1.write("past.py", DAG.replace('("a", "b")', '("a", "b", "gone")'))
    v2.write("past.py", DAG)
    for airflow in (v1, v2):
        airflow.call("set_paused", dags={"past": True})
    return v1, v2


@pytest.fixture
def newest(sides):
    """Three finished runs in v1, the newest with a conf and XComs; v2 has none. The date of the newest."""
    for airflow in sides:
        airflow.python("""
            from airflow.models import DagRun, TaskInstance
            with agent.transaction() as session:
                session.query(agent._xcom_model()).delete(synchronize_session=False)
                session.query(TaskInstance).delete(synchronize_session=False)
                session.query(DagRun).delete(synchronize_session=False)
        """)
    date = boundary(TEN, 1)
    filled(sides[0], [date - 2 * TEN, date - TEN, date])
    return date


def filled(airflow, dates, conf=OWN, xcoms=XCOMS, task="a"):
    """Finished runs, each begun a minute after it was due, with a conf and XComs as Airflow itself stores them."""
    airflow.python(
        """
        dag = agent.Dags().get("past")
        with agent.transaction() as session:
            model = agent._xcom_model()
            for text in values["dates"]:
                date = agent.parse_date(text)
                run = agent.add_run(session, dag, None, date, date + agent.dt.timedelta(minutes=10), "success")
                run.conf = values["conf"]
                agent.finish_run(session, run, {"a": "success", "b": "success"})
                run.start_date = date + agent.dt.timedelta(minutes=11)
                run.end_date = date + agent.dt.timedelta(minutes=12)
                session.flush()
                agent._leave_xcoms(session, "past", run, [
                    {"task_id": values["task"], "key": key, "value": value} for key, value in values["xcoms"].items()
                ])
        """,
        dates=[iso(date) for date in dates], conf=conf, xcoms=xcoms, task=task,
    )  # fmt: skip


def carried(origin, destination, finished=None):
    """Carry over as the step does, and give (runs, answer of past, answer of carry_over)."""
    runs = finished or origin.call("observe", dag_ids=["past"], history=10)["past"]["finished"][::-1]
    recipient = destination.call("sealing_key")["recipient"]
    left = origin.call("past", dags={"past": [run["logical_date"] for run in runs]}, recipient=recipient)
    return runs, left, destination.call("carry_over", dags={"past": runs}, past=left["sealed"])["past"]


def held(airflow):
    """Each run's conf, dates and XComs as Airflow reads them."""
    return airflow.python("""
        from airflow.models import DagRun
        model = agent._xcom_model()
        with agent.transaction() as session:
            result = []
            for run in session.query(DagRun).filter_by(dag_id="past").order_by(DagRun.execution_date):
                found = agent.xcoms_of(session, "past", run).order_by(model.key)
                read = {x.key: x.value for x in found}
                result.append([run.run_id, run.conf, agent.iso(run.start_date), agent.iso(run.end_date), read])
    """)


def test_a_carried_run_has_its_conf_dates_and_xcoms(sides, newest):
    runs, left, done = carried(*sides)
    assert (left["left_out"], done["left_out"], len(done["inserted"])) == ({}, [], 3)
    assert SECRET not in json.dumps([runs, left, done])
    rows = held(sides[1])
    assert [{key: value for key, value in row[1].items() if key != "composer_migrator"} for row in rows] == [OWN] * 3
    assert all(migrate_agent.is_carried(row[1]) for row in rows)
    began = [iso(newest + timedelta(minutes=11) - n * TEN) for n in (2, 1, 0)]
    assert [row[2] for row in rows] == began
    assert [row[4] for row in rows] == [{}, {}, XCOMS], "the newest run's alone"


def test_the_first_run_of_v2_sees_the_past_that_it_would_have_seen_in_v1(sides, newest):
    carried(*sides)
    seen = sides[1].python(
        """
        from airflow.models import DagBag, TaskInstance
        dag = DagBag(agent.dags_folder(), include_examples=False).dags["past"]
        with agent.transaction() as session:
            date = agent.parse_date(values["date"])
            run = agent.add_run(session, dag, None, date, date + agent.dt.timedelta(minutes=10), "running")
            run_id = run.run_id
        with agent.transaction() as session:
            ti = session.query(TaskInstance).filter_by(dag_id="past", run_id=run_id, task_id="b").one()
            ti.refresh_from_task(dag.get_task("b"))
            result = dag.get_task("b").python_callable(**ti.get_template_context(session=session))
        """,
        date=iso(newest + TEN),
    )  # fmt: skip
    assert seen["cursor"] == XCOMS["cursor"]
    assert datetime.fromisoformat(seen["start"]) == newest + timedelta(minutes=11)
    assert datetime.fromisoformat(seen["end"]) == newest + TEN
    assert seen["conf"] == {}


def test_twice_is_once_and_what_a_bridge_mirrored_before_gets_its_past(sides, newest):
    v1, v2 = sides
    runs = v1.call("observe", dag_ids=["past"], history=10)["past"]["finished"][::-1]
    v2.call("carry_over", dags={"past": runs})
    assert held(v2)[-1][4] == {}
    first = (carried(v1, v2)[2]["already"], held(v2))
    assert (carried(v1, v2)[2]["already"], held(v2)) == first
    assert first[1][-1][4] == XCOMS
    assert first[1][-1][1]["day"] == OWN["day"]


def test_removing_takes_the_xcoms_along_and_nothing_else(sides, newest):
    v1, v2 = sides
    filled(v2, [newest + TEN])
    own = held(v2)
    carried(v1, v2)
    assert len(v2.call("remove_carried", dags=["past"])["past"]["removed"]) == 3
    assert held(v2) == own
    assert v2.python("""
        with agent.transaction() as session:
            result = session.query(agent._xcom_model().key).count()
    """) == len(XCOMS)


def test_back_to_v1_the_same_holds(sides, newest):
    v1, v2 = sides
    filled(v2, [newest + TEN])
    runs = v2.call("observe", dag_ids=["past"], history=1)["past"]["finished"]
    carried(v2, v1, runs)
    row = held(v1)[-1]
    assert (row[1]["day"], row[2], row[4]) == (OWN["day"], iso(newest + TEN + timedelta(minutes=11)), XCOMS)


@pytest.mark.parametrize(("value", "why"), [
    ("{'when': agent.utcnow()}", "JSON has no form for"),
    ("b'bytes'", "JSON has no form for"),
    ("{1: 2}", "JSON has no form for"),
    ("'x' * 300000", "bytes"),
    ("[[]] * 60000", "too many parts"),
    ("ValueError('x')", "JSON has no form for"),
])  # fmt: skip
def test_what_json_does_not_hold_is_left_out_and_named(sides, newest, value, why):
    """1.10 pickles XComs by default."""
    sides[0].python(f"""
        import pickle
        from airflow.models import DagRun
        with agent.transaction() as session:
            run = session.query(DagRun).filter_by(dag_id="past").order_by(DagRun.execution_date.desc()).first()
            session.add(agent._xcom_model()(dag_id="past", task_id="b", key="odd", value=pickle.dumps({value}),
                                            execution_date=run.execution_date))
    """)
    _, left, _ = carried(*sides)
    (told,) = left["left_out"]["past"]
    assert told.startswith("XCom odd of b: ")
    assert why in told
    assert held(sides[1])[-1][4] == XCOMS


def test_a_task_that_is_gone_in_v2_takes_no_xcom(sides, newest):
    v1, v2 = sides
    filled(v1, [newest + TEN], xcoms={"cursor": 3}, task="gone")
    _, _, done = carried(v1, v2)
    assert done["left_out"] == ["XComs of gone: there is no such task here"]


def test_sealed_for_another_environment_nothing_is_carried(sides, newest):
    v1, v2 = sides
    runs = v1.call("observe", dag_ids=["past"], history=1)["past"]["finished"]
    other = str(pyrage.x25519.Identity.generate().to_public())
    left = v1.call("past", dags={"past": [runs[0]["logical_date"]]}, recipient=other)
    assert not v2.answer("carry_over", dags={"past": runs}, past=left["sealed"])["ok"]
    assert held(v2) == []


@pytest.mark.parametrize(("kind", "dump"), [
    ("postgres", snapshot_of.pg_dump), ("mysql", snapshot_of.mysql_dump),
])  # fmt: skip
def test_a_snapshot_leaves_what_the_live_environment_would(sides, newest, tmp_path, kind, dump):
    v1, v2 = sides
    carried(v1, v2)
    live = held(v2)
    v2.call("remove_carried", dags=["past"])
    folder = snapshot_of.save(v1, tmp_path, dump(v1), kind=kind)
    root = tmp_path / "ws"
    root.mkdir()
    (root / "migrate.toml").write_text("")
    migrate_here(root, "inventory", "--from-snapshot", str(folder)).ended(0)
    source = reach_source(open_workspace(root))
    runs = source.agent.call("observe", dag_ids=["past"], history=10).result["past"]["finished"][::-1]
    recipient = v2.call("sealing_key")["recipient"]
    left = source.agent.call("past", dags={"past": [run["logical_date"] for run in runs]}, recipient=recipient).result
    v2.call("carry_over", dags={"past": runs}, past=left["sealed"])
    assert [_same(row) for row in held(v2)] == [_same(row) for row in live]
    assert left["left_out"] == {}
    assert not any(SECRET.encode() in path.read_bytes() for path in root.rglob("*") if path.is_file())


def _same(row):
    """With the moment in the mark as such: each origin writes it in a form of its own."""
    mark = dict(row[1]["composer_migrator"])
    return [row[0], dict(row[1], composer_migrator=dict(mark, ended=datetime.fromisoformat(mark["ended"]))), *row[2:]]
