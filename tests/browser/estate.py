"""A tree of DAG files as companies have them: written for Airflow 1.10, by several teams, over years."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEAMS = ("finance", "growth", "logistics", "risk", "search")
SUBJECTS = ("orders", "invoices", "clicks", "stock", "returns", "sessions", "payouts", "prices", "leads", "routes")
VERBS = ("load", "export", "report_on", "clean", "score", "archive")

BIGQUERY = '''"""Daily {subject}: {verb} into the warehouse."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.contrib.operators.bigquery_operator import BigQueryOperator
from airflow.contrib.operators.gcs_to_bq import GoogleCloudStorageToBigQueryOperator
from airflow.contrib.sensors.gcs_sensor import GoogleCloudStorageObjectSensor
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator

default_args = {{
    "owner": "{team}",
    "depends_on_past": False,
    "start_date": datetime(2019, {month}, 1),
    "email": ["{team}@example.com"],
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
}}

dag = DAG(
    "{team}_{verb}_{subject}",
    default_args=default_args,
    schedule_interval="{minute} 4 * * *",
    concurrency=4,
)

start = DummyOperator(task_id="start", dag=dag)

wait = GoogleCloudStorageObjectSensor(
    task_id="wait_for_{subject}",
    bucket="{team}-landing",
    object="{subject}/{{{{ ds_nodash }}}}/_SUCCESS",
    google_cloud_conn_id="{team}_gcp",
    dag=dag,
)

load = GoogleCloudStorageToBigQueryOperator(
    task_id="load_{subject}",
    bucket="{team}-landing",
    source_objects=["{subject}/{{{{ ds_nodash }}}}/*.json"],
    destination_project_dataset_table="{team}.{subject}${{{{ ds_nodash }}}}",
    source_format="NEWLINE_DELIMITED_JSON",
    write_disposition="WRITE_TRUNCATE",
    bigquery_conn_id="{team}_gcp",
    dag=dag,
)

{verb} = BigQueryOperator(
    task_id="{verb}_{subject}",
    sql="sql/{verb}_{subject}.sql",
    use_legacy_sql=False,
    destination_dataset_table="{team}.{subject}_daily",
    write_disposition="WRITE_TRUNCATE",
    bigquery_conn_id="{team}_gcp",
    dag=dag,
)

notify = BashOperator(
    task_id="notify",
    bash_command="curl -fsS -X POST $HOOK -d '{team} {subject} {{{{ ds }}}} done'",
    xcom_push=True,
    trigger_rule="none_failed_or_skipped",
    dag=dag,
)

start >> wait >> load >> {verb} >> notify
'''

PYTHON = '''# -*- coding: utf-8 -*-
import logging
from datetime import timedelta

from airflow import DAG
from airflow.contrib.hooks.gcs_hook import GoogleCloudStorageHook
from airflow.models import Variable
from airflow.operators.python_operator import PythonOperator, BranchPythonOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.utils.dates import days_ago

OWNER = "{team}"
log = logging.getLogger(__name__)


def {verb}_{subject}(**context):
    """Write one file a day; the day is the run's."""
    day = context["execution_date"].strftime("%Y-%m-%d")
    hook = GoogleCloudStorageHook(google_cloud_storage_conn_id="{team}_gcp")
    body = "<{subject} day='%s'/>" % day
    hook.upload(bucket=Variable.get("{team}_bucket"), object="{subject}/%s.xml" % day, data=body)
    log.info("wrote %s bytes for %s", len(body), day)


def choose(**context):
    return "{verb}" if context["execution_date"].weekday() < 5 else "weekend"


with DAG(
    dag_id="{team}_{verb}_{subject}_files",
    default_args={{"owner": OWNER, "start_date": days_ago(2), "retries": 1}},
    schedule_interval="@daily",
    dagrun_timeout=timedelta(hours=2),
) as dag:
    branch = BranchPythonOperator(task_id="branch", python_callable=choose, provide_context=True)
    work = PythonOperator(
        task_id="{verb}",
        python_callable={verb}_{subject},
        provide_context=True,
        task_concurrency=1,  # the target allows one writer
    )
    weekend = DummyOperator(task_id="weekend")
    branch >> [work, weekend]
'''

CHAIN = """from datetime import datetime

from airflow import DAG
from airflow.operators import {plugin}Operator
from airflow.operators.dagrun_operator import TriggerDagRunOperator
from airflow.operators.sensors import ExternalTaskSensor
from airflow.operators.subdag_operator import SubDagOperator
from airflow.operators.bash_operator import BashOperator


def payload(context, dag_run_obj):
    dag_run_obj.payload = {{"day": context["ds"]}}
    return dag_run_obj


def checks(parent):
    sub = DAG(parent + ".checks", schedule_interval="@daily", start_date=datetime(2019, 1, 1))
    for table in ("{subject}", "{subject}_daily"):
        BashOperator(task_id="check_" + table, bash_command="bq query 'select 1 from {team}.%s'" % table, dag=sub)
    return sub


args = dict(owner="{team}", start_date=datetime(2019, 1, 1))
dag = DAG("{team}_{subject}_chain", schedule_interval="@daily", default_args=args)
wait = ExternalTaskSensor(task_id="wait", external_dag_id="{team}_{verb}_{subject}", external_task_id="notify", dag=dag)
check = SubDagOperator(task_id="checks", subdag=checks("{team}_{subject}_chain"), dag=dag)
publish = {plugin}Operator(task_id="publish", name="{subject}", dag=dag)
trigger = TriggerDagRunOperator(
    task_id="next", trigger_dag_id="{team}_archive_{subject}", python_callable=payload, dag=dag
)
wait >> check >> publish >> trigger
"""

OLD_PYTHON = """from airflow import DAG
from datetime import datetime

dag = DAG("{team}_{subject}_legacy", start_date=datetime(2018, 1, 1))
print "loading {subject}"
"""

PLAIN = '''"""Names that the DAGs of {team} share."""

BUCKET = "{team}-landing"
TABLES = ("{subject}", "{subject}_daily")
'''

# What a page must survive: ends of script and style elements, handlers, entities, directions, and a line very long.
ATTACK = """from datetime import datetime

from airflow import DAG
from airflow.operators.bash_operator import BashOperator  # </script><script>alert(1)</script>
from airflow.operators import EvilOperator  # <img src=x onerror=alert(2)> &lt;b&gt; <!-- --> ]]>

dag = DAG("🚀</title></style><script>alert(3)</script>", schedule_interval="@daily",  # naïve </pre></details>
          start_date=datetime(2019, 1, 1), default_args={"owner": "\\"><svg onload=alert(4)>"})
BashOperator(task_id="x", bash_command="{{ ds }} ${x} `y` <script>alert(5)</script>", xcom_push=True, dag=dag)
EvilOperator(task_id="long", value="LONG", dag=dag)
""".replace("LONG", "x<y&" * 200)


def plant(root: Path, count: int) -> None:
    """Write ``count`` files below ``root``, the same ones for the same count, with one that attacks the page."""
    dice = random.Random(count)
    kinds = [BIGQUERY, PYTHON, BIGQUERY, CHAIN, PYTHON, PLAIN, BIGQUERY, OLD_PYTHON, PYTHON]
    for number in range(count - 1):
        team, subject, verb = TEAMS[number % 5], SUBJECTS[number // 5 % 10], VERBS[number // 50 % 6]
        values = {"team": team, "subject": subject, "verb": verb, "plugin": team.title()}
        text = kinds[number % len(kinds)].format(**values, month=dice.randint(1, 12), minute=dice.randrange(60))
        path = root / team / f"{verb}_{subject}_{number:03}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "growth" / "attack.py").write_text(ATTACK, encoding="utf-8")
