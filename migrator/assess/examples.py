"""The small estates of the examples: a DAG that every check leaves alone, and what one example changes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from codemods.profiles import load
from migrator.assess.estate import Estate
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.model.resources import Pool
from migrator.model.run import Run

if TYPE_CHECKING:
    from migrator.assess.check import Example

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)

CLEAN = '''\
"""Load the orders of a day."""
from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash_operator import BashOperator

default_args = {"owner": "shop", "retries": 2, "execution_timeout": timedelta(hours=1)}

with DAG(
    "orders",
    description="Load the orders of a day",
    schedule_interval="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    tags=["shop"],
    default_args=default_args,
) as dag:
    BashOperator(task_id="load", bash_command="load-orders {{ ds }}")
'''

BASH = "airflow.operators.bash_operator.BashOperator"
DUMMY = "airflow.operators.dummy_operator.DummyOperator"
TASK = Task("load", BASH, retries=2)
ORDERS = Dag(
    "orders",
    "orders.py",
    Schedule(ScheduleKind.CRON, "0 0 * * *"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    owners=("shop",),
    tags=("shop",),
    description="Load the orders of a day",
    tasks=(TASK,),
)
FACTS = EnvironmentFacts(
    "projects/p/locations/l/environments/v1",
    "composer-1.20.12-airflow-1.10.15",
    "RUNNING",
    "europe-west1-v1-1a2b-bucket",
    "https://v1.example.com",
)
DEFAULT_POOL = Pool("default_pool", 128)


def changed(old: str, new: str, top: str = "", more: tuple[str, str] = ("", "")) -> dict[str, str]:
    """The clean file with one piece of it replaced (and ``more``), and lines put before it."""
    if old not in CLEAN or more[0] not in CLEAN:
        raise AssertionError(f"{old!r} is not in the clean file")
    text = CLEAN.replace(old, new)
    return {"dags/orders.py": top + (text.replace(*more) if more[0] else text)}


def added(text: str) -> dict[str, str]:
    """The clean file with more at its end."""
    return {"dags/orders.py": CLEAN + text}


def daily_run(days_ago: int, state: str = "success", *, delay: timedelta = timedelta(), seconds: float = 600) -> Run:
    """A daily run of ``orders`` that began ``delay`` after its interval ended."""
    end = NOW - (days_ago - 1) * DAY
    started = end + delay
    ended = started + timedelta(seconds=seconds)
    return Run("orders", f"scheduled__{end - DAY}", end - DAY, state, True, end, started=started, ended=ended)  # noqa: FBT003


def daily_runs(
    count: int, state: str = "success", *, delay: timedelta = timedelta(), seconds: float = 600
) -> tuple[Run, ...]:
    """The runs of the last ``count`` days, oldest first."""
    return tuple(daily_run(days, state, delay=delay, seconds=seconds) for days in range(count, 0, -1))


def estate_of(example: Example) -> Estate:
    """The estate that an example describes."""
    dags = example.dags or (replace(ORDERS, **example.dag),)
    inventory = Inventory(
        captured_at=NOW,
        environment=example.environment or FACTS,
        airflow_version="1.10.15",
        python_version="3.8.12",
        dags=dags,
        runs=example.runs or daily_runs(10),
        connections=example.connections,
        pools=(DEFAULT_POOL, *example.pools),
    )
    more = dict(example.more)
    parts = ("broken_files", "files", "pools", "usage", "unlisted", "unknown", "python_version", "origin")
    held = {key: more.pop(key) for key in parts if key in more}
    inventory = replace(inventory, **held)
    return Estate(inventory, {"dags/orders.py": CLEAN, **example.files}, load(), **more)
