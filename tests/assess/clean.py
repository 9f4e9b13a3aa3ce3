"""DAGs as a careful team writes them for Airflow 1.10, in five manners: no check should have anything to say."""

from __future__ import annotations

TEAMS = ("shop", "stock", "search")

_WITH = '''\
"""{what}: load."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator

default_args = {{
    "owner": "{team}",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(hours=1),
}}

with DAG(
    "{dag_id}",
    description="{what}",
    schedule_interval="{minute} {hour} * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["{team}", "tier-2"],
    default_args=default_args,
) as dag:
    BashOperator(task_id="load", bash_command="load {dag_id} {{{{ ds }}}}")
'''

_PYTHON = '''\
"""{what}: with Python tasks; everything that takes time happens inside them."""
import datetime as dt
import os

import requests
from airflow.models import DAG, Variable
from airflow.operators.python_operator import PythonOperator

try:
    from collections.abc import Mapping
except ImportError:
    from collections import Mapping

PASSWORD_FILE = "/run/secrets/{team}"
API_TOKEN = os.environ.get("API_TOKEN", "")


def fetch(ds, **kwargs):
    region = Variable.get("region", default_var="eu")
    found = requests.get("https://api.example.com/{team}", params={{"day": ds, "region": region}}, timeout=30).json()
    assert isinstance(found, Mapping)
    return len(found)


args = dict(owner="{team}", retries=1, sla=dt.timedelta(hours=2))
dag = DAG(
    dag_id="{dag_id}",
    description="{what}",
    default_args=args,
    schedule_interval=dt.timedelta(hours=6),
    start_date=dt.datetime(2026, 1, 1),
    catchup=True,
    tags=["{team}"],
)
PythonOperator(task_id="fetch", python_callable=fetch, provide_context=True, dag=dag)

if __name__ == "__main__":
    print(requests.get("https://api.example.com/{team}", timeout=5).text)
'''

_FACTORY = '''\
"""{what}: made by a function, so its id is no literal."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator

LIMIT = timedelta(hours=3)


def make(name, command):
    built = DAG(
        name,
        description="{what}",
        schedule_interval="@hourly",
        start_date=datetime(2026, 1, 1),
        catchup=False,
        dagrun_timeout=LIMIT,
        tags=["{team}"],
        default_args={{"owner": "{team}", "retries": 3}},
    )
    DummyOperator(task_id="start", retries=0, dag=built) >> BashOperator(task_id="run", bash_command=command, dag=built)
    return built


for subject in ["{dag_id}"]:
    globals()[subject] = make(subject, "run " + subject)
'''

_SENSOR = '''\
"""{what}: waits for another DAG, then branches."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import BranchPythonOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor


def choose(execution_date, **kwargs):
    return "weekly" if execution_date.weekday() == 0 else "daily"


with DAG(
    "{dag_id}",
    schedule_interval="{minute} {hour} * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["{team}"],
    default_args={{"owner": "{team}", "retries": 2, "execution_timeout": timedelta(minutes=90)}},
) as dag:
    dag.doc_md = __doc__
    wait = ExternalTaskSensor(task_id="wait", external_dag_id="clean_000", mode="reschedule", timeout=3600)
    branch = BranchPythonOperator(task_id="branch", python_callable=choose, provide_context=True)
    daily = BashOperator(task_id="daily", bash_command="report --token {{{{ var.value.report_token }}}}")
    weekly = BashOperator(
        task_id="weekly", bash_command="report --week", env={{"API_KEY": "{{{{ conn.api.password }}}}"}}
    )
    done = DummyOperator(task_id="done", trigger_rule="none_failed")
    wait >> branch >> [daily, weekly] >> done
'''

_SHARED = '''\
"""{what}: default arguments from the team's own module; runs only when asked."""
from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator

from house.defaults import args_of

with DAG(
    "{dag_id}",
    description="{what}",
    schedule_interval=None,
    start_date=datetime(2026, 1, 1),
    tags=["{team}"],
    default_args=args_of("{team}"),
) as dag:
    BashOperator(task_id="export", bash_command="airflow dags list > /tmp/dags.txt; export {dag_id}")
'''

DEFAULTS = '''\
"""Default arguments of the house."""
from datetime import timedelta


def args_of(team):
    """The arguments of a team."""
    return {"owner": team, "retries": 2, "execution_timeout": timedelta(hours=1)}
'''

MANNERS = (_WITH, _PYTHON, _FACTORY, _SENSOR, _SHARED)


def clean_file(dag_id: str, index: int, manner: int = 0) -> str:
    """One DAG file; the index spreads the schedules."""
    team = TEAMS[index % len(TEAMS)]
    return MANNERS[manner].format(
        dag_id=dag_id, team=team, what=f"Subject {index}", minute=index * 7 % 60, hour=index % 24
    )


def clean(n: int = 50) -> dict[str, str]:
    """``n`` clean DAG files by path below ``dags/``, all manners in turn, and the module that they share."""
    files = {f"clean/clean_{index:03d}.py": clean_file(f"clean_{index:03d}", index, index % 5) for index in range(n)}
    return files | {"house/__init__.py": "", "house/defaults.py": DEFAULTS}
