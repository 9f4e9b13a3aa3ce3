"""An estate that is full of secrets: in every value, and in every text that Airflow or a user wrote."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyrage

from tests.environments import stand_in
from tests.inventory.estates import dag_row
from tests.inventory.snapshot.dumps import CONNECTION, DAG, KEY, RUN, copy_form, insert_form, sealed, tables
from tests.inventory.snapshot_of import environment
from tests.planted.forms import planted, wrapped

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC).replace(microsecond=0)
TYPES = (
    "http", "postgres", "mysql", "google_cloud_platform", "aws", "ssh", "sftp", "slackwebhook", "snowflake", "redis",
    "mssql", "jdbc",
)  # fmt: skip
FIELDS = ("host", "schema", "login", "password", "extra", "description", "conn_type")
SECRET_NAMES = ("DB_PASS", "AIRFLOW_VAR_API", "AIRFLOW_CONN_DB", "SENTRY_DSN", "STRIPE", "TZ", "WORKERS", "LOG_LEVEL")
SECRET_KEYS = ("smtp-smtp_password", "celery-broker_url", "sentry-sentry_dsn", "core-parallelism", "webserver-title")
CODE = """\
from airflow import DAG
from airflow.operators.bash_operator import BashOperator
from airflow.utils.dates import days_ago

for number in range({first}, {end}):
    dag = DAG("d%02d" % number, schedule_interval="0 3 * * *", start_date=days_ago(1), catchup=False)
    globals()[dag.dag_id] = dag
    BashOperator(task_id="t", bash_command="echo", dag=dag)
"""
IDS = [f"d{number:02}" for number in range(12)]
LATER = IDS[10:]
"""DAGs of a file of their own, in a later wave; one waits for a DAG of the first."""
FILES = {
    "dags/etl.py": CODE.format(first=0, end=10).encode(),
    "dags/later.py": CODE.format(first=10, end=12).encode(),
    "plugins/p.py": b"p = 1\n",
}


def texts() -> list[str]:
    """Free texts: of each form one that stands openly, and one that hides."""
    return [*planted(), *wrapped()]


def file_of(dag_id: str) -> str:
    """The file that makes the DAG."""
    return "later.py" if dag_id in LATER else "etl.py"


def tasks(dag_id: str) -> list[dict[str, Any]]:
    """A task; that of the last DAG is a sensor."""
    task = {"task_id": "t", "operator": "airflow.operators.bash_operator.BashOperator", "downstream": []}
    waits = {"kind": "waits_for", "dag_id": IDS[0], "task_id": "t"}
    return [task | ({"reference": waits, "operator": "x.ExternalTaskSensor"} if dag_id == IDS[-1] else {})]


def chunks(found: list[str]) -> list[str]:
    """The texts joined, as many as there are DAGs."""
    return ["\n".join(found[number :: len(IDS)]) for number in range(len(IDS))]


def overrides() -> dict[str, str]:
    """Overrides by name: names that speak of secrets, of numbers, and of nothing."""
    values = texts()
    names = [*SECRET_KEYS, *(f"core-setting_{number}" for number in range(len(values) - len(SECRET_KEYS)))]
    return dict(zip(names, values, strict=True))


def env_variables() -> dict[str, str]:
    """Environment variables, the same way."""
    values = texts()
    names = [*SECRET_NAMES, *(f"SETTING_{number}" for number in range(len(values) - len(SECRET_NAMES)))]
    return dict(zip(names, values, strict=True))


def connections() -> list[dict[str, str]]:
    """Connections of twelve types, a secret in every field of each."""
    values = iter(texts() * 2)
    return [
        {"conn_id": f"c_{kind}_{number}"} | {name: next(values) for name in FIELDS if name != "conn_type"}
        | {"conn_type": kind if number else next(values)}
        for number in range(2) for kind in TYPES
    ]  # fmt: skip


def run_ids() -> list[str]:
    """What people type for the id of a run."""
    return [f"manual__{text}" for text in texts()]


def runs() -> list[dict[str, Any]]:
    """Manual runs with secrets in their ids, and a scheduled one, of each DAG."""
    rows = []
    for number, run_id in enumerate(run_ids()):
        due = NOW.replace(hour=3, minute=0, second=0) - timedelta(days=number // len(IDS) + 1)
        when = (due if number % 2 else NOW - timedelta(minutes=number + 5)).isoformat()
        rows.append(
            {"dag_id": IDS[number % len(IDS)], "run_id": run_id, "logical_date": when, "state": "success",
             "automated": bool(number % 2), "started": when, "ended": when, "tasks": {"t": "success"}}
        )  # fmt: skip
    return rows


def described(recipient: str) -> dict[str, Any]:
    """What the agent answers to ``describe``, secrets sealed."""
    found = connections()
    values = {f"v{number}": value for number, value in enumerate(texts())}
    secrets = {
        "fingerprint_key": "00",
        "variables": [{"key": key, "value": value, "description": value} for key, value in values.items()],
        "connections": [one | {"port": 1} for one in found],
        "pools": [],
    }
    dags = [
        dag_row(
            dag_id,
            file=file_of(dag_id),
            description=told,
            owners=[owner],
            tags=[tag],
            catchup=False,
            tasks=tasks(dag_id),
        )
        for dag_id, told, owner, tag in zip(IDS, chunks(texts()), texts(), texts(), strict=False)
    ]
    opened = pyrage.encrypt(json.dumps(secrets).encode(), [pyrage.x25519.Recipient.from_str(recipient)])
    return {
        "dags": dags,
        "broken_files": [{"file": f"bad{n}.py", "message": f"Traceback\n{text}"} for n, text in enumerate(texts())],
        "runs": [{key: value for key, value in run.items() if key != "tasks"} for run in runs()],
        "variables": [
            {"key": key, "fingerprint": "f", "size": 9, "description": value}
            for key, value in zip(values, texts(), strict=True)
        ],
        "connections": [
            {"conn_id": one["conn_id"], "conn_type": one["conn_type"], "fingerprint": "f", "port": 1,
             "host": one["host"], "schema": one["schema"], "login": one["login"]}
            for one in found
        ],
        "pools": [{"name": f"p{n}", "slots": 3, "description": text} for n, text in enumerate(texts())],
        "sealed": base64.b64encode(opened).decode(),
        "warnings": texts(),
    }  # fmt: skip


def observed(*, active: bool = False, errors: bool = False, paused: bool = False) -> dict[str, Any]:
    """What the agent answers to ``observe``: each DAG with manual runs under way, or a file that does not load."""
    ids = run_ids()
    return {
        dag_id: {
            "exists": True, "paused": paused, "max_active_runs": 1, "finished": [], "next_dagrun": None,
            "next_dagrun_create_after": None, "last_parsed": None, "task_ids": ["t"], "by_datasets": False,
            "schedule": None, "import_error": told if errors else None,
            "active": [
                {"dag_id": dag_id, "run_id": run_id, "logical_date": NOW.isoformat(), "state": "running",
                 "automated": False, "tasks": {"t": "running"}}
                for run_id in ids[number :: len(IDS)]
            ] if active else [],
        }
        for number, (dag_id, told) in enumerate(zip(IDS, chunks(texts()), strict=True))
    }  # fmt: skip


def error(text: str) -> dict[str, Any]:
    """An agent's answer that is an error, with the text in all of it."""
    told = {"kind": "OperationalError", "message": text, "traceback": f"Traceback\n  {text}\nOperationalError: {text}"}
    return {**answered({}), "ok": False, "error": told}


def answered(result: dict[str, Any]) -> dict[str, Any]:
    """An answer of an agent whose clock is right."""
    return stand_in.answered(result, now="(now)")


def snapshot(root: Path, *, mysql: bool) -> Path:
    """A snapshot of the estate with a dump of that database."""
    folder = root / "lab_local_v1_2026-11-25T16-00-00"
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    kind = "mysql" if mysql else "postgres"
    text = _mysql(insert_form(_rows(), mysql=True)) if mysql else copy_form(_rows())
    (folder / f"airflow-database.{kind}.sql.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "fernet-key.json").write_text(json.dumps({"data": {"fernet_key": KEY}}))
    settings = environment("composer-1.20.12-airflow-1.10.15")
    software = settings["config"]["softwareConfig"]
    software |= {"airflowConfigOverrides": overrides(), "envVariables": env_variables()}
    (folder / "environment.json").write_text(json.dumps(settings))
    return folder


def _mysql(text: str) -> str:
    return text.replace("'t'", "1").replace("'f'", "0").replace("00+00'", "00'")


def _rows() -> dict[str, list[dict[str, str | None]]]:
    variables = [
        {"id": str(n), "key": f"v{n}", "val": sealed(value) if n % 2 else value, "is_encrypted": "ft"[n % 2],
         "description": told}
        for n, (value, told) in enumerate(zip(texts(), texts(), strict=True))
    ]  # fmt: skip
    found = [
        CONNECTION | one | {"id": str(n), "password": sealed(one["password"]), "is_encrypted": "t"}
        for n, one in enumerate(connections())
    ]
    dags = [
        DAG
        | {
            "dag_id": dag_id,
            "description": told,
            "owners": owner,
            "fileloc": f"/home/airflow/gcs/dags/{file_of(dag_id)}",
        }
        for dag_id, told, owner in zip(IDS, chunks(texts()), texts(), strict=False)
    ]
    stored = [
        {"dag_id": dag_id, "fileloc": "/home/airflow/gcs/dags/etl.py", "data": json.dumps(_serialized(dag_id, told))}
        for dag_id, told in zip(IDS[:6], chunks(texts())[:6], strict=True)
    ]
    rows = [
        RUN | {"id": str(n), "dag_id": IDS[n % len(IDS)], "run_id": run_id, "conf": json.dumps({"password": conf}),
               "execution_date": f"2026-11-24 {n // 60:02}:{n % 60:02}:00+00"}
        for n, (run_id, conf) in enumerate(zip(run_ids(), texts(), strict=True))
    ]  # fmt: skip
    errors = [
        {"id": str(n), "filename": f"/home/airflow/gcs/dags/bad{n}.py", "stacktrace": f"Traceback\n{text}"}
        for n, text in enumerate(texts())
    ]
    pools = [{"id": str(n), "pool": f"p{n}", "slots": "3", "description": text} for n, text in enumerate(texts())]
    tags = [{"dag_id": dag_id, "name": text} for dag_id, text in zip(IDS, texts(), strict=False)]
    return tables(
        variable=variables, connection=found, dag=dags, dag_run=rows, import_error=errors, slot_pool=pools,
        serialized_dag=stored, dag_tag=tags,
    )  # fmt: skip


def _serialized(dag_id: str, text: str) -> dict[str, Any]:
    task = {"task_id": "t", "_task_type": "BashOperator", "_task_module": "airflow.operators.bash_operator",
            "bash_command": text, "env": {"PASSWORD": text}, "doc_md": text, "_downstream_task_ids": []}  # fmt: skip
    return {
        "__version": 1,
        "dag": {"_dag_id": dag_id, "fileloc": "/home/airflow/gcs/dags/etl.py", "timezone": "UTC", "tasks": [task],
                "schedule_interval": "0 3 * * *", "_description": text, "doc_md": text, "params": {"token": text},
                "default_args": {"__var": {"owner": text}, "__type": "dict"}, "catchup": False},
    }  # fmt: skip
