"""An estate of 220 DAGs: fifty clean ones, the lab's, and faults, each alone in a DAG that is clean but for it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from migrator.assess.resolver import Resolved
from migrator.lab.estate import full
from migrator.model.dag import BrokenFile, Dag
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.model.resources import Connection, Pool
from migrator.model.run import Run
from migrator.model.usage import LargeXCom, ParseTime, TaskLoad, Usage, User
from migrator.workspace.config import AssessSection
from tests.assess.clean import clean, clean_file

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TODAY = date(2026, 6, 1)
RECORDED = Path(__file__).with_name("recorded.json.gz")
BUCKET = "europe-west1-v1-1a2b-bucket"


@dataclass(frozen=True)
class Fault:
    """A fault in one file: ``old`` becomes ``new``, and ``more`` is put at its end."""

    code: str
    old: str = ""
    new: str = ""
    more: str = ""
    folder: str = "planted"


_LIMIT = '    "execution_timeout": timedelta(hours=1),\n'
_TASK = 'task_id="load",'
_COMMAND = '"load '
_REQUEST = """\
import requests
try:
    requests.get('http://127.0.0.1:9/', timeout=1)
except Exception:
    pass
"""
_CONNECTION = """\
from airflow.hooks.base_hook import BaseHook
try:
    BaseHook.get_connection('c')
except Exception:
    pass
"""
_POD = """\
POD = None
if POD:
    from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator
    KubernetesPodOperator(task_id='p', name='p', image='i', namespace='n', affinity={'nodeAffinity': {}})
"""
_SENSOR = """\
from airflow.sensors.external_task_sensor import ExternalTaskSensor
ExternalTaskSensor(task_id='w', external_dag_id='nobody', retries=1, dag=dag)
"""

FAULTS = (
    Fault("GV101", '    "owner": "{team}",\n', ""),
    Fault("GV101", '"owner": "{team}"', '"owner": "airflow"'),
    Fault("GV102", '"owner": "{team}"', '"owner": "shopp"'),
    Fault("GV103", '    tags=["{team}", "tier-2"],\n', ""),
    Fault("GV104", folder="house_rules"),
    Fault("GV105", '    description="{what}",\n', ""),
    Fault("GV105", 'description="{what}"', 'description=""'),
    Fault("GV106", '    "retries": 2,\n', ""),
    Fault("GV106", _TASK, f"{_TASK} retries=0,"),
    Fault("GV107", _LIMIT, ""),
    Fault("GV108", "start_date=datetime(2026, 1, 1)", "start_date=datetime.now() - timedelta(days=2)"),
    Fault("GV108", '    "retries": 2,\n', '    "retries": 2,\n    "start_date": datetime.utcnow(),\n'),
    Fault("GV109", more=_REQUEST),
    Fault("GV109", more="import socket\ndef host():\n    return socket.gethostbyname('localhost')\nHOST = host()\n"),
    Fault("GV110", more="from airflow.models import Variable\nREGION = Variable.get('region', default_var='eu')\n"),
    Fault("GV110", more=_CONNECTION),
    Fault("GV111", more="import time\ntime.sleep(0.01)\n"),
    Fault("GV111", more="import subprocess\nREVISION = subprocess.check_output(['echo', '1'])\n"),
    Fault("GV112", more="DB_PASSWORD = 'hunter2-prod'\n"),
    Fault("GV112", more="SOURCE = 'postgresql://loader:s3cr3t@db.example.com/shop'\n"),
    Fault("GV112", _TASK, f'{_TASK} env={{"API_TOKEN": "9f8e7d6c5b4a"}},'),
    Fault("GV112", more="KEY = 'AKIAIOSFODNN7EXAMPLE'\n"),
    Fault("GV113", "    catchup=False,\n", ""),
    Fault("CP204", more="from collections import Mapping\n"),
    Fault("CP204", more="import inspect\nSPEC = inspect.getargspec(print) if False else None\n"),
    Fault("CP210", more=_POD),
    Fault("CP211", _COMMAND, f'"gsutil cp gs://{BUCKET}/data/rates.csv . && load '),
    Fault("CP211", _COMMAND, '"curl https://v1-tp.appspot.com/x && load '),
    Fault("CP212", _COMMAND, '"cat /home/airflow/gcs/data/rates.csv && load '),
    Fault("CP213", _TASK, f'{_TASK} env={{"FROM": "lake"}},'),
    Fault("CP214", _COMMAND, '"airflow trigger_dag clean_000 && load '),
    Fault("CP214", _COMMAND, '"curl http://localhost/api/experimental/test && load '),
    Fault("CP215", more="from airflow import settings\ndef runs():\n    return settings.Session()\n"),
    Fault("CP215", _TASK, f'{_TASK} params={{"conn_id": "airflow_db"}},'),
    Fault("CP217", _COMMAND, '"docker run eu.gcr.io/shop/load:1 && load '),
    Fault("ES301"),
    Fault("ES302"),
    Fault("ES304"),
    Fault("ES305"),
    Fault("ES308", more=_SENSOR),
    Fault("ES309"),
    Fault("ES310", _TASK, f'{_TASK} pool="nobodys",'),
    Fault("ES311", "    catchup=False,\n", "    catchup=False,\n    end_date=datetime(2026, 5, 1),\n"),
)  # fmt: skip

ENVIRONMENT = {
    ("CP201", "pandas"), ("CP201", "do not fit together"), ("CP202", "acme-private"), ("CP203", "backport"),
    ("CP203", "enum34"), ("CP219", "ours"), ("CP206", "core-load_examples"), ("CP206", "cli-api_client"),
    ("CP207", "core-dag_concurrency"), ("CP207", "webserver-rbac"),
    ("CP208", "AIRFLOW__CORE__PARALLELISM"), ("CP208", "GCS_BUCKET"), ("CP213", "old_mssql"),
    ("CP216", "XComs are pickled"), ("CP218", "3,000 kB"), ("ES313", "bo@example.com is Admin"),
    ("WV001", "GV103"), ("WV002", "nobody_"),
}  # fmt: skip
"""Faults of the environment and of migrate.toml: the code, and what its message names."""

FILES = {
    "dags/tools/report.py": ("CP205", "print 'done'\n"),
    "plugins/views.py": ("CP209", "admin_views = [object()]"),
    "plugins/pages.py": ("CP209", "appbuilder_views = [{'name': 'a'}]"),
    "plugins/dates.py": ("CP209", "macros = [len]"),
    "dags/planted/broken.py": ("ES306", "import gone_module\n\nfrom airflow import DAG\n"),
    "dags/planted/twin_a.py": ("ES303", "twin_a"),
    "dags/planted/twin_b.py": ("", "twin_b"),
    "dags/planted/same_a.py": ("ES312", "same_id"),
    "dags/planted/same_b.py": ("", "same_id"),
}
"""Faults that are files of their own."""

_PLUGIN = "from airflow.plugins_manager import AirflowPlugin\n\n\nclass Own(AirflowPlugin):\n    name = 'own'\n    {}\n"


def dag_id_of(number: int) -> str:
    return f"planted_{number:03d}"


def _planted(number: int, fault: Fault) -> str:
    index = 3 * number  # always of the team "shop"
    text = clean_file(dag_id_of(number), index)
    text = text.replace('schedule_interval="' + f"{index * 7 % 60} {index % 24} ", 'schedule_interval="30 2 ')
    old = fault.old.replace("{team}", "shop").replace("{what}", f"Subject {index}")
    assert old in text, fault
    return (text.replace(old, fault.new) if old else text) + fault.more


def _own_file(path: str, what: str) -> str:
    if path.startswith("plugins/"):
        return _PLUGIN.format(what)
    if "twin_" in path:
        return clean_file("twin", 0).replace('"twin"', f'"{what}"').replace("load twin", "load it")
    return clean_file(what, 3 + len(path) + ord(path[-4])) if "same_" in path else what


def sources() -> dict[str, str]:
    """The whole estate by path of the bucket: 50 clean, the planted ones, and the lab's up to 220 DAGs."""
    planted = {f"dags/{f.folder}/{dag_id_of(n)}.py": _planted(n, f) for n, f in enumerate(FAULTS)}
    own = {path: _own_file(path, what) for path, (_, what) in FILES.items()}
    rest = 220 - 50 - len(FAULTS) - 3
    return {**{f"dags/{p}": t for p, t in {**clean(), **full(rest)}.items()}, **planted, **own}


@cache
def recorded() -> dict[str, Any]:
    """What the agent said of these files in a real Airflow 1.10.15 (see test_recorded)."""
    found: dict[str, Any] = json.loads(gzip.decompress(RECORDED.read_bytes()))
    return found


def inventory() -> Inventory:
    """The inventory of the estate: its DAGs as recorded; runs and settings as they would be, with their own faults."""
    dags = TypeAdapter(tuple[Dag, ...]).validate_python(recorded()["dags"])
    paused = {dag_id_of(n) for n, fault in enumerate(FAULTS) if fault.code == "ES304"}
    return Inventory(
        captured_at=NOW,
        environment=_facts(),
        airflow_version="1.10.15",
        python_version="3.8.12",
        dags=tuple(replace(dag, paused=dag.dag_id in paused) for dag in dags),
        broken_files=TypeAdapter(tuple[BrokenFile, ...]).validate_python(recorded()["broken_files"]),
        runs=tuple(run for dag in dags for run in _runs(dag)),
        connections=(
            Connection("lake", "snowflake", "f"),
            Connection("old_mssql", "mssql", "f"),
            Connection("warehouse_pg", "postgres", "f"),
            Connection("presto_default", "presto", "f"),
        ),
        pools=(Pool("default_pool", 128), Pool("warehouse", 2)),
        usage=_usage(),
    )


def _usage() -> Usage:
    """v1's load, one large XCom, and two administrators of whom one needs to be."""
    by_hour = tuple(18 if hour == 2 else 4 for hour in range(24))
    return Usage(
        NOW - timedelta(days=28),
        load=TaskLoad(40_000, 4_800_000.0, 18, NOW - timedelta(days=3, hours=22), by_hour),
        parse=(ParseTime("planted/planted_000.py", 4.0), ParseTime("clean/clean_000.py", 0.4)),
        xcoms=(LargeXCom("clean_001", "fetch", 20_000), LargeXCom("shop_orders", "extract", 3_072_000)),
        users=(
            User("ann", "ann@example.com", roles=("Admin",), events={"connection.edit": 3}),
            User("bo", "bo@example.com", roles=("Admin",), events={"graph": 12}),
        ),
    )


def _facts() -> EnvironmentFacts:
    return EnvironmentFacts(
        "projects/p/locations/l/environments/v1",
        "composer-1.20.12-airflow-1.10.15",
        "RUNNING",
        BUCKET,
        "https://v1-tp.appspot.com",
        packages={
            "apache-airflow-backport-providers-google": "", "enum34": "==1.1.10", "pandas": "==1.0.3",
            "ours": " @ file:///srv/ours",
        },
        overrides={
            "core-load_examples": "True", "cli-api_client": "x", "core-dag_concurrency": "16", "webserver-rbac": "True",
            "core-enable_xcom_pickling": "True", "core-parallelism": "64",
        },
        env_variables={"AIRFLOW__CORE__PARALLELISM": "9", "GCS_BUCKET": "b", "REGION": "eu"},
    )  # fmt: skip


def packages() -> Resolved:
    """What the resolver would say (test_resolver asks the real one)."""
    refused = {"pandas": "apache-airflow-providers-google==18.0.0 depends on pandas>=2.1.2"}
    return Resolved({}, refused, {"acme-private": "it was not found"}, "a needs b<1, c needs b>1")


def section() -> AssessSection:
    """The rules of the house, and two waivers that are findings themselves."""
    waivers = [
        {"code": "GV103", "where": dag_id_of(3), "reason": "tags come in May", "expires": "2026-05-31"},
        {"code": "GV105", "where": "nobody_*", "reason": "they are to go", "expires": "2026-12-31"},
    ]
    options: dict[str, Any] = {
        "GV102": {
            "known": ["shop", "stock", "search", "finance", "marketing", "ingest", "science", "orders", "reporting"]
        },
        "GV104": {"patterns": {"house_rules/*": "house_.+"}},
    }
    return AssessSection.model_validate({"waivers": waivers, "options": options})


def _runs(dag: Dag) -> list[Run]:
    """Twenty daily runs that went well, or as the fault wants them; none for what is not scheduled by time."""
    fault = FAULTS[int(dag.dag_id[-3:])].code if dag.dag_id.startswith("planted_") else ""
    if fault in {"ES301", "ES304"} or not dag.automated:
        return []
    delay = timedelta(minutes=40 if fault == "ES305" else 0, seconds=20)
    lasts = timedelta(hours=25 if fault == "ES309" else 0, minutes=4)
    state = "failed" if fault == "ES302" else "success"
    ends = [NOW - timedelta(days=days, hours=21) for days in range(20)]
    return [
        Run(
            dag.dag_id,
            f"scheduled__{end}",
            end - timedelta(days=1),
            state,
            True,
            end,
            False,
            end + delay,
            end + delay + lasts,
        )
        for end in reversed(ends)
    ]
