"""The DAGs that somebody outside starts are known by their runs and by Airflow's log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from migrator.model.callers import MANUAL, OWN_ID, Answer, answer_for, callers_of, unanswered
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.history import History, HistoryRun, Source
from migrator.model.inventory import Inventory
from migrator.model.run import Run
from migrator.model.trigger import Trigger

NOW = datetime(2026, 9, 1, tzinfo=UTC)
FACTS = EnvironmentFacts("v1", "", "RUNNING", "b", "")


def dag(dag_id="d", **more):
    return Dag(dag_id, "f.py", Schedule(ScheduleKind.NONE), **more)


def run(run_id, dag_id="d", day=1, **more):
    return Run(dag_id, run_id, datetime(2026, 8, day, tzinfo=UTC), "success", **({"automated": False} | more))


def inventory(*runs, version="1.10.15", dags=None, **more):
    return Inventory(NOW, FACTS, version, "3.8", dags=dags or (dag(),), runs=runs, **more)


@pytest.mark.parametrize(
    ("run_id", "how"),
    [
        ("manual__2026-08-01T00:00:00+00:00", MANUAL),
        ("scheduled__2026-08-01T00:00:00+00:00", MANUAL),
        ("api__17", OWN_ID),
        ("order-4711", OWN_ID),
        ("manual__of-ci", OWN_ID),
    ],
)
@pytest.mark.parametrize("version", ["1.10.15", "2.10.5"])
def test_a_run_that_no_schedule_made_has_a_caller(run_id, how, version):
    (found,) = callers_of(inventory(run(run_id, day=2), run(run_id, day=9), version=version))
    assert (found.dag_id, found.how, found.count, found.first.day, found.last.day) == ("d", how, 2, 2, 9)


@pytest.mark.parametrize(
    "own",
    [
        run("trig__2026-08-01T00:00:00+00:00"),
        run("backfill_2026-08-01T00:00:00+00:00"),
        run("backfill__2026-08-01T00:00:00+00:00"),
        run("dataset_triggered__2026-08-01T00:00:00+00:00"),
        run("scheduled__2026-08-01T00:00:00+00:00", automated=True),
        run("manual__2026-08-01T00:00:00+00:00", carried=True),
    ],
    ids=lambda one: one.run_id,
)
def test_what_airflow_began_itself_has_none(own):
    assert callers_of(inventory(own)) == ()


def test_a_run_of_airflow_2_may_be_of_the_dag_that_triggers_it():
    asks = Task("ask", "TriggerDagRunOperator", reference=Reference(ReferenceKind.TRIGGERS, "d"))
    dags = (dag(), dag("parent", tasks=(asks,)))
    runs = (run("manual__2026-08-01T00:00:00+00:00"),)
    assert callers_of(inventory(*runs, version="2.2.5", dags=dags)) == ()
    assert [one.how for one in callers_of(inventory(*runs, dags=dags))] == [MANUAL]
    assert [one.how for one in callers_of(inventory(run("ci-1"), version="2.2.5", dags=dags))] == [OWN_ID]


def test_the_log_says_who_and_how_and_then_manual_runs_say_no_more():
    runs = (run("manual__2026-08-01T00:00:00+00:00"), run("order-1"))
    rows = (
        Trigger("d", "cli_trigger_dag", "airflow", 3, datetime(2026, 8, 3, tzinfo=UTC), NOW),
        Trigger("d", "post_dag_run", "ci", 2, datetime(2026, 8, 2, tzinfo=UTC), datetime(2026, 8, 5, tzinfo=UTC)),
        Trigger("d", "post_dag_run", "ann", 1, datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)),
        Trigger("d", "clear", "ann", 1, NOW, NOW),
        Trigger("gone", "trigger", "ann", 1, NOW, NOW),
    )
    found = {one.how: one for one in callers_of(inventory(*runs, triggers=rows))}
    assert set(found) == {"gcloud, or airflow trigger_dag", "the REST API", OWN_ID}
    assert (found["the REST API"].count, found["the REST API"].who) == (3, ("ann", "ci"))
    assert (found["the REST API"].first.day, found["the REST API"].last.day) == (1, 5)


def test_what_only_logs_tell_counts_too():
    day = datetime(2026, 8, 1, tzinfo=UTC)
    seen = HistoryRun("d", day, state="success", automated=False, source=Source.INFERRED)
    bare = replace(inventory(), history=History((seen,), ()))
    assert [(one.how, one.count) for one in callers_of(bare)] == [(MANUAL, 1)]


def test_an_answer_is_for_an_id_before_a_pattern():
    answers = {"d*": Answer.PEOPLE, "d": Answer.MOVES}
    assert answer_for("d", answers) is Answer.MOVES
    assert answer_for("d2", answers) is Answer.PEOPLE
    found = callers_of(inventory(run("x-1"), run("x-1", "e"), dags=(dag(), dag("e"))))
    assert [one.dag_id for one in unanswered(found, answers)] == ["e"]
