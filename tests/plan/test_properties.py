"""What holds for every plan of every estate."""

from __future__ import annotations

from dataclasses import replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.model.dag import Schedule, ScheduleKind, Task
from migrator.model.plan import Strength
from migrator.plan.planner import cut_edges, plan
from migrator.plan.store import dumps
from tests.plan.estates import OPTIONS, cron, dag, every, inventory, triggers, waits_for

if TYPE_CHECKING:
    import random

IDS = [f"d{n}" for n in range(12)]
SCHEDULES = st.sampled_from([cron(), cron("*/5 * * * *"), every(600), Schedule(ScheduleKind.NONE)])
REFERENCES = st.builds(
    lambda make, dag_id: make(dag_id),
    st.sampled_from([triggers, waits_for]),
    st.sampled_from([*IDS, "nowhere", None]),
)


@st.composite
def inventories(draw):
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=12))
    made = []
    for dag_id in ids:
        references = draw(st.lists(REFERENCES, max_size=3))
        pool = draw(st.sampled_from(["default_pool", "p", "q"]))
        tasks = tuple(Task(f"t{n}", "Op", pool=pool, reference=one) for n, one in enumerate(references))
        made.append(
            dag(
                dag_id,
                schedule=draw(SCHEDULES),
                paused=draw(st.booleans()),
                file=draw(st.sampled_from([f"{dag_id}.py", "shared.py", "broken.py"])),
                datasets_out=draw(st.sampled_from([(), ("s3://x",)])),
                datasets_in=draw(st.sampled_from([(), ("s3://x",)])),
                tasks=tasks,
            )
        )
    return inventory(*made, broken={"broken.py": "boom"})


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OPTIONS_OF = st.builds(
    lambda size, canaries: replace(OPTIONS, wave_size=size, canaries=canaries), st.integers(1, 6), st.integers(0, 3)
)


@unhurried
@given(inventories(), OPTIONS_OF)
def test_every_dag_is_in_exactly_one_wave_or_left_out(estate, options):
    result = plan(estate, {}, options)
    placed = [one.dag_id for wave in result.waves for one in wave.dags]
    left = {one.name for one in result.left_out}
    assert len(placed) == len(set(placed))
    assert not set(placed) & left
    assert set(placed) | (left - {"broken.py"}) == {one.dag_id for one in estate.dags}


@unhurried
@given(inventories(), OPTIONS_OF)
def test_only_soft_edges_are_cut(estate, options):
    assert {edge.strength for edge in cut_edges(plan(estate, {}, options))} <= {Strength.SOFT}


@unhurried
@given(inventories(), OPTIONS_OF)
def test_the_pause_order_has_no_cycle_and_stays_inside_the_wave(estate, options):
    for wave in plan(estate, {}, options).waves:
        after = {one.dag_id: one.pause_after for one in wave.dags}
        assert {first for firsts in after.values() for first in firsts} <= after.keys()
        TopologicalSorter(after).prepare()


@unhurried
@given(inventories(), OPTIONS_OF, st.randoms(use_true_random=False))
def test_shuffled_input_gives_the_same_bytes(estate, options, chance: random.Random):
    shuffled = replace(
        estate,
        dags=tuple(chance.sample(estate.dags, len(estate.dags))),
        runs=tuple(chance.sample(estate.runs, len(estate.runs))),
    )
    assert dumps(plan(estate, {}, options)) == dumps(plan(shuffled, {}, options))


@unhurried
@given(inventories(), OPTIONS_OF)
def test_no_wave_is_empty_and_none_is_larger_than_asked_unless_a_group_is(estate, options):
    for wave in plan(estate, {}, options).waves:
        assert wave.dags
        alone = "larger than the wave size" in wave.dags[0].reasons[0]
        assert wave.number == 0 or alone or len(wave.dags) <= options.wave_size


@unhurried
@given(inventories(), OPTIONS_OF)
def test_risks_stay_between_0_and_100_and_everything_has_a_reason(estate, options):
    for wave in plan(estate, {}, options).waves:
        assert all(0 <= one.risk <= 100 and one.reasons for one in wave.dags)
