"""What makes a DAG risky and a plan unsure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.model.dag import Schedule, ScheduleKind
from migrator.model.readiness import DagReadiness, Readiness
from tests.plan.estates import OPTIONS, cron, dag, every, of, planned, runs, triggers, waits_for

QUIET = (dag("quiet"),)
NOTHING = Schedule(ScheduleKind.NONE)
CALM = {"history": runs("a"), "options": replace(OPTIONS, canaries=0)}


def risks(result, dag_id: str = "a") -> list[str]:
    return [reason for reason in of(result, dag_id).reasons if reason.startswith("risk: ")]


def test_a_quiet_dag_has_only_its_frequency():
    assert risks(planned(dag("a"), **CALM)) == ["risk: runs every 1 day (+4)"]


@pytest.mark.parametrize(
    ("one", "fields", "reason"),
    [
        (
            {"tags": ("critical",)},
            {"critical": {"tag:critical": 25}},
            "critical, as plan.critical says of tag:critical (+25)",
        ),
        ({}, {"critical": {"a*": 7, "a": 9, "tag:none": 50}}, "critical, as plan.critical says of a (+9)"),
        ({"schedule": cron("*/15 * * * *")}, {}, "runs every 15 min: little time between two runs (+20)"),
        ({"schedule": every(7200)}, {}, "timedelta schedule: its times depend on the run that is carried over (+8)"),
        (
            {"catchup": True},
            {},
            "catchup is on: without its last run carried over it would run every interval again (+8)",
        ),
    ],
)
def test_each_circumstance_adds_its_points(one, fields, reason):
    result = planned(dag("a", **one), history=runs("a"), options=replace(OPTIONS, canaries=0, **fields))
    assert f"risk: {reason}" in risks(result)


@pytest.mark.parametrize(("one", "critical"), [({"tags": ("critically",)}, "tag:critical"), ({}, "tag:a")])
def test_a_tag_fits_only_as_a_whole(one, critical):
    result = planned(dag("a", **one), history=runs("a"), options=replace(OPTIONS, canaries=0, critical={critical: 25}))
    assert not [reason for reason in risks(result) if "critical" in reason]


def held(readiness: Readiness, *why: str, blocked_by: tuple[str, ...] = (), dag_id: str = "a") -> DagReadiness:
    return DagReadiness(dag_id, f"dags/{dag_id}.py", (), readiness, why, 0, "", blocked_by)


BLOCKED = held(
    Readiness.BLOCKED, "blocked by plugins/x.py:12: CM901 gone", blocked_by=("plugins/x.py:12", "plugins/y.py:3")
)
PERSON = held(Readiness.PERSON, "dags/a.py:3: CM305 a SubDAG")


@pytest.mark.parametrize(
    ("readiness", "reason", "doubt"),
    [
        (BLOCKED, "blocked by plugins/x.py:12: CM901 gone (+25)", "blocked by plugins/x.py:12 and 1 more (-30)"),
        (PERSON, "needs a person: dags/a.py:3: CM305 a SubDAG (+15)", "needs a person (-10)"),
        (held(Readiness.UNKNOWN, "no file"), "unknown: no file (+10)", "unknown (-10)"),
    ],
)
def test_a_dag_that_does_not_move_as_it_is_is_riskier_and_less_sure(readiness, reason, doubt):
    result = planned(dag("a"), readiness=(readiness,), **CALM)
    assert f"risk: {reason}" in risks(result)
    assert of(result, "a").doubts == (f"it needs work before it moves: {doubt}",)
    assert of(result, "a").readiness == readiness.readiness.value
    assert of(result, "a").blocked_by == readiness.blocked_by


@pytest.mark.parametrize("readiness", [Readiness.READY, Readiness.AUTOMATIC])
def test_a_dag_that_moves_as_it_is_is_no_riskier(readiness):
    result = planned(dag("a"), readiness=(held(readiness, "1 file rewritten"),), **CALM)
    assert risks(result) == ["risk: runs every 1 day (+4)"]
    assert of(result, "a").doubts == ()


@pytest.mark.parametrize("readiness", [BLOCKED, PERSON, held(Readiness.UNKNOWN)])
def test_a_dag_that_does_not_move_as_it_is_is_no_canary(readiness):
    """b runs as often, so a would be the canary by its name."""
    assert planned(dag("a"), dag("b")).waves[0].dags[0].dag_id == "a"
    assert [one.dag_id for one in planned(dag("a"), dag("b"), readiness=(readiness,)).waves[0].dags] == ["b"]


def test_fan_out_counts_those_that_come_after_through_others_too():
    row = (dag("a", triggers("b")), dag("b"), dag("c", waits_for("b")), dag("d", waits_for("c"), waits_for("b")))
    result = planned(*row)
    assert "risk: 3 DAGs come after it, directly or through others (+3)" in risks(result)
    assert "risk: 1 DAG comes after it, directly or through others (+1)" in risks(result, "c")
    assert not [reason for reason in risks(result, "d") if "after it" in reason]


def test_the_points_add_up_to_the_risk():
    result = planned(dag("a", triggers("b"), catchup=True), dag("b"), readiness=(PERSON,), history=runs("a", failed=3))
    points = [int(reason.rpartition("(+")[2].rstrip(")")) for reason in risks(result)]
    assert of(result, "a").risk == sum(points)


# --- confidence


def test_what_is_known_leaves_no_doubt():
    result = planned(dag("a"), **CALM)
    assert (of(result, "a").confidence, of(result, "a").doubts) == (100, ())
    assert (result.waves[0].confidence, result.waves[0].doubts) == (100, ())


def test_an_unknown_edge_lowers_the_confidence_of_its_wave_with_the_task_named():
    result = planned(dag("a", triggers(None)), **CALM)
    doubt = "task t0 triggers a DAG whose id is only known at run time (-30)"
    assert (of(result, "a").confidence, of(result, "a").doubts) == (70, (doubt,))
    assert (result.waves[0].confidence, result.waves[0].doubts) == (70, (f"a: {doubt}",))


def test_more_unknown_edges_lower_it_further_but_not_without_end():
    many = planned(dag("a", *(triggers(None) for _ in range(9))), **CALM)
    assert of(many, "a").confidence == 40


def test_an_unknown_edge_elsewhere_may_lead_here():
    options = replace(OPTIONS, canaries=0, wave_size=1)
    history = (*runs("a"), *runs("b"))
    result = planned(dag("a"), dag("b", triggers(None)), options=options, history=history)
    assert result.waves[0].doubts == ("references of other waves that may lead here: 1 (-5)",)
    assert [wave.confidence for wave in result.waves] == [95, 70]
    named = planned(dag("a"), dag("b", waits_for("nowhere")), options=options, history=history)
    assert [wave.confidence for wave in named.waves] == [100, 70]


@pytest.mark.parametrize(
    ("one", "doubt"),
    [
        (dag("a"), "no finished run, so duration and failure rate are unknown (-15)"),
        (dag("a", schedule=cron("what?")), "schedule what?: how often it runs is unknown (-15)"),
        (dag("a", file="other.py"), "what will be deployed for its file is unknown (-10)"),
    ],
)
def test_what_is_not_known_is_a_doubt(one, doubt):
    assert doubt in of(planned(one), "a").doubts


@pytest.mark.parametrize(
    "one", [dag("a", paused=True), dag("a", schedule=NOTHING)], ids=["paused", "triggered by hand"]
)
def test_a_dag_that_need_not_run_is_not_doubted_for_it(one):
    assert of(planned(one), "a").doubts == ()
