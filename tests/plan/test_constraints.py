"""Forbids, windows, bounds and order: kept where they can be, and told apart by name where they can't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import RefusedError, UsageError
from migrator.model.plan import EdgeKind
from migrator.model.window import Window, parse_opening
from migrator.plan.options import Forbid
from migrator.plan.planner import cut_edges
from migrator.plan.sound import check_sound
from tests.plan.estates import OPTIONS, cron, dag, inventory, of, planned, runs, triggers, waits_for, wave_of

TIED = replace(OPTIONS, canaries=0)
BRIDGED = replace(TIED, bridge_waits=True)


def window(name: str, *texts: str, **fields: tuple) -> Window:
    return Window(name, "UTC", tuple(parse_opening(text) for text in texts), **fields)


MONDAY = window("monday", "Mon 20:00-23:00", dags=("a",))
TUESDAY = window("tuesday", "Tue 20:00-23:00", dags=("b",))


def test_a_forbidden_wave_is_passed_over_and_the_reason_is_told():
    options = replace(TIED, wave_size=2, forbids=(Forbid(dags=("a*",), waves=(1,)),))
    result = planned(dag("a1"), dag("b1"), dag("b2"), dag("b3"), options=options)
    assert wave_of(result) == {"b1": 1, "b2": 1, "a1": 2, "b3": 2}
    assert "not in wave 1: it is forbidden" in of(result, "a1").reasons


def test_a_forbidden_dag_takes_its_group_along():
    result = planned(
        dag("a", triggers("b")), dag("b"), dag("c"), options=replace(TIED, forbids=(Forbid(("b",), (1,)),))
    )
    assert wave_of(result) == {"a": 2, "b": 2, "c": 1}


def test_a_forbidden_dag_is_no_canary():
    result = planned(dag("a"), dag("b"), options=replace(OPTIONS, forbids=(Forbid(("a",), (0,)),)))
    assert wave_of(result) == {"a": 1, "b": 0}


def test_dags_that_must_be_apart_are_and_those_of_one_pattern_need_not():
    names = ["eu_1", "eu_2", "us_1", "us_2"]
    result = planned(*(dag(name) for name in names), options=replace(TIED, forbids=(Forbid(apart=("eu_*", "us_*")),)))
    assert wave_of(result) == {"eu_1": 1, "eu_2": 1, "us_1": 2, "us_2": 2}
    assert "not in wave 1: eu_1 is there (apart = [eu_*, us_*])" in of(result, "us_1").reasons


def test_the_same_pattern_twice_puts_each_of_them_alone():
    result = planned(
        *(dag(f"heavy_{n}") for n in range(3)), options=replace(TIED, forbids=(Forbid(apart=("heavy_*",) * 2),))
    )
    assert sorted(wave_of(result).values()) == [1, 2, 3]


def test_a_bound_on_what_runs_at_once_parts_busy_dags():
    busy = [dag(f"busy{n}", schedule=cron("0 * * * *")) for n in range(4)]
    history = tuple(run for n in range(4) for run in runs(f"busy{n}", seconds=1800))
    result = planned(*busy, dag("calm"), history=history, options=replace(TIED, wave_running=1.0))
    assert [len([n for n in range(4) if wave_of(result)[f"busy{n}"] == wave]) for wave in (1, 2)] == [2, 2]
    assert any("more than 1" in reason for reason in of(result, "busy2").reasons)


def test_dags_whose_windows_never_meet_are_in_two_waves():
    result = planned(dag("a"), dag("b"), dag("c"), options=replace(TIED, windows=(MONDAY, TUESDAY)))
    assert wave_of(result) == {"a": 1, "b": 2, "c": 1}


def test_a_dag_is_in_no_wave_whose_own_window_it_never_meets():
    result = planned(
        dag("a"), dag("b"), options=replace(TIED, windows=(MONDAY, window("w", "Tue 1:00-2:00", waves=(1,))))
    )
    assert wave_of(result) == {"a": 2, "b": 1}


def test_with_a_bridge_who_is_waited_for_moves_first_or_with_those_who_wait():
    chain = (dag("z"), dag("m", waits_for("z")), dag("a", waits_for("m")))
    result = planned(*chain, options=replace(BRIDGED, wave_size=1))
    assert wave_of(result) == {"z": 1, "m": 2, "a": 3}
    assert {edge.bridge for edge in cut_edges(result)} == {"migrate bridge"}
    assert of(result, "z").pause_after == ()
    assert any("keep a bridge running" in reason for reason in of(result, "m").reasons)


def test_who_is_waited_for_in_the_canary_wave_joins_it_and_nobody_else_does():
    result = planned(dag("up"), dag("down", waits_for("up")), dag("c"), options=replace(BRIDGED, pins={"down": 0}))
    assert wave_of(result) == {"up": 0, "down": 0, "c": 1}


def test_with_a_bridge_who_waits_is_held_back_with_what_a_constraint_holds_back():
    options = replace(BRIDGED, forbids=(Forbid(dags=("up",), waves=(1, 2)),))
    assert wave_of(planned(dag("up"), dag("down", waits_for("up")), options=options)) == {"up": 3, "down": 3}


def test_with_a_bridge_dags_that_wait_for_each_other_still_share_a_wave():
    ring = (dag("a", waits_for("c")), dag("b", waits_for("a")), dag("c", waits_for("b")), dag("d"))
    result = planned(*ring, options=replace(BRIDGED, wave_size=1))
    waves = wave_of(result)
    assert waves["a"] == waves["b"] == waves["c"] != waves["d"]
    assert not [edge for edge in result.edges if edge.bridge]


def test_with_a_bridge_a_trigger_still_binds():
    result = planned(dag("a", triggers("b")), dag("b"), options=replace(BRIDGED, wave_size=1))
    assert len(set(wave_of(result).values())) == 1


def test_a_pin_upstream_holds_back_what_waits_and_a_pin_downstream_hurries_what_is_waited_for():
    chain = (dag("up"), dag("mid", waits_for("up")), dag("down", waits_for("mid")), dag("free"))
    late = planned(*chain, options=replace(BRIDGED, pins={"up": 3}))
    assert wave_of(late) == {"up": 3, "mid": 3, "down": 3, "free": 1}
    early = planned(*chain, options=replace(BRIDGED, wave_size=1, pins={"down": 3, "free": 5}))
    assert wave_of(early)["up"] <= wave_of(early)["mid"] < 3


APART = (Forbid(apart=("a", "b")),)
PAIR = (dag("a", triggers("b")), dag("b"))
LOOSE = (dag("a"), dag("b"))
ROW = (dag("a"), dag("b", waits_for("a")))


ALSO_A = replace(TUESDAY, dags=("a",))
WAVE_1 = replace(TUESDAY, dags=(), waves=(1,))


@pytest.mark.parametrize(
    ("dags", "fields", "what", "why"),
    [
        (PAIR, {"forbids": APART}, "a and b may never share a wave, and must", "a triggers b (t0)"),
        (LOOSE, {"forbids": APART, "pins": {"a": 2, "b": 2}}, "b and a are pinned to wave 2", "apart = [a, b]"),
        (LOOSE, {"forbids": (Forbid(("a",), (2,)),), "pins": {"a": 2}}, "a is pinned to wave 2 and", "contradict"),
        (PAIR, {"windows": (MONDAY, TUESDAY)}, "b could never be cut over", "monday (Mon 20:00-23:00 UTC) and tuesday"),
        (LOOSE, {"windows": (MONDAY, TUESDAY), "pins": {"a": 1, "b": 1}}, "are pinned to wave 1", "never open at once"),
        (LOOSE, {"windows": (MONDAY, WAVE_1), "pins": {"a": 1}}, "a is pinned to wave 1", "never"),
        (LOOSE, {"windows": (MONDAY, ALSO_A)}, "a could never be cut over", "never open at once"),
        (ROW, {"bridge_waits": True, "pins": {"a": 3, "b": 1}}, "a is pinned to wave 3 and b to", "b waits"),
        (LOOSE, {"forbids": (Forbid(("ab",), (1,)),)}, "ab in plan.forbids of migrate.toml fits", "did you mean"),
        (LOOSE, {"forbids": (Forbid(apart=("x_*", "a")),)}, "x_* in plan.forbids", "no pattern fits"),
        (LOOSE, {"windows": (replace(MONDAY, dags=("aa",)),)}, "aa in plan.windows.monday", "did you mean a?"),
        (LOOSE, {"critical": {"bb": 3}}, "bb in plan.critical", "did you mean b?"),
    ],
)  # fmt: skip
def test_constraints_that_contradict_are_named_with_the_way_out(dags, fields, what, why):
    with pytest.raises(UsageError) as caught:
        planned(*dags, options=replace(TIED, **fields))
    assert what in caught.value.what
    assert why in caught.value.why
    assert caught.value.fix


def test_a_deadline_that_leaves_no_place_says_which_pin_sets_it():
    chain = (dag("a"), dag("b"), dag("c"), dag("end", waits_for("a"), waits_for("b"), waits_for("c")))
    with pytest.raises(UsageError) as caught:
        planned(*chain, options=replace(BRIDGED, wave_size=1, pins={"end": 2}))
    assert caught.value.what == "no wave was found for b, which must move by wave 2"
    assert caught.value.why.startswith("end, which comes after it, is pinned to wave 2; not in wave 2: ")
    assert "wave size is 1" in caught.value.why
    assert "pin end to a later wave" in caught.value.fix


# --- a plan that was edited


ESTATE = inventory(dag("a", triggers("b")), dag("b"), dag("c", waits_for("d")), dag("d"), dag("e"))


def edited(options=BRIDGED, **where: int):
    """The plan of ESTATE with DAGs moved to other waves by hand, and one removed where the wave is -1."""
    plan = planned(*ESTATE.dags, options=options)
    home = {one.dag_id: where.get(one.dag_id, wave.number) for wave in plan.waves for one in wave.dags}
    every = [one for wave in plan.waves for one in wave.dags]
    numbers = sorted({number for number in home.values() if number >= 0})
    waves = tuple(
        replace(plan.waves[0], number=number, dags=tuple(one for one in every if home[one.dag_id] == number))
        for number in numbers
    )
    return replace(plan, waves=waves)


def test_a_plan_as_it_was_made_is_sound():
    check_sound(edited(), ESTATE)
    check_sound(planned(*ESTATE.dags, options=replace(BRIDGED, wave_size=1)), ESTATE)


def test_a_trigger_cut_by_hand_is_refused_with_the_edge_named():
    with pytest.raises(RefusedError) as caught:
        check_sound(edited(b=4), ESTATE)
    assert caught.value.exit_code == 4
    assert "a triggers b (t0), in waves 1 and 4" in caught.value.why
    assert "the run is lost" in caught.value.why


def test_an_edge_that_was_edited_out_of_the_file_is_found_all_the_same():
    with pytest.raises(RefusedError, match="must move together"):
        check_sound(replace(edited(b=4), edges=()), ESTATE)


def test_a_wait_is_refused_where_no_bridge_was_planned_for_it():
    with pytest.raises(RefusedError) as caught:
        check_sound(edited(c=4), ESTATE)
    assert "c waits for d (t0), in waves 1 and 4" in caught.value.why
    assert any(edge.kind is EdgeKind.WAITS_FOR for edge in edited().edges)


def test_an_edge_between_other_waves_does_not_stop_this_one():
    check_sound(edited(b=4, e=7), ESTATE, 7)
    with pytest.raises(RefusedError):
        check_sound(edited(b=4, e=7), ESTATE, 4)


def test_a_dag_that_was_lost_or_doubled_by_hand_is_refused():
    with pytest.raises(RefusedError, match="each DAG once") as caught:
        check_sound(edited(e=-1), ESTATE)
    assert caught.value.why == "e: in no wave"
    plan = edited(e=5)
    doubled = replace(plan, waves=(*plan.waves, replace(plan.waves[-1], number=9)))
    with pytest.raises(RefusedError) as caught:
        check_sound(doubled, ESTATE)
    assert caught.value.why == "e: in more than one wave"
