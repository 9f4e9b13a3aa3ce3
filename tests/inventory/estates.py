"""Inventories for tests: a small one by hand, and any at all by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from migrator.model.dag import BrokenFile, Dag, Schedule, ScheduleKind
from migrator.model.environment import EnvironmentFacts
from migrator.model.history import History, HistoryRun, Source
from migrator.model.inventory import Inventory
from migrator.model.resources import Connection, Pool, StoredFile, Variable
from migrator.model.run import Run

WHEN = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
ISO = "2026-01-02T03:04:05.000006+00:00"
FACTS = EnvironmentFacts(
    "projects/p/locations/l/environments/e", "composer-1.20.12-airflow-1.10.15", "RUNNING", "b", ""
)


def dag_row(dag_id: str, **more: Any) -> dict[str, Any]:
    """A DAG as the agent answers."""
    schedule = {"kind": "cron", "expression": "0 3 * * *", "seconds": None, "timezone": "UTC"}
    return {
        "dag_id": dag_id, "file": f"{dag_id}.py", "schedule": schedule, "start_date": ISO, "owners": ["team"],
        "tasks": [{"task_id": "t", "operator": "airflow.operators.bash_operator.BashOperator", "downstream": []}], **more,  # noqa: E501
    }  # fmt: skip


def run_row(dag_id: str, **more: Any) -> dict[str, Any]:
    row = {"dag_id": dag_id, "run_id": "scheduled__1", "logical_date": ISO, "state": "success", "automated": True}
    return row | more


def described(**more: Any) -> dict[str, Any]:
    """What ``describe`` answers for a tiny estate."""
    return {
        "dags": [dag_row("b"), dag_row("a", paused=True)],
        "broken_files": [{"file": "broken.py", "message": "Traceback\n  ...\nImportError: no gone"}],
        "runs": [run_row("b"), run_row("a")],
        "variables": [{"key": "k", "fingerprint": "f1", "size": 3, "description": None}],
        "connections": [
            {"conn_id": "c", "conn_type": "http", "fingerprint": "f2", "host": "h", "port": 80, "schema": None}
        ],
        "pools": [{"name": "default_pool", "slots": 128, "description": "d"}],
        "sealed": "",
        "warnings": ["a thing"],
        **more,
    }


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=8)
names = st.text("abc_é0", min_size=1, max_size=5)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.dictionaries(names, inner, max_size=2),
    max_leaves=3,
)
schedules = st.builds(
    Schedule, kind=st.sampled_from(ScheduleKind), expression=st.none() | texts, seconds=st.none() | st.floats(0, 1e9)
)
inventories = st.builds(
    Inventory,
    captured_at=moments,
    environment=st.builds(
        EnvironmentFacts, name=names, image=names, state=names, bucket=names, airflow_uri=texts,
        packages=st.dictionaries(names, texts, max_size=2), network=st.dictionaries(names, json_values, max_size=2),
    ),
    airflow_version=names,
    python_version=names,
    dags=st.lists(
        st.builds(
            Dag, dag_id=names, file=names, schedule=schedules, start_date=st.none() | moments, owners=st.tuples(names)
        ),
        max_size=3,
    ).map(tuple),
    broken_files=st.lists(st.builds(BrokenFile, names, texts), max_size=2).map(tuple),
    files=st.lists(st.builds(StoredFile, names, st.integers(0, 9), names), max_size=2).map(tuple),
    runs=st.lists(
        st.builds(
            Run, dag_id=names, run_id=names, logical_date=moments, state=names, automated=st.booleans(),
            ended=st.none() | moments,
        ),
        max_size=2,
    ).map(tuple),
    variables=st.lists(st.builds(Variable, names, names, st.integers(0, 9), st.none() | texts), max_size=2).map(tuple),
    connections=st.lists(st.builds(Connection, names, st.none() | names, names), max_size=2).map(tuple),
    pools=st.lists(st.builds(Pool, names, st.integers(0, 9)), max_size=2).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
    history=st.none() | st.builds(
        History,
        runs=st.lists(
            st.builds(
                HistoryRun, dag_id=names, logical_date=moments, run_id=st.none() | names,
                tasks=st.dictionaries(names, st.none() | names, max_size=2), source=st.sampled_from(Source),
            ),
            max_size=2,
        ).map(tuple),
    ),
)  # fmt: skip
