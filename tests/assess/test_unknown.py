"""What is unknown is judged by no check, and is named."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from codemods.profiles import load
from migrator.assess.check import Example
from migrator.assess.estate import Estate
from migrator.assess.examples import DEFAULT_POOL, NOW, ORDERS, TASK, changed, estate_of
from migrator.assess.known import Asked
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task, Unlisted
from migrator.model.inventory import Origin
from migrator.model.parts import FOLDER
from migrator.report.assess.text import as_text

if TYPE_CHECKING:
    from migrator.assess.model import Assessment

BARE = replace(
    ORDERS,
    owners=("airflow",),
    tags=(),
    description=None,
    catchup=True,
    start_date=None,
    tasks=(Task("load", TASK.operator, pool="lake", retries=0),),
)
"""A DAG of Airflow's own defaults, with much to find fault with."""
EVERY = ("schedule", "start_date", "end_date", "catchup", "owners", "tags", "paused", "max_active_runs", "description",
         "tasks", "edges", "references", *(f"tasks.{one.name}" for one in fields(Task)))  # fmt: skip


def found(*dags: Dag, **more: object) -> set[str]:
    estate = estate_of(Example("", dags=dags, files={"dags/orders.py": ""}, more=more))
    return codes(assess(estate, all_checks(), Settings(NOW.date())))


def codes(made: Assessment) -> set[str]:
    return {one.code for one in made.findings}


def test_nothing_is_judged_by_facts_that_are_unknown() -> None:
    judged = found(BARE)
    assert {"GV101", "GV103", "GV106", "ES310"} <= judged
    assert "ES314" not in judged
    left = found(replace(BARE, unknown=EVERY))
    assert "ES314" in left
    assert not left & {"GV101", "GV103", "GV106", "ES310"}


@pytest.mark.parametrize(
    ("unknown", "code"),
    [("owners", "GV101"), ("tags", "GV103"), ("tasks.retries", "GV106"), ("tasks.pool", "ES310")],
)
def test_only_the_check_that_needs_a_fact_keeps_quiet(unknown: str, code: str) -> None:
    judged, left = found(BARE), found(replace(BARE, unknown=(unknown,)))
    assert judged - left == {code}
    assert left - judged == {"ES314"}


def test_a_dag_of_which_all_is_known_is_judged_beside_one_that_is_not() -> None:
    other = replace(BARE, dag_id="other", unknown=("owners",))
    estate = estate_of(Example("", dags=(BARE, other), files={"dags/orders.py": ""}))
    made = assess(estate, all_checks(), Settings(NOW.date()))
    assert [one.dags for one in made.findings if one.code == "GV101"] == [("orders",)]
    assert next(one.owners for one in made.dags if one.dag_id == "other") == ("unknown",)


@pytest.mark.parametrize(
    ("part", "dag", "code"),
    [
        ("pools", BARE, "ES310"),
        ("runs", replace(ORDERS, dag_id="never", start_date=datetime(2025, 1, 1, tzinfo=UTC)), "ES301"),
        ("runs", replace(ORDERS, dag_id="off", paused=True), "ES304"),
    ],
)
def test_a_part_that_was_not_read_whole_proves_no_absence(part: str, dag: Dag, code: str) -> None:
    assert code in found(dag)
    assert code not in found(dag, unknown=(part,))
    assert "ES314" in found(dag, unknown=(part,))


def test_a_folder_knows_neither_runs_nor_pools_nor_who_is_paused() -> None:
    estate = estate_of(Example("", dags=(replace(BARE, unknown=("paused",)),), files={"dags/orders.py": ""}))
    inventory = replace(estate.inventory, origin=Origin.FOLDER, pools=(DEFAULT_POOL,))
    made = assess(Estate(inventory, estate.sources, load()), all_checks(), Settings(NOW.date()))
    assert "ES310" not in codes(made)
    [said] = [one.message for one in made.findings if one.code == "ES314"]
    assert all(part in said for part in FOLDER)


def test_who_an_unlisted_file_may_make_is_not_missing() -> None:
    waits = replace(TASK, reference=Reference(ReferenceKind.WAITS_FOR, "made_by_factory"))
    estate = estate_of(
        Example("", dags=(replace(ORDERS, tasks=(waits,)),), more={"unlisted": (Unlisted("factory.py", 3, "a loop"),)})
    )
    made = assess(estate, all_checks(), Settings(NOW.date()))
    said = {one.code: one for one in made.findings}
    assert "not there" not in said["ES308"].message
    assert "factory.py line 3 may make it" in said["ES308"].message
    assert (said["ES315"].file, said["ES315"].line) == ("dags/factory.py", 3)


def test_a_watched_dag_is_the_same_in_all_but_what_it_notes() -> None:
    asked = Asked()
    dag = replace(ORDERS, schedule=Schedule(ScheduleKind.CRON, "0 1 * * *"), unknown=("schedule", "tasks.pool"))
    seen = asked.watched(dag)
    assert seen == dag
    assert (seen.dag_id, seen.owners, seen.tasks[0].task_id) == (dag.dag_id, dag.owners, dag.tasks[0].task_id)
    assert not asked.of(["orders"])
    assert seen.pools == dag.pools
    assert asked.of(["orders"])
    asked.forget()
    assert not asked.of(["orders"])
    assert seen.automated
    assert asked.of(["orders"])
    assert not asked.of(["other"])


def test_files_whose_dags_are_in_no_list_stand_first() -> None:
    given = Example("", dags=(BARE,), files={"dags/orders.py": ""}, more={"unlisted": (Unlisted("f.py", 3, "a loop"),)})
    text = as_text(assess(estate_of(given), all_checks(), Settings(NOW.date())))
    assert text.startswith("dags/f.py:3: ES315 its DAGs could not be listed: a loop\n")


@pytest.mark.parametrize(("unknown", "found"), [((), True), (("tasks",), False), (("tags",), True)])
def test_a_time_limit_that_tasks_made_elsewhere_may_have_is_not_missing(unknown: tuple[str, ...], found: bool) -> None:
    files = changed(', "execution_timeout": timedelta(hours=1)', "")
    estate = estate_of(Example("", dags=(replace(ORDERS, unknown=unknown),), files=files))
    assert ("GV107" in codes(assess(estate, all_checks(), Settings(NOW.date())))) is found
