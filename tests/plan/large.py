"""Estates like real ones, of any size: families of DAGs that trigger and wait for each other, and many lone ones."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.model.dag import Schedule, ScheduleKind, Task
from tests.plan.estates import NOW, cron, dag, every, inventory, runs, triggers, waits_for

if TYPE_CHECKING:
    from migrator.model.dag import Dag
    from migrator.model.inventory import Inventory

THEMES = ("billing", "orders", "marketing", "finance", "logistics", "crm", "web_events", "hr", "risk_models", "search")
STEPS = ("ingest", "clean", "join", "aggregate", "export", "report", "quality_check", "backfill_guard")
SCHEDULES = (cron("0 2 * * *"), cron("*/15 * * * *"), cron("0 * * * *"), cron("30 6 * * 1"), every(5400))
FAMILY = 9


def estate(count: int, seed: int = 7, edges: float = 1.2) -> Inventory:
    """``count`` DAGs in families, with ``edges`` references a DAG on average, and runs for most of them."""
    chance = random.Random(seed)
    ids = [f"{THEMES[n // FAMILY % len(THEMES)]}_{STEPS[n % len(STEPS)]}_{n:04}" for n in range(count)]
    dags = [_dag(n, ids, chance, edges) for n in range(count)]
    history = [
        run
        for one in dags
        if chance.random() < 0.85
        for run in runs(one.dag_id, seconds=chance.choice([20, 90, 600, 2400]), failed=chance.choice([0, 0, 0, 1, 4]))
    ]
    return inventory(
        *dags, dag("lost", file="lost.py"), broken={"lost.py": "ImportError: no pandas"}, history=tuple(history)
    )


def _dag(number: int, ids: list[str], chance: random.Random, edges: float) -> Dag:
    begin = number // FAMILY * FAMILY
    earlier = ids[begin:number] if chance.random() < 0.7 else []
    count = min(len(earlier), int(edges) + (chance.random() < edges % 1) + (chance.random() < 0.3))
    references = [chance.choice([triggers, waits_for, waits_for])(one) for one in chance.sample(earlier, count)]
    if chance.random() < 0.02:
        references.append(triggers(None))
    pool = chance.choice(["default_pool"] * 6 + ["warehouse", "vendor_api"])
    tasks = tuple(Task(f"task_{n}", "Op", pool=pool, reference=one) for n, one in enumerate(references))
    return dag(
        ids[number],
        schedule=chance.choice([*SCHEDULES, Schedule(ScheduleKind.NONE)]),
        catchup=chance.random() < 0.3,
        paused=chance.random() < 0.08,
        owners=(ids[number].partition("_")[0],),
        start_date=NOW - timedelta(days=400),
        tasks=tasks or (Task("task", "Op", pool=pool),),
    )
