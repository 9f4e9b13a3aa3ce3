"""How long it takes to plan 220 DAGs, and 5,000 with 20,000 edges: to make, to save, and to draw as a page."""

from __future__ import annotations

import json
import random
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.model.plan import Strength
from migrator.model.window import Window, parse_opening
from migrator.plan.options import Forbid
from migrator.plan.planner import cut_edges, plan
from migrator.plan.store import dumps
from migrator.report.plan.page import as_html
from tests.plan.estates import OPTIONS, cron, dag, inventory, triggers, waits_for
from tests.plan.large import estate

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.model.inventory import Inventory

ROUNDS = 3
WINDOWS = (
    Window("night", "Europe/Paris", (parse_opening("daily 20:00-06:00"),), ("*_export_*",)),
    Window("weekend", "America/New_York", (parse_opening("Sat,Sun 00:00-24:00"),), ("billing_*",)),
)
FORBIDS = (Forbid(("finance_*",), (0, 1, 2)), Forbid(apart=("orders_*", "billing_*")))
ASKED = {
    "plain": OPTIONS,
    "bridged, with forbids and windows": replace(
        OPTIONS, bridge_waits=True, forbids=FORBIDS, windows=WINDOWS, wave_running=20.0
    ),
}


def edgy(count: int, edges: int) -> Inventory:
    """Families of fifty that trigger and wait for each other, with so many references in all."""
    chance = random.Random(7)
    names = [f"{one.dag_id}" for one in estate(count).dags if one.dag_id != "lost"]
    dags = []
    for number, name in enumerate(names):
        begin = number // 50 * 50
        near = [names[other] for other in range(begin, number)]
        others = chance.sample(near, min(len(near), int(edges / count * 1.055 + chance.random())))
        made = [chance.choice([waits_for, waits_for, waits_for, triggers])(one) for one in others]
        dags.append(dag(name, *made, schedule=cron(f"{chance.randrange(60)} * * * *")))
    return inventory(*dags)


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """The median of some rounds in seconds, and what the last one gave."""
    seconds, result = [], None
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), result


def measure(name: str, found: Inventory, asked: str) -> None:
    files = {one.file: "md5" for one in found.dags}
    took, made = timed(lambda: plan(found, files, ASKED[asked]))
    saving, text = timed(lambda: dumps(made))
    drawing, page = timed(lambda: as_html(made, {one.dag_id: str(one.schedule) for one in found.dags}))
    assert dumps(plan(found, files, ASKED[asked])) == text, "the same input gives the same bytes"
    hard = [edge for edge in made.edges if edge.strength is not Strength.SOFT]
    figures = {
        "edges": len(made.edges),
        "hard": len(hard),
        "waves": len(made.waves),
        "bridged": sum(bool(edge.bridge) for edge in cut_edges(made)),
        "plan s": round(took, 2),
        "json s": round(saving, 2),
        "page s": round(drawing, 2),
        "page KiB": len(page) // 1024,
    }
    print(f"{name}, {asked}: {json.dumps(figures)}")


def main() -> None:
    for asked in ASKED:
        measure("220 DAGs", estate(220), asked)
        measure("5,000 DAGs", estate(5000), asked)
        measure("5,000 DAGs with 20,000 edges", edgy(5000, 20_000), asked)


if __name__ == "__main__":
    main()
