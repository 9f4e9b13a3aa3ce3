"""220 DAGs in the proportions of a real estate, always the same ones."""

from __future__ import annotations

_TEAMS = ("finance", "marketing", "ingest", "science", "orders", "reporting", "")
"""The last team forgot to name itself: one DAG in seven has no owner."""

_SCHEDULES = (
    *(['"0 {hour} * * *"'] * 9),
    *(['"{minute} * * * *"'] * 3),
    '"@daily"',
    '"@weekly"',
    '"0 4 1 * *"',
    '"*/10 * * * *"',
    "timedelta(hours=6)",
    "timedelta(hours=1)",
    '"@once"',
    "None",
)
"""Twenty schedules, each as often as it is met."""

_IMPORTS = """\
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
"""

_BODY = """\
{imports}
with DAG(
    "{dag_id}",
    schedule_interval={schedule},
    start_date=datetime(2026, 1, {day}),
    catchup=False,
    max_active_runs=1,
    default_args={default_args},
) as dag:
    start = DummyOperator(task_id="start")
{tasks}"""

_SENSOR = """\
    wait = ExternalTaskSensor(
        task_id="wait", external_dag_id="{other}", mode="reschedule", poke_interval=60, timeout=3600
    )
    start >> wait
"""


def full(n: int = 220) -> dict[str, str]:
    """``n`` DAG files by path below ``dags/``: every kind of schedule, edges, pools, missing owners."""
    return {f"{_team(index) or 'misc'}/{_dag_id(index)}.py": _file(index) for index in range(n)}


def _dag_id(index: int) -> str:
    return f"estate_{index:03d}"


def _team(index: int) -> str:
    return _TEAMS[index % len(_TEAMS)]


def _file(index: int) -> str:
    schedule = _SCHEDULES[index % len(_SCHEDULES)].format(hour=index % 24, minute=index * 7 % 60)
    owner = {"owner": _team(index)} if _team(index) else {}
    imports, edge = _edge(index)
    return _BODY.format(
        imports=_IMPORTS + imports,
        dag_id=_dag_id(index),
        schedule=schedule,
        day=index % 28 + 1,
        default_args=owner | ({"pool": "warehouse"} if index % 11 == 0 else {}),
        tasks=edge + "".join(_task(number) for number in range(index % 3 + 1)),
    )


def _task(number: int) -> str:
    return f'    start >> BashOperator(task_id="work_{number}", bash_command="echo {{{{ ds }}}}")\n'


def _edge(index: int) -> tuple[str, str]:
    """The import and the task of an edge to the DAG one schedule table earlier: same schedule class, so it can meet."""
    other = _dag_id(index - len(_SCHEDULES))
    if index < len(_SCHEDULES):
        return "", ""
    if index % 13 == 0:
        return "from airflow.sensors.external_task_sensor import ExternalTaskSensor\n", _SENSOR.format(other=other)
    if index % 17 == 0:
        task = f'    start >> TriggerDagRunOperator(task_id="ask", trigger_dag_id="{other}")\n'
        return "from airflow.operators.dagrun_operator import TriggerDagRunOperator\n", task
    return "", ""
