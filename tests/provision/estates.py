"""Inventories to provision from: the estate of 220 DAGs, a small one, a large one; and one without any history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.model.usage import ParseTime, TaskLoad, Usage
from tests.assess.planted import NOW, inventory

if TYPE_CHECKING:
    from typing import Any

    from migrator.model.inventory import Inventory

DAILY = Schedule(ScheduleKind.CRON, "0 4 * * *")


def node_config(machine: str = "n1-standard-1", **more: Any) -> dict[str, Any]:
    return {"node_config": {"machine_type": f"projects/p/zones/z/machineTypes/{machine}", **more}}


def seed() -> Inventory:
    """1 scheduler, 3 workers, 18 tasks at once, 220 DAGs."""
    found = inventory()
    pods = {"ip_allocation_policy": {"cluster_ipv4_cidr_block": "10.8.0.0/17", "services_ipv4_cidr_block": "/22"}}
    facts = replace(
        found.environment,
        node_count=3,
        packages={},
        network=node_config(oauth_scopes=["https://www.googleapis.com/auth/cloud-platform"], **pods),
    )
    return replace(found, environment=facts)


def small() -> Inventory:
    """Five DAGs, never more than three tasks at once."""
    usage = Usage(NOW - timedelta(days=28), TaskLoad(900, 90_000.0, 3, NOW), (ParseTime("a.py", 0.5),))
    dags = tuple(Dag(f"small_{n}", "a.py", DAILY, tasks=(Task("t", "x.BashOperator"),)) for n in range(5))
    return replace(seed(), dags=dags, runs=(), usage=usage)


def large() -> Inventory:
    """900 DAGs, 640 tasks at once, half of them pods, and files that take ten minutes to parse."""
    load = TaskLoad(2_000_000, 6e8, 640, NOW, tuple(range(24, 0, -1)))
    usage = Usage(NOW - timedelta(days=28), load, tuple(ParseTime(f"{n:03}.py", 2.0) for n in range(300)))
    tasks = (Task("t", "x.BashOperator"), Task("p", "airflow.contrib.operators.k.KubernetesPodOperator"))
    dags = tuple(Dag(f"large_{n}", f"{n % 300:03}.py", DAILY, tasks=tasks) for n in range(900))
    return replace(seed(), dags=dags, runs=(), usage=usage)


def unknown() -> Inventory:
    """Nothing was measured, and the API tells no size."""
    found = small()
    return replace(found, usage=None, environment=replace(found.environment, node_count=0, network={}))
