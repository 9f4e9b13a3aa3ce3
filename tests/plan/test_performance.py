"""A large estate is planned in one go; nothing here is timed, a quadratic step would show as a hanging test."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from migrator.model.window import Window, parse_opening
from migrator.plan.options import Forbid
from migrator.plan.planner import plan
from tests.plan.estates import OPTIONS, cron, dag, inventory, triggers, waits_for


@pytest.mark.no_cover  # tracing is four fifths of its time
def test_five_thousand_dags_with_twenty_thousand_edges():
    chance = random.Random(7)
    ids = [f"dag_{n:04}" for n in range(5000)]
    dags = []
    for dag_id in ids:
        family = int(dag_id[4:]) // 50 * 50
        near = [ids[family + chance.randrange(50)] for _ in range(4)]
        dags.append(
            dag(
                dag_id,
                *(chance.choice([triggers, waits_for])(one) for one in near),
                schedule=cron(f"{chance.randrange(60)} * * * *"),
            )
        )
    forbids = (Forbid(dags=("dag_1*",), waves=(0, 1, 2)), Forbid(apart=("dag_2*", "dag_3*")))
    window = Window("night", "Europe/Paris", (parse_opening("daily 20:00-06:00"),), ("dag_4*",))
    options = replace(OPTIONS, bridge_waits=True, forbids=forbids, windows=(window,), wave_running=50.0)
    for asked in (OPTIONS, options):
        result = plan(inventory(*dags), {}, asked)
        assert sum(len(wave.dags) for wave in result.waves) == 5000


@pytest.mark.no_cover
def test_five_thousand_dags_in_one_tangle():
    chance = random.Random(8)
    ids = [f"dag_{n:04}" for n in range(5000)]
    dags = [dag(one, *(waits_for(chance.choice(ids)) for _ in range(4))) for one in ids]
    result = plan(inventory(*dags), {}, OPTIONS)
    assert sum(len(wave.dags) for wave in result.waves) == 5000
