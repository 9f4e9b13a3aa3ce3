"""Each condition under which a wait may become a dataset has a case that fails it, and one edge passes them all."""

from __future__ import annotations

import pytest

from codemods.datasets import Edge, Verdict, edges, read

PRODUCER = """
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
with DAG("up", schedule_interval="@daily", start_date=d, catchup=False) as dag:
    load = BashOperator(task_id="load", bash_command="x")
"""
CONSUMER = """
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.sensors import ExternalTaskSensor
from airflow.utils.helpers import chain
UP = "up"
dag = DAG("down", schedule_interval="0 0 * * *", start_date=d, catchup=False)
wait = ExternalTaskSensor(task_id="wait", external_dag_id="up", external_task_id="load", dag=dag)
work = BashOperator(task_id="work", bash_command="echo", dag=dag)
more = BashOperator(task_id="more", bash_command="echo", dag=dag)
wait >> [work, more]
"""


def found(consumer: str, producer: str = PRODUCER, *others: str) -> list[Edge]:
    sources = {"up.py": producer, "down.py": consumer, **{f"o{n}.py": text for n, text in enumerate(others)}}
    return edges(dag for path, source in sources.items() for dag in read(path, source))


def test_an_edge_that_passes_all() -> None:
    [edge] = found(CONSUMER)
    assert (edge.kind, edge.producer, edge.consumer, edge.path, edge.line) == ("sensor", "up", "down", "down.py", 8)
    assert (edge.verdict, edge.reasons) == (Verdict.KEEPS, ())


@pytest.mark.parametrize(
    "order",
    [
        "wait.set_downstream([work, more])",
        "[work, more] << wait",
        "work.set_upstream(wait)\nmore.set_upstream(wait)",
        "chain(wait, [work, more])",
        "wait >> work >> more",
    ],
)
def test_every_way_to_write_an_edge(order: str) -> None:
    [edge] = found(CONSUMER.replace("wait >> [work, more]", order))
    assert edge.verdict is Verdict.KEEPS, edge


WAIT = 'external_task_id="load"'
CASES = {
    "a delta": (f"{WAIT}, execution_delta=x", Verdict.CHANGES, "execution_delta"),
    "a date function": (f"{WAIT}, execution_date_fn=f", Verdict.CHANGES, "execution_date_fn"),
    "states": (f"{WAIT}, allowed_states=['failed']", Verdict.CHANGES, "allowed_states"),
    "a task of another name": ("external_task_id='nope'", Verdict.IMPOSSIBLE, "has no task nope"),
    "a task that is computed": ("external_task_id=name()", Verdict.IMPOSSIBLE, "not literal"),
    "the whole DAG": ("external_task_id=None", Verdict.KEEPS, ""),
}


@pytest.mark.parametrize("case", list(CASES))
def test_what_the_sensor_asks(case: str) -> None:
    arguments, verdict, reason = CASES[case]
    [edge] = found(CONSUMER.replace(WAIT, arguments))
    assert edge.verdict is verdict, edge
    assert reason in " ".join(edge.reasons)


@pytest.mark.parametrize(
    ("old", "new", "verdict", "reason"),
    [
        ('external_dag_id="up"', "external_dag_id=UP + x", Verdict.IMPOSSIBLE, "not literal"),
        ('external_dag_id="up"', 'external_dag_id="elsewhere"', Verdict.IMPOSSIBLE, "not in this tree"),
        ("wait >> [work, more]", "wait >> work", Verdict.IMPOSSIBLE, "more would have to wait too"),
        ("wait >> [work, more]", "work >> wait >> more", Verdict.IMPOSSIBLE, "middle"),
        ("wait >> [work, more]", "wait >> [work, more, gone]", Verdict.IMPOSSIBLE, "can't be followed"),
        ('"0 0 * * *"', '"@hourly"', Verdict.CHANGES, "0 * * * *"),
        ('"0 0 * * *"', "schedule()", Verdict.CHANGES, "schedule()"),
        ('schedule_interval="0 0 * * *", ', "", Verdict.CHANGES, "can't be read"),
        (", catchup=False", "", Verdict.CHANGES, "catchup"),
        ('bash_command="echo"', 'bash_command="echo {{ ds }}"', Verdict.TEMPLATES, "work has dates in templates"),
    ],
)
def test_what_the_dag_is(old: str, new: str, verdict: Verdict, reason: str) -> None:
    [edge] = found(CONSUMER.replace(old, new, 1))
    assert edge.verdict is verdict, edge
    assert reason in " ".join(edge.reasons)


def test_several_producers_and_a_waiting_third() -> None:
    second = 'other = ExternalTaskSensor(task_id="other", external_dag_id="up", dag=dag)\nother >> wait\n'
    assert {edge.verdict for edge in found(CONSUMER + second)} == {Verdict.IMPOSSIBLE, Verdict.CHANGES}
    third = CONSUMER.replace('"down"', '"third"').replace('"up"', '"down"').replace('"load"', '"work"')
    [edge] = [one for one in found(CONSUMER, PRODUCER, third) if one.consumer == "down"]
    assert "another sensor waits for down" in " ".join(edge.reasons)


def test_tasks_made_in_a_loop_can_not_be_followed() -> None:
    loop = "for n in range(3):\n    BashOperator(task_id=f'n{n}', bash_command='x', dag=dag)\n"
    [edge] = found(CONSUMER + loop)
    assert edge.verdict is Verdict.IMPOSSIBLE


def test_triggers_and_files() -> None:
    more = """
from airflow import DAG
from airflow.operators.dagrun_operator import TriggerDagRunOperator
from airflow.contrib.sensors.file_sensor import FileSensor
with DAG("t", schedule_interval=None) as dag:
    TriggerDagRunOperator(task_id="go", trigger_dag_id="up")
    FileSensor(task_id="file", filepath="/data/x")
    FileSensor(task_id="any", filepath=x)
"""
    told = [(edge.kind, edge.producer, edge.consumer, edge.verdict) for edge in found("x = 1", PRODUCER, more)]
    assert told == [
        ("trigger", "t", "up", Verdict.CHANGES),
        ("file", "/data/x", "t", Verdict.IMPOSSIBLE),
        ("file", "?", "t", Verdict.IMPOSSIBLE),
    ]
