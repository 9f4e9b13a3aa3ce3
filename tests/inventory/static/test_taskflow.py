"""Tasks that are functions under ``@task`` are listed with the edges that their arguments make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.read import read_dags

if TYPE_CHECKING:
    from migrator.model.dag import Dag

HEAD = """\
from airflow import DAG
from airflow.decorators import dag, task
from airflow.operators.bash import BashOperator
"""


def only(text: str) -> Dag:
    (dag,) = read_dags(["dags/f.py"], lambda _: (HEAD + text).encode(), Defaults(airflow="2.2.5")).dags
    return dag


def test_arguments_are_edges_and_calls_are_numbered() -> None:
    dag = only("""
with DAG("a", schedule_interval="@daily") as dag:
    @task(retries=3)
    def get():
        return {}
    @task
    def put(x, y=1):
        pass
    got = get()
    first = put(got["key"])
    put(got, y=first) >> BashOperator(task_id="end", bash_command="date")
""")
    assert {task.task_id: (task.retries, task.downstream) for task in dag.tasks} == {
        "get": (3, ("put", "put__1")), "put": (0, ("put__1",)), "put__1": (0, ("end",)), "end": (0, ()),
    }  # fmt: skip
    assert dag.unknown == ("paused",)


def test_a_flow_of_a_decorated_function() -> None:
    dag = only("""
@dag(schedule_interval=None)
def flow():
    @task.branch(task_id="x")
    def choose():
        pass
    choose() >> [BashOperator(task_id="l", bash_command="date"), BashOperator(task_id="r", bash_command="date")]
made = flow()
""")
    assert {task.task_id: task.downstream for task in dag.tasks} == {"x": ("l", "r"), "l": (), "r": ()}


def test_what_an_argument_may_tie_is_unknown() -> None:
    dag = only("""
import ours
with DAG("a", schedule_interval="@daily") as dag:
    @task
    def put(x):
        pass
    put(*ours.rows)
""")
    assert "edges" in dag.unknown


def test_another_decorator_is_not_guessed() -> None:
    dag = only("""
import ours
with DAG("a", schedule_interval="@daily") as dag:
    @ours.task
    def put():
        pass
    put()
""")
    assert "tasks" in dag.unknown


def test_words_about_a_dag_change_no_task() -> None:
    dag = only("""
dag = DAG("a", schedule_interval="@daily")
if hasattr(dag, "doc_md"):
    dag.doc_md = __doc__
""")
    assert dag.unknown == ("paused",)
