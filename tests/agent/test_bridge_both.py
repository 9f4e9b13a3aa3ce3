"""The bridge between two real databases: ten intervals in both directions at once, cut off in the middle."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from migrator.cutover.bridge.edges import Split, Wait
from migrator.cutover.bridge.mirror import Status, serve
from migrator.cutover.ledger import Window, account
from migrator.cutover.sides import runs_adapter
from migrator.environments.ports import Answer
from migrator.model.dag import Dag, Schedule, ScheduleKind
from tests.agent.test_bridge import DATE, TEN, iso

pytestmark = pytest.mark.airflow

INTERVALS = 10
NAMES = ("east_up", "east_down", "west_up", "west_down")
DAGS = """
    from datetime import datetime, timedelta
    from airflow import DAG
    import airflow
    if airflow.__version__.startswith("1."):
        from airflow.operators.bash_operator import BashOperator
        from airflow.sensors.external_task_sensor import ExternalTaskSensor
    else:
        from airflow.operators.bash import BashOperator
        from airflow.sensors.external_task import ExternalTaskSensor
    for side in ("east", "west", "north"):
        up = DAG(side + "_up", schedule_interval="*/10 * * * *", start_date=datetime(2026, 1, 1), catchup=False)
        BashOperator(task_id="load", bash_command="true", dag=up)
        down = DAG(side + "_down", schedule_interval="*/10 * * * *", start_date=datetime(2026, 1, 1), catchup=False)
        ExternalTaskSensor(task_id="task", external_dag_id=side + "_up", external_task_id="load", dag=down)
        ExternalTaskSensor(task_id="whole", external_dag_id=side + "_up", external_task_id=None, dag=down)
        ExternalTaskSensor(task_id="before", external_dag_id=side + "_up", external_task_id="load",
                           execution_delta=timedelta(minutes=10), dag=down)
        globals().update({up.dag_id: up, down.dag_id: down})
"""
SPLITS = (
    Split(Wait("east_up", "east_down", TEN), from_v2=True),
    Split(Wait("west_up", "west_down", TEN), from_v2=False),
)
CLEARED = (Split(Wait("north_up", "north_down", TEN), from_v2=False),)


class KilledError(Exception):
    """The bridge dies here."""


class Side:
    """One real Airflow as the bridge reaches it; dies before or after the write, when told."""

    def __init__(self, airflow, own):
        self.airflow, self.own, self.dies = airflow, own, ""
        airflow.write("both.py", DAGS)
        airflow.python("""
            from airflow.models import DagModel
            with agent.transaction() as session:
                session.query(DagModel).update({"is_paused": True}, synchronize_session=False)
        """)
        airflow.call("set_paused", dags=dict.fromkeys(own, False))

    def call(self, action, **params):
        if action == "carry_over" and self.dies == "before":
            raise KilledError
        answer = self.airflow.answer(action, **params)
        assert answer["ok"], answer
        if action == "carry_over" and self.dies == "after":
            raise KilledError
        return Answer(answer["result"], datetime.fromisoformat(answer["now"]), "", "")

    def run(self, dag_id, date, state="success"):
        """What the scheduler and a worker do for one interval."""
        self.airflow.python(
            """
            dag = agent.Dags().get(values["dag_id"])
            date, end = agent.parse_date(values["date"]), agent.parse_date(values["end"])
            with agent.transaction() as session:
                run = agent.add_run(session, dag, None, date, end, values["state"])
                agent.finish_run(session, run, dict.fromkeys(dag.task_ids, values["state"]))
            """,
            dag_id=dag_id, date=iso(date), end=iso(date + TEN), state=state,
        )  # fmt: skip

    def passes(self, dag_id, date):
        """Which of the real sensors' pokes say yes for this interval."""
        return set(
            self.airflow.python(
                """
                from airflow.models import DagBag
                dag = DagBag(agent.dags_folder() + "/both.py", include_examples=False).dags[values["dag_id"]]
                date = agent._pendulum(agent.parse_date(values["date"]))
                result = [t.task_id for t in dag.tasks if t.poke({"execution_date": date, "logical_date": date})]
                """,
                dag_id=dag_id,
                date=iso(date),
            )
        )

    def runs(self):
        return runs_adapter().validate_python(self.call("runs", dag_ids=list(NAMES), since=iso(DATE)).result["runs"])


@pytest.fixture(scope="module")
def sides(v1, v2):
    return Side(v1, ("west_up", "east_down", "north_up")), Side(v2, ("east_up", "west_down", "north_down"))


def test_ten_intervals_in_both_directions_with_deaths_in_the_middle(sides):
    v1, v2 = sides
    dates = [DATE + TEN * at for at in range(INTERVALS + 1)]
    v1.run("east_down", DATE - TEN)  # what the consumers did before they were parted
    v2.run("west_down", DATE - TEN)
    for at, date in enumerate(dates):
        v1.run("west_up", date)
        v2.run("east_up", date)
        v1.dies = v2.dies = {3: "before", 6: "after"}.get(at, "")
        if v1.dies:
            with pytest.raises(KilledError):
                serve(v1, v2, SPLITS, frozenset)
            v1.dies = v2.dies = ""
        served = serve(v1, v2, SPLITS, frozenset)
        assert {(one.status, one.lag_runs, one.lag_seconds) for one in served} == {(Status.IN_STEP, 0, 0.0)}, served
        wanted = {"task", "whole", "before"} if at else {"task", "whole"}
        assert (v1.passes("east_down", date), v2.passes("west_down", date)) == (wanted, wanted)
        v1.run("east_down", date)
        v2.run("west_down", date)
    dags = [Dag(name, "both.py", Schedule(ScheduleKind.CRON, "*/10 * * * *"), catchup=False) for name in NAMES]
    ledger = account(dags, v1.runs(), v2.runs(), Window(DATE, dates[-1] + TEN, timedelta(0)))
    assert ledger.clean, ledger
    assert [line.ran_once for line in ledger.dags] == [len(dates)] * len(NAMES)
    again = serve(v1, v2, SPLITS, frozenset)
    assert [one.mirrored for one in again] == [0, 0]
    following = v2.call("observe", dag_ids=["west_up"], history=1).result["west_up"]["next_dagrun"]
    assert datetime.fromisoformat(following) > dates[-1]


def test_a_failed_run_is_mirrored_and_once_more_when_it_was_cleared(sides):
    v1, v2 = sides
    date = DATE + TEN
    v2.run("north_down", DATE - TEN)
    v1.run("north_up", DATE)
    v1.run("north_up", date, "failed")
    serve(v1, v2, CLEARED, frozenset)
    assert v2.passes("north_down", date) == {"before"}
    v1.airflow.python(
        """
        from airflow.models import DagRun
        with agent.transaction() as session:
            date = agent.parse_date(values["date"])
            run = session.query(DagRun).filter(DagRun.dag_id == "north_up", DagRun.execution_date == date).one()
            run.state = "success"
            agent.finish_run(session, run, {"load": "success"})
        """,
        date=iso(date),
    )
    assert [one.mirrored for one in serve(v1, v2, CLEARED, frozenset)] == [1]
    assert v2.passes("north_down", date) == {"task", "whole", "before"}
