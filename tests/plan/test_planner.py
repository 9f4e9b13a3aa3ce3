"""Where DAGs go, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import UsageError
from migrator.model.dag import Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.plan.planner import cut_edges
from tests.plan.estates import OPTIONS, cron, dag, every, of, planned, runs, triggers, waits_for, wave_of

TIED = replace(OPTIONS, canaries=0)


@pytest.mark.parametrize(
    "pair",
    [
        (dag("a", triggers("b")), dag("b")),
        (dag("a"), dag("b", waits_for("a"))),
        (dag("a", datasets_out=("s3://x",)), dag("b", datasets_in=("s3://x",))),
        (dag("a", file="both.py"), dag("b", file="both.py")),
        (dag("a", Reference(ReferenceKind.SUBDAG, "b")), dag("b")),
    ],
    ids=["trigger", "sensor", "dataset", "file", "subdag"],
)
def test_tied_dags_share_a_wave_although_it_holds_only_one(pair):
    result = planned(*pair, options=replace(TIED, wave_size=1))
    waves = wave_of(result)
    assert waves["a"] == waves["b"]
    assert "its group of 2 DAGs is larger than the wave size of 1" in of(result, "a").reasons[0]


@pytest.mark.parametrize(
    "pair",
    [
        (dag("a"), dag("b")),
        (dag("a", triggers("a")), dag("b")),
        (dag("a", waits_for("a")), dag("b")),
        (dag("a", datasets_out=("s3://x",)), dag("b", datasets_in=("s3://y",))),
        (dag("a", triggers("b", dynamic=True)), dag("b")),
        (dag("a", tasks=(Task("t", "Op", pool="p"),)), dag("b", tasks=(Task("t", "Op", pool="p"),))),
    ],
    ids=["nothing", "itself", "own past", "other dataset", "dynamic", "pool"],
)
def test_dags_that_are_not_tied_may_part(pair):
    waves = wave_of(planned(*pair, options=replace(TIED, wave_size=1)))
    assert waves["a"] != waves["b"]


def test_a_triggered_dag_is_paused_after_the_one_that_triggers_it():
    result = planned(dag("parent", triggers("child")), dag("child"))
    assert of(result, "child").pause_after == ("parent",)
    assert of(result, "parent").pause_after == ()


def test_a_dag_others_wait_for_is_paused_after_them():
    result = planned(dag("up"), dag("down", waits_for("up")))
    assert of(result, "up").pause_after == ("down",)
    assert of(result, "down").pause_after == ()


def test_where_a_trigger_and_a_sensor_disagree_the_sensor_yields():
    result = planned(dag("a", triggers("b")), dag("b", waits_for("a")))
    assert of(result, "b").pause_after == ("a",)
    assert of(result, "a").pause_after == ()
    assert any("that would close a cycle" in reason for reason in of(result, "a").reasons)


def test_the_reasons_name_the_tie_and_why_it_binds():
    result = planned(dag("up"), dag("down", waits_for("up")))
    assert any("down waits for up (t0)" in reason and "no bridge" in reason for reason in of(result, "up").reasons)


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (triggers(None, dynamic=True), "only known at run time"),
        (triggers("b", dynamic=True), "only known at run time (b)"),
        (waits_for("nowhere"), "waits for nowhere, which is not in the inventory"),
        (triggers("airflow_monitoring"), "which is left out"),
    ],
)
def test_a_reference_that_leads_nowhere_is_unknown_and_never_guessed(reference, why):
    result = planned(dag("a", reference), dag("b"), dag("airflow_monitoring"))
    assert [(one.dag_id, one.task_id) for one in result.unknown_edges] == [("a", "t0")]
    assert why in result.unknown_edges[0].why
    assert any(reason.startswith("unknown: task t0") for reason in of(result, "a").reasons)
    assert not [edge for edge in result.edges if edge.source == "a"]


def test_a_sub_dag_that_is_not_listed_is_no_unknown_reference():
    assert planned(dag("a", Reference(ReferenceKind.SUBDAG, "a.part"))).unknown_edges == ()


def test_dags_of_a_broken_file_are_left_out_with_the_gist_of_the_error():
    trace = "Traceback (most recent call last):\n  File x\nModuleNotFoundError: No module named 'pandas'\n"
    result = planned(dag("lost", file="lost.py"), dag("fine"), broken={"lost.py": trace})
    assert wave_of(result) == {"fine": 1}
    left = {one.name: one.why for one in result.left_out}
    assert left["lost"] == "lost.py cannot be imported: ModuleNotFoundError: No module named 'pandas'"
    assert left["lost.py"] == "cannot be imported: ModuleNotFoundError: No module named 'pandas'"


def test_composers_own_dag_and_the_agent_are_left_out():
    result = planned(dag("airflow_monitoring"), dag("composer_migrator_agent"), dag("a"))
    assert wave_of(result).keys() == {"a"}
    assert {one.name for one in result.left_out} == {"airflow_monitoring", "composer_migrator_agent"}


def test_a_paused_dag_is_planned_says_so_and_is_no_canary():
    result = planned(dag("off", paused=True), dag("on"))
    assert of(result, "off").paused_in_source
    assert wave_of(result)["on"] == 0
    assert any("stays paused" in reason for reason in of(result, "off").reasons)


def test_the_canaries_are_one_isolated_dag_of_each_schedule_kind():
    nothing = Schedule(ScheduleKind.NONE)
    dags = [dag(name, schedule=form) for name, form in {"c1": cron(), "c2": cron(), "d1": every(7200)}.items()]
    result = planned(*dags, dag("n1", schedule=nothing), dag("p", triggers("q")), dag("q"))
    assert {one for one, wave in wave_of(result).items() if wave == 0} == {"c1", "d1", "n1"}
    assert result.waves[0].title == "canary: 3 DAGs, risk 0-17"


def test_a_canary_that_runs_daily_is_preferred_to_one_that_runs_monthly():
    result = planned(dag("monthly", schedule=cron("0 4 1 * *")), dag("daily", schedule=cron("0 4 * * *")))
    assert wave_of(result) == {"daily": 0, "monthly": 1}


def test_waves_go_from_low_to_high_risk_under_the_wave_size():
    often = [dag(f"often{n}", schedule=cron("*/5 * * * *"), catchup=True) for n in range(2)]
    rare = [dag(f"rare{n}") for n in range(2)]
    result = planned(*often, *rare, options=replace(TIED, wave_size=2))
    assert wave_of(result) == {"rare0": 1, "rare1": 1, "often0": 2, "often1": 2}


def test_a_pin_is_obeyed_for_the_whole_group():
    result = planned(dag("a", triggers("b")), dag("b"), dag("c"), options=replace(TIED, pins={"b": 4}))
    assert wave_of(result) == {"a": 4, "b": 4, "c": 1}
    assert of(result, "a").reasons[0] == "pinned to wave 4"


def test_pins_to_wave_0_replace_the_chosen_canaries():
    result = planned(dag("a"), dag("b"), dag("c"), options=replace(OPTIONS, pins={"c": 0}))
    assert wave_of(result) == {"a": 1, "b": 1, "c": 0}


def test_pins_that_disagree_name_the_way_that_ties_them():
    dags = (dag("a", triggers("b")), dag("b"), dag("c", waits_for("b")))
    with pytest.raises(UsageError) as caught:
        planned(*dags, options=replace(OPTIONS, pins={"a": 1, "c": 2}))
    assert caught.value.what == "a is pinned to wave 1 and c to wave 2"
    assert caught.value.why == "they must share a wave: a triggers b (t0), c waits for b (t0)"


@pytest.mark.parametrize(
    ("pins", "why"),
    [({"loader": 1}, "did you mean loaded?"), ({"loaded": -1}, "from 0"), ({"airflow_monitoring": 1}, "liveness")],
)
def test_a_pin_that_cannot_be_met_is_refused(pins, why):
    with pytest.raises(UsageError, match="pinned to wave") as caught:
        planned(dag("loaded"), dag("airflow_monitoring"), options=replace(OPTIONS, pins=pins))
    assert why in caught.value.why


def test_a_pool_split_over_waves_is_listed_as_a_cut_edge():
    pooled = [dag(name, tasks=(Task("t", "Op", pool="db"),)) for name in ("a", "b")]
    result = planned(*pooled, options=replace(TIED, wave_size=1))
    assert [edge.via for edge in cut_edges(result)] == ["db"]
    assert any(reason.startswith("pool db is used in other waves too") for reason in of(result, "a").reasons)


def test_a_pool_that_one_wave_holds_is_not_mentioned():
    pooled = [dag(name, tasks=(Task("t", "Op", pool="db"),)) for name in ("a", "b")]
    result = planned(*pooled, options=TIED)
    assert cut_edges(result) == ()
    assert not any("pool" in reason for reason in of(result, "a").reasons)


def test_an_empty_estate_is_an_empty_plan():
    assert planned().waves == ()


def test_the_risk_of_a_dag_names_what_it_is_made_of():
    never_idle = dag("a", schedule=cron("*/10 * * * *"), catchup=True)
    risk = of(planned(never_idle, dag("b"), history=runs("a", seconds=900, failed=3)), "a")
    assert risk.risk == 68
    assert [reason for reason in risk.reasons if reason.startswith("risk: ")] == [
        "risk: a run takes 15 min, 150% of its interval: it is never idle (+25)",
        "risk: runs every 10 min: little time between two runs (+20)",
        "risk: 3 of 10 recent runs failed (+15)",
        "risk: catchup is on: without its last run carried over it would run every interval again (+8)",
    ]


def test_a_cron_nobody_can_read_does_not_stop_the_plan():
    assert wave_of(planned(dag("a", schedule=cron("not a cron")), dag("b"))).keys() == {"a", "b"}
