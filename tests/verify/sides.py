"""Two real Airflows as the two environments of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrator.environments.ports import Answer, Environment
from migrator.model.environment import EnvironmentFacts
from tests.transfer.targets import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.verify.model import Parity
    from tests.airflows import Airflow

DAG = """
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import PythonOperator
from airflow.sensors.external_task_sensor import ExternalTaskSensor
from airflow.operators.dagrun_operator import TriggerDagRunOperator


def work(ds, **context):
    print(ds)


def alarm(context):
    print(context)


dag = DAG(
    "{name}",
    schedule_interval="15 3 * * *",
    start_date=datetime(2026, 1, 1),
    end_date=datetime(2027, 1, 1),
    catchup=False,
    max_active_runs=2,
    dagrun_timeout=timedelta(hours=9),
    default_args={{"owner": "ann", "retries": 3, "retry_delay": timedelta(minutes=7)}},
)
extract = BashOperator(
    task_id="extract",
    bash_command="extract --day {{{{ ds }}}} --next {{{{ next_ds }}}} --at {{{{ execution_date }}}}",
    env={{"REGION": "{{{{ var.value.region }}}}"}},
    pool="warehouse",
    execution_timeout=timedelta(minutes=30),
    dag=dag,
)
clean = PythonOperator(
    task_id="clean",
    python_callable=work,
    op_kwargs={{"day": "{{{{ yesterday_ds_nodash }}}}"}},
    provide_context=True,
    priority_weight=4,
    on_failure_callback=alarm,
    dag=dag,
)
wait = ExternalTaskSensor(
    task_id="wait", external_dag_id="upstream", external_task_id="done",
    execution_delta=timedelta(hours=1), mode="reschedule", dag=dag,
)
load = DummyOperator(task_id="load", trigger_rule="none_failed", queue="big", depends_on_past=True, dag=dag)
go = TriggerDagRunOperator(task_id="go", trigger_dag_id="downstream", dag=dag)
last = BashOperator(task_id="last", bash_command="echo {{{{ run_id }}}}", email="a@example.com, b@example.com", dag=dag)
wait >> extract >> [clean, load] >> go >> last
"""


@dataclass(frozen=True, slots=True)
class InProcess:
    """The agent of a real Airflow, without a bucket and a command in between."""

    airflow: Airflow

    def call(self, action: str, **params: Any) -> Answer:
        return Answer(self.airflow.call(action, **params), NOW, self.airflow.version, "3")


def environment(airflow: Airflow, **settings: dict[str, str]) -> Environment:
    image = f"composer-2-airflow-{airflow.version}"
    facts = EnvironmentFacts("env", image, "RUNNING", "b", "http://x", **settings)
    return Environment(facts, None, InProcess(airflow), None)  # type: ignore[arg-type]


def found(parity: Parity) -> set[str]:
    """Every difference that no rule explains, by object and field."""
    return {f"{one.about} {one.name}: {each.field}" for one in parity.objects for each in one.unexplained}


def store(
    airflow: Airflow, variables: dict[str, str], connections: list[dict[str, Any]], pools: dict[str, int]
) -> None:
    """Keep exactly these beside the default pool."""
    airflow.python(
        """
        from airflow.models import Connection, Pool, Variable
        with agent.transaction() as session:
            session.query(Variable).delete()
            session.query(Connection).delete()
            session.query(Pool).filter(Pool.pool != "default_pool").delete()
        for kind, items in {
            "variables": [{"key": key, "value": value} for key, value in values["variables"].items()],
            "connections": values["connections"],
            "pools": [{"name": name, "slots": slots} for name, slots in values["pools"].items()],
        }.items():
            failed = {k: v for k, v in agent.store_each(kind, items, "replace", False).items() if isinstance(v, dict)}
            assert not failed, failed
        """,
        variables=variables,
        connections=connections,
        pools=pools,
    )


def deploy(airflow: Airflow, folder: Path) -> None:
    """Have the Airflow parse every file of a folder."""
    for path in sorted(folder.rglob("*.py")):
        airflow.write(path.relative_to(folder).as_posix(), path.read_text())
