"""Run programs as tasks under a real Airflow, many in one interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.airflows import Airflow

_RUN = """
import json, warnings
from datetime import datetime, timedelta, timezone
from airflow.models import DagRun, TaskInstance, XCom
from airflow.utils.db import create_session

warnings.simplefilter("ignore")
DATE = datetime(2021, 3, 8, tzinfo=timezone.utc)


def dag_run():
    with create_session() as session:
        if session.query(DagRun).filter(DagRun.dag_id == "p").count():
            return
        made = DagRun(dag_id="p", run_id="scheduled__x", execution_date=DATE, state="running", external_trigger=False)
        if not agent.AIRFLOW_1:
            made.run_type, made.start_date = "scheduled", DATE
            made.data_interval_start, made.data_interval_end = DATE, DATE + timedelta(days=1)
        session.add(made)


def plain(value):
    XCom.serialize_value(value)  # as what a task returns is
    return json.loads(json.dumps(value, default=str))


def one(task):
    if agent.AIRFLOW_1:
        ti = TaskInstance(task, DATE)
    else:
        task = task.prepare_for_execution()  # as every run of a task does
        ti = TaskInstance(task, run_id="scheduled__x")
    context = ti.get_template_context()
    ti.render_templates(context=context)
    if task.on_failure_callback:
        return plain(task.on_failure_callback(context))
    return plain(task.execute(context))


def run(source):
    scope = {"__name__": "program", "__file__": "program.py"}
    try:
        exec(compile(source, "program.py", "exec"), scope)
    except Exception as error:
        return ["the file fails: " + repr(error)]
    found = []
    for task in scope["dag"].tasks:
        try:
            found.append({"is": one(task)})
        except Exception as error:
            found.append("it fails: " + repr(error))
    return found


dag_run()
result = [run(source) for source in values["sources"]]
"""


def results(airflow: Airflow, sources: list[str]) -> list[list[Any]]:
    """For each program what its tasks returned: ``{"is": value}``, or a text that says how it failed."""
    found: list[list[Any]] = airflow.python(_RUN, sources=sources)
    return found
