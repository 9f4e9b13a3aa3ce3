"""A small estate as a live environment tells it, as a snapshot keeps it, and as a copy of its bucket holds it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.inventory.estates import dag_row
from tests.inventory.snapshot import dumps
from tests.inventory.snapshot_of import environment

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC).replace(microsecond=0)
DUE = NOW.replace(hour=3, minute=0, second=0) - timedelta(days=3)
"""The logical date of the last run of each DAG."""
RUN_ID = f"scheduled__{DUE.isoformat()}"
CODE = """\
from datetime import datetime

from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash_operator import BashOperator

dag = DAG("{dag_id}", schedule_interval="0 3 * * *", start_date=datetime(2026, 1, 1), catchup=False,
          default_args={{"owner": "team"}})
BashOperator(task_id="t", bash_command="echo " + Variable.get("region", "eu"), dag=dag)
"""
IDS = ("billing", "orders", "stock")
FILES = {f"dags/{dag_id}.py": CODE.format(dag_id=dag_id).encode() for dag_id in IDS} | {"plugins/p.py": b"p = 1\n"}


def answers(recipient: str) -> dict[str, dict[str, Any]]:
    """What each agent answers, by the action."""
    since = "2026-01-01T00:00:00+00:00"
    dags = [dag_row(dag_id, file=f"{dag_id}.py", catchup=False, start_date=since) for dag_id in IDS]
    return {
        "*": {},
        "describe": {
            "dags": dags, "broken_files": [], "runs": [_run(dag_id) for dag_id in IDS],
            "variables": [{"key": "region", "fingerprint": "f", "size": 2, "description": None}],
            "connections": [], "pools": [{"name": "default_pool", "slots": 128, "description": "d"}],
            "sealed": "", "warnings": [],
        },
        "names": {"variables": [], "connections": [], "pools": ["default_pool"]},
        "runs": {"runs": [_run(dag_id) for dag_id in IDS]},
        "edits": {"edits": []},
        "sealing_key": {"recipient": recipient},
        "parity": {"dags": {}, "broken_files": [], "variables": {}, "connections": {}, "pools": {}, "users": {}},
        "observe": observed(paused=False),
        "switch_on": {dag_id: {"error": "it is played"} for dag_id in IDS},
    }  # fmt: skip


def observed(*, paused: bool) -> dict[str, Any]:
    """What an agent answers to ``observe``: each DAG is idle."""
    return {
        dag_id: {"exists": True, "paused": paused, "max_active_runs": 1, "finished": [], "active": [],
                 "task_ids": ["t"], "by_datasets": False, "schedule": None, "import_error": None}
        for dag_id in IDS
    }  # fmt: skip


def _run(dag_id: str) -> dict[str, Any]:
    when = DUE.isoformat()
    return {"dag_id": dag_id, "run_id": RUN_ID, "logical_date": when, "state": "success", "automated": True,
            "started": when, "ended": when}  # fmt: skip


def copied(folder: Path) -> Path:
    """A copy of the bucket with its logs: the last DAG left none."""
    for name, data in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for dag_id in IDS[:-1]:
        log = folder / "logs" / dag_id / "t" / DUE.isoformat() / "1.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"[{DUE:%Y-%m-%d %H:%M:%S},000] {{taskinstance.py:1192}} INFO - Marking task as SUCCESS.\n")
    return folder


def snapshot(folder: Path) -> Path:
    """A snapshot as it is downloaded."""
    copied(folder)
    dags = [dumps.DAG | {"dag_id": one, "owners": "team", "fileloc": f"/home/airflow/gcs/dags/{one}.py"} for one in IDS]
    when = DUE.strftime("%Y-%m-%d %H:%M:%S+00")
    runs = [
        dumps.RUN | {"id": str(n), "dag_id": one, "execution_date": when, "run_id": RUN_ID, "start_date": when,
                     "end_date": when}
        for n, one in enumerate(IDS)
    ]  # fmt: skip
    text = dumps.copy_form(dumps.tables(dag=dags, dag_run=runs, log=[]))
    (folder / "airflow-database.postgres.sql.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "fernet-key.json").write_text(json.dumps({"data": {"fernet_key": dumps.KEY}}))
    gone = environment("composer-1.20.12-airflow-1.10.15") | {"name": "projects/p/locations/l/environments/gone"}
    (folder / "environment.json").write_text(json.dumps(gone))
    return folder
