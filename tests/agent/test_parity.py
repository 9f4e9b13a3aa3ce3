"""What two environments are compared by, as one of them gives it."""

from __future__ import annotations

import base64

import pyrage
import pytest

pytestmark = pytest.mark.airflow

SOURCE = """
    import datetime
    from airflow import DAG
    try:
        from airflow.operators.bash import BashOperator
    except ImportError:
        from airflow.operators.bash_operator import BashOperator

    with DAG("own_templates", schedule_interval="@daily", start_date=datetime.datetime(2024, 1, 1)) as dag:
        BashOperator(task_id="a", bash_command="echo {{ ds }}")
        BashOperator(task_id="b", bash_command="echo {{ task.task_id }}")
        BashOperator(task_id="c", bash_command="echo {{ params.word }}", params={"word": "c"})
        BashOperator(task_id="d", bash_command="echo {{ ds }}")
        BashOperator(task_id="e", bash_command="echo 2024-03-01", env={"of": "{% if 1 %}{{ task.task_id }}{% endif %}"})
        BashOperator(task_id="f", bash_command="echo b", env={"of": "e"})
        BashOperator(task_id="g", bash_command="echo c")
"""


def test_a_template_is_rendered_for_its_own_task(airflow):
    airflow.write("own_templates.py", SOURCE)
    recipient = pyrage.x25519.Recipient.from_str(airflow.call("sealing_key")["recipient"])
    sealed = base64.b64encode(pyrage.encrypt(b"k" * 32, [recipient])).decode()
    date = {"logical_date": "2024-03-01T00:00:00+00:00", "interval_end": "2024-03-02T00:00:00+00:00"}
    dates = {"own_templates": date}
    parity = airflow.call("parity", dag_ids=["own_templates"], fingerprint_key=sealed, dates=dates)
    fields = {task["task_id"]: task["fields"] for task in parity["dags"]["own_templates"]["tasks"]}
    command = {task_id: found["bash_command"] for task_id, found in fields.items()}
    assert command["a"] == command["d"] == command["e"]
    assert (command["b"], command["c"]) == (command["f"], command["g"])
    assert fields["e"]["env"] == fields["f"]["env"]
