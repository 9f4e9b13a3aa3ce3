"""What holds for every plan of every estate."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from migrator.errors import UsageError
from migrator.model.dag import Schedule, ScheduleKind, Task
from migrator.model.plan import Strength
from migrator.model.window import Window, parse_opening
from migrator.plan.options import Forbid
from migrator.plan.planner import cut_edges, plan
from migrator.plan.sound import check_sound
from migrator.plan.store import dumps
from migrator.plan.windows import next_opening, windows_of
from tests.plan.estates import OPTIONS, cron, dag, every, inventory, triggers, waits_for, wave_of

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
    lambda size, canaries, bridge: replace(OPTIONS, wave_size=size, canaries=canaries, bridge_waits=bridge),
    st.integers(1, 6),
    st.integers(0, 3),
    st.booleans(),
)
WAVES = st.integers(0, 3)


@st.composite
def constrained(draw):
    """An estate, and options whose names and patterns fit DAGs of it that can be planned."""
    estate = draw(inventories())
    ids = [one.dag_id for one in estate.dags if one.file != "broken.py"]
    if not ids:
        return estate, draw(OPTIONS_OF)
    names = st.sampled_from([*ids, "*"])
    barred = st.builds(lambda name, waves: Forbid(dags=(name,), waves=tuple(waves)), names, st.sets(WAVES, min_size=1))
    apart = st.builds(lambda one, other: Forbid(apart=(one, other)), names, names)
    windows = st.builds(
        lambda name, text, dags, waves: Window(name, "Europe/Paris", (parse_opening(text),), dags, waves),
        st.sampled_from(["v", "w"]),
        st.sampled_from(["Mon 20:00-23:00", "Tue 20:00-23:00", "daily 22:00-01:00"]),
        st.lists(names, max_size=2).map(tuple),
        st.lists(WAVES, max_size=1).map(tuple),
    )
    options = replace(
        draw(OPTIONS_OF),
        pins=draw(st.dictionaries(st.sampled_from(ids), WAVES, max_size=3)),
        forbids=tuple(draw(st.lists(st.one_of(barred, apart), max_size=2))),
        windows=tuple(draw(st.lists(windows, max_size=2, unique_by=lambda window: window.name))),
    )
    return estate, options


def attempted(estate, options):
    """The plan; or None where the constraints can't hold, which an error of three parts must say."""
    try:
        return plan(estate, {}, options)
    except UsageError as error:
        event("refused")
        if not all((error.what, error.why, error.fix)):
            raise AssertionError(error) from error
        return None


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
def test_only_soft_edges_and_bridged_waits_are_cut_and_no_one_moves_before_what_it_waits_for(estate, options):
    result = plan(estate, {}, options)
    waves = wave_of(result)
    for edge in cut_edges(result):
        assert edge.strength is Strength.SOFT or (edge.bridge and edge.strength is Strength.ORDERED)
        assert edge.strength is Strength.SOFT or waves[edge.source] < waves[edge.target]
    assert options.bridge_waits or not any(edge.bridge for edge in result.edges)
    check_sound(result, estate)


@unhurried
@given(constrained())
def test_constraints_are_kept_or_refused(pair):
    estate, options = pair
    result = attempted(estate, options)
    if result is None:
        return
    check_sound(result, estate)
    waves = wave_of(result)
    for edge in result.edges:
        assert edge.strength is not Strength.ORDERED or waves[edge.source] <= waves[edge.target], edge
    assert {dag_id: waves[dag_id] for dag_id in options.pins} == options.pins
    for forbid in options.forbids:
        assert not [d for d, number in waves.items() if number in forbid.waves and fits(d, forbid.dags)]
        for one, other in combinations(waves, 2):
            if waves[one] == waves[other] and forbid.apart:
                left, right = forbid.apart
                assert not (fits(one, [left]) and fits(other, [right])), (one, other)
                assert not (fits(one, [right]) and fits(other, [left])), (one, other)
    for wave in result.waves:
        bound = windows_of(wave.number, [one.dag_id for one in wave.dags], options.windows)
        assert next_opening(bound, estate.captured_at)


@unhurried
@given(constrained(), st.randoms(use_true_random=False))
def test_constraints_too_give_the_same_bytes_for_shuffled_input(pair, chance: random.Random):
    estate, options = pair
    shuffled = replace(estate, dags=tuple(chance.sample(estate.dags, len(estate.dags))))
    one, other = attempted(estate, options), attempted(shuffled, options)
    assert (one and dumps(one)) == (other and dumps(other))


@unhurried
@given(inventories())
def test_without_ties_every_forbid_and_wave_size_can_be_met(estate):
    """No pin and no edge: then nothing may be refused."""
    loose = tuple(replace(one, tasks=(), datasets_in=(), file=f"{one.dag_id}.py") for one in estate.dags)
    forbids = (Forbid(dags=("*",), waves=(0, 1, 4)), Forbid(apart=("*", "*")))
    options = replace(OPTIONS, wave_size=2, forbids=forbids if loose else ())
    waves = wave_of(plan(inventory(*loose), {}, options))
    assert len(set(waves.values())) == len(loose)
    assert not set(waves.values()) & {0, 1, 4}


def fits(dag_id: str, patterns) -> bool:
    return any(fnmatchcase(dag_id, pattern) for pattern in patterns)


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
