"""The rewrite to datasets: both ends of an edge change or neither, and everything else stays as it was."""

from __future__ import annotations

import pytest

from codemods.datasets import Introduced, NotOursError, introduce
from codemods.engine.report import Options

UP = """\
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("up", schedule="@daily", start_date=d, catchup=False) as dag:
    load = BashOperator(
        task_id="load",
        bash_command="x",  # the work
    )
    other = BashOperator(task_id="other", bash_command="x")
"""
DOWN = """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.sensors.external_task import ExternalTaskSensor

dag = DAG(
    "down",
    schedule_interval="0 0 * * *",  # as up
    start_date=d,
    catchup=False,
)
wait = ExternalTaskSensor(
    task_id="wait",  # for the load
    external_dag_id="up",
    external_task_id="load",
    mode="reschedule",
    retries=2,
    dag=dag,
)
work = BashOperator(task_id="work", bash_command="echo", dag=dag)
wait >> work
"""
UP_AFTER = UP.replace("import BashOperator\n", "import BashOperator\nfrom dag_datasets import UP_LOAD\n").replace(
    '"x",  # the work\n', '"x",  # the work\n        outlets=[UP_LOAD],\n'
)
DOWN_AFTER = """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from dag_datasets import UP_LOAD

dag = DAG(
    "down",
    schedule=[UP_LOAD],  # as up
    start_date=d,
    catchup=False,
)
wait = EmptyOperator(
    task_id="wait",  # for the load
    retries=2,
    dag=dag,
)
work = BashOperator(task_id="work", bash_command="echo", dag=dag)
wait >> work
"""


def done(*, unsafe: bool = False, **files: str) -> Introduced:
    return introduce({f"{name}.py": text.encode() for name, text in files.items()}, Options(unsafe=unsafe))


def text(made: Introduced, name: str) -> str:
    return made.sources[f"{name}.py"].decode()


def test_both_ends_change_and_comments_stay() -> None:
    made = done(up=UP, down=DOWN)
    assert text(made, "up") == UP_AFTER
    assert text(made, "down") == DOWN_AFTER
    assert text(made, "dag_datasets").endswith('\n\nUP_LOAD = Dataset("x-dag://up/load")\n')
    assert [(edge.producer, edge.consumer) for edge in made.done] == [("up", "down")]
    assert {path: [change.line for change in changes] for path, changes in made.changes.items()} == {
        "up.py": [5],
        "down.py": [5, 11],
    }


def test_a_second_pass_changes_nothing() -> None:
    made = done(up=UP, down=DOWN)
    again = introduce(made.sources, Options(unsafe=True))
    assert (again.sources, again.done) == ({}, ())


def test_two_that_wait_for_one_task_share_its_dataset() -> None:
    made = done(up=UP, down=DOWN, more=DOWN.replace('"down"', '"more"'))
    assert text(made, "up") == UP_AFTER
    assert text(made, "more").count("UP_LOAD") == 2
    assert text(made, "dag_datasets").count("Dataset(") == 1


def test_a_wait_for_a_whole_dag_gets_a_last_task_that_bears_skipped_ones() -> None:
    made = done(up=UP, down=DOWN.replace('    external_task_id="load",\n', ""))
    assert text(made, "up").endswith(
        '    up_done = EmptyOperator(task_id="up_done", outlets=[UP], trigger_rule="none_failed")\n'
        "    [load, other] >> up_done\n"
    )
    flat = done(
        up=DOWN.replace("down", "up").replace("wait = ExternalTaskSensor", "wait = BashOperator"),
        down=DOWN.replace('    external_task_id="load",\n', "").replace("0 0 * * *", "0 0 * * *"),
    )
    assert "dag=dag)\nwork >> up_done\n" in text(flat, "up")


def test_an_outlet_that_is_there_stays() -> None:
    made = done(up=UP.replace('"x",  # the work', '"x", outlets=[other],  # the work'), down=DOWN)
    assert "outlets=[other, UP_LOAD],  # the work" in text(made, "up")


def test_a_chain_of_waits_becomes_a_chain_of_datasets() -> None:
    third = DOWN.replace('"down"', '"third"').replace('"up"', '"down"').replace('"load"', '"work"')
    made = done(up=UP, down=DOWN, third=third)
    assert [edge.consumer for edge in made.done] == ["third", "down"]
    assert "schedule=[DOWN_WORK]" in text(made, "third")


def test_dates_in_templates_need_a_review_and_become_those_of_the_interval() -> None:
    dated = DOWN.replace('"echo"', '"echo {{ ds }} " "{{ next_ds }} {{ params.ds }} {{ macros.ds_add(ds, 1) }} ds"')
    assert done(up=UP, down=dated).sources == {}
    made = done(unsafe=True, up=UP, down=dated)
    assert (
        '"echo {{ data_interval_start | ds }} " "{{ data_interval_end | ds }} {{ params.ds }} '
        '{{ macros.ds_add(data_interval_start | ds, 1) }} ds"' in text(made, "down")
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("wait >> work", "wait >> work\nUP_LOAD = 1", "the name UP_LOAD is taken"),
        ("wait >> work", "wait >> work\nEmptyOperator = 1", "the name EmptyOperator is taken"),
        ("wait = ExternalTaskSensor(", "wait = ExternalTaskSensor(  # migrate: ignore[CM701]", "a comment asks"),
    ],
)
def test_where_one_end_can_not_change_neither_does(old: str, new: str, reason: str) -> None:
    made = done(up=UP, down=DOWN.replace(old, new))
    assert made.sources == {}
    [(edge, why)] = made.refused
    assert (edge.consumer, reason in why) == ("down", True), why


CHANGES = {
    "a callable that takes a date": ('python_callable=f, templates_dict={}', "def f(ds):\n    pass\n", "takes ds"),
    "a callable that reads its context": ("python_callable=f", "def f(**c):\n    print(c)\n", "reads the context"),
    "a callable from elsewhere": ("python_callable=g", "from ours import g\n", "not in its file"),
    "a callback": ("bash_command='x', on_failure_callback=f", "def f(c):\n    pass\n", "callback"),
    "a template file": ("bash_command='run.sh'", "", "reads run.sh"),
    "a constant": ("bash_command=CMD", "CMD = '{{ ds }}'\n", "dates in CMD"),
    "a value that can't be read": ("bash_command=cmd()", "", "can't be read"),
    "a date without a successor": ("bash_command='{{ prev_ds }}'", "", "prev_ds"),
    "the date of an object": ("bash_command='{{ dag_run.logical_date }}'", "", "logical_date of an object"),
    "what Jinja can't read": ("bash_command='{{ ds'", "", "can't read"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CHANGES))
def test_dates_that_can_not_be_followed(case: str) -> None:
    from codemods.datasets import Verdict, edges, read

    arguments, head, reason = CHANGES[case]
    kind = "PythonOperator" if "python_callable" in arguments else "BashOperator"
    consumer = DOWN.replace('BashOperator(task_id="work", bash_command="echo"', f'{kind}(task_id="work", {arguments}')
    consumer = f"from airflow.operators.python import PythonOperator\n{head}{consumer}"
    [edge] = edges([*read("up.py", UP), *read("down.py", consumer)])
    assert edge.verdict is Verdict.CHANGES
    assert reason in " ".join(edge.reasons)
    assert done(unsafe=True, up=UP, down=consumer).sources == {}


def test_a_callable_that_reads_no_date_is_no_hindrance() -> None:
    consumer = (
        "from airflow.operators.python import PythonOperator\n\n\ndef f(a, **_):\n    return a\n\n\n"
        + DOWN.replace(
            'BashOperator(task_id="work", bash_command="echo"', 'PythonOperator(task_id="work", python_callable=f'
        )
    )
    assert len(done(up=UP, down=consumer).done) == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("catchup=False) as dag", "catchup=True) as dag", "catchup of up is not off"),
        ("x\")\n", "x\")\nTriggerDagRunOperator(task_id='t', trigger_dag_id='up', dag=dag)\n", "triggered by a DAG"),
        ("@daily", "@hourly", "it runs at"),
    ],
)  # fmt: skip
def test_what_the_producer_is(old: str, new: str, reason: str) -> None:
    from codemods.datasets import edges, read

    producer = "from airflow.operators.trigger_dagrun import TriggerDagRunOperator\n" + UP.replace(old, new)
    found = [e for e in edges([*read("up.py", producer), *read("down.py", DOWN)]) if e.kind == "sensor"]
    assert reason in " ".join(found[0].reasons)
    assert done(up=producer, down=DOWN).sources == {}


def test_an_end_date_is_not_lost() -> None:
    assert done(up=UP, down=DOWN.replace("catchup=False", "catchup=False, end_date=e")).sources == {}


def test_a_module_of_the_name_is_added_to_or_left() -> None:
    ours = 'from airflow.datasets import Dataset\n\nA = Dataset("x-dag://a")\n'
    assert 'A = Dataset("x-dag://a")\nUP_LOAD' in text(done(up=UP, down=DOWN, dag_datasets=ours), "dag_datasets")
    with pytest.raises(NotOursError, match="line 1"):
        done(up=UP, down=DOWN, dag_datasets="import os\n")


def test_names_that_would_be_one_get_numbers() -> None:
    producers = UP.replace('"up"', '"a-b"'), UP.replace('"up"', '"a_b"')
    made = done(
        x=producers[0],
        y=producers[1],
        m=DOWN.replace('"up"', '"a-b"'),
        n=DOWN.replace('"up"', '"a_b"').replace("down", "d2"),
    )
    assert 'A_B_LOAD = Dataset("x-dag://a-b/load")\nA_B_LOAD_2 = Dataset("x-dag://a_b/load")' in text(
        made, "dag_datasets"
    )


def test_files_that_are_no_python_are_left() -> None:
    made = done(up=UP, down=DOWN, broken="import airflow\nprint 1\n")
    assert "broken.py" not in made.sources
