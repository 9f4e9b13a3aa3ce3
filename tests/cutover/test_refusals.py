"""What keeps a wave from beginning: each reason by name, and nothing is changed."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.excerpt import Excerpt
from migrator.cutover.hooks import Hooks
from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.cutover.readiness import other_schedule, without_agent
from migrator.cutover.sides import Seen
from migrator.cutover.wave import cut_over, move_of, roll_back
from migrator.errors import RefusedError
from migrator.inventory.needs import Needs
from migrator.model.dag import Dag, Schedule, ScheduleKind, Task
from migrator.model.run import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.cutover.context import CutoverContext


from tests.cutover.harness import DAGS, LONG_AGO, SETTINGS, Harness, with_files


def refused(harness: Harness, trip: CutoverContext) -> str:
    with pytest.raises(RefusedError) as refusal:
        cut_over(trip, 1)
    assert set(harness.v1.paused.values()) == {False}
    assert set(harness.v2.paused.values()) == {True}
    return refusal.value.why


def test_what_is_on_in_the_target_already_is_refused_and_nothing_changes(harness: Harness) -> None:
    harness.v2.paused["minutely"] = False
    with closing(Journal(harness.path)) as journal, pytest.raises(RefusedError) as caught:
        cut_over(harness.trip(journal), 1)
    assert "minutely: it is unpaused in v2 already" in caught.value.why
    assert not any(harness.v1.paused.values())


def with_md5(trip: CutoverContext, dag_id: str, md5: str) -> CutoverContext:
    return planned_as(trip, dag_id, file_md5=md5)


def planned_as(trip: CutoverContext, dag_id: str, **fields: Any) -> CutoverContext:
    plan = trip.files().plan
    dags = [replace(dag, **fields) if dag.dag_id == dag_id else dag for dag in plan.waves[0].dags]
    return with_files(trip, plan=replace(plan, waves=(replace(plan.waves[0], dags=tuple(dags)),)))


BLOCKED = {"readiness": "blocked", "blocked_by": ("plugins/x.py:3",)}


def test_a_dag_that_v2_does_not_load_is_told_with_the_readiness_that_it_was_planned_with(harness: Harness) -> None:
    harness.v2.dags = {dag_id: dag for dag_id, dag in harness.v2.dags.items() if dag_id != "eager"}
    with closing(Journal(harness.path)) as journal:
        why = refused(harness, planned_as(harness.trip(journal), "eager", **BLOCKED))
    assert "eager: v2 does not know it: run migrate deploy; planned as blocked by plugins/x.py:3" in why


def test_a_dag_that_v2_loads_is_ready_there_whatever_was_planned(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        cut_over(planned_as(harness.trip(journal), "eager", **BLOCKED), 1)
    harness.verify(on_v2=True)


@pytest.mark.parametrize(
    ("dag_id", "md5", "reason"),
    [
        ("child", "another", "in the target's bucket is not what was planned"),
        ("eager", "any", "is not in the target's bucket"),
    ],
)
def test_a_file_that_is_not_the_planned_one_is_refused(harness: Harness, dag_id: str, md5: str, reason: str) -> None:
    with closing(Journal(harness.path)) as journal:
        assert f"{dag_id}: {dag_id}.py {reason}" in refused(harness, with_md5(harness.trip(journal), dag_id, md5))
    with closing(Journal(harness.path)) as journal:
        cut_over(with_md5(harness.trip(journal), "child", "as planned"), 1)
    harness.verify(on_v2=True)


def test_what_a_dag_names_and_v2_lacks_is_refused(harness: Harness) -> None:
    needs = {"eager": Needs(frozenset({"known", "day"}), frozenset({"db", "warehouse"}))}
    with closing(Journal(harness.path)) as journal:
        why = refused(harness, with_files(harness.trip(journal), needs=needs))
    assert "variable day is missing there" in why
    assert "connection warehouse is missing there" in why
    assert ("known" in why, "db," in why) == (False, False)


def test_a_dag_that_is_not_in_v2_what_it_is_in_v1_stays_and_rollback_does_not_ask(harness: Harness) -> None:
    asked: list[list[str]] = []

    def parity(_v1: object, _v2: object, dag_ids: Sequence[str]) -> dict[str, str]:
        asked.append(sorted(dag_ids))
        return {"eager": "it differs in v2"} if len(asked) == 1 else {}

    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), parity=parity)
        assert "eager: it differs in v2" in refused(harness, trip)
        cut_over(trip, 1)
        roll_back(trip, 1)
    assert asked == [sorted(DAGS)] * 2
    harness.verify(on_v2=False)


def by_continuous(dag: Dag) -> Dag:
    return replace(dag, schedule=Schedule(ScheduleKind.OTHER, "ContinuousTimetable"))


def test_a_schedule_that_has_other_intervals_in_v2_is_refused_by_name(harness: Harness) -> None:
    harness.v2.dags = {**DAGS, "eager": by_continuous(DAGS["eager"])}
    with closing(Journal(harness.path)) as journal:
        why = refused(harness, harness.trip(journal))
    assert why == (
        "eager: it goes by */2 * * * * UTC here and by ContinuousTimetable there, "
        "so no interval of one is one of the other"
    )


def test_what_stays_paused_may_have_another_schedule_there(harness: Harness) -> None:
    harness.v2.dags = {**DAGS, "child": by_continuous(DAGS["child"])}
    harness.v1.paused["child"] = True
    with closing(Journal(harness.path)) as journal:
        assert cut_over(harness.trip(journal), 1)["child"].state is State.OBSERVED


@pytest.mark.parametrize(
    ("taken", "catchup", "version", "may", "is_refused"),
    [
        (100, False, "2.10.5", (), True),
        (80, False, "2.10.5", (), False),
        (100, True, "2.10.5", (), False),
        (100, False, "2.7.3", (), False),
        (100, False, "2.10.5", ("del*",), False),
    ],
)
def test_a_timedelta_that_its_runs_outlast_is_refused(
    harness: Harness, taken: int, catchup: bool, version: str, may: tuple[str, ...], is_refused: bool
) -> None:
    run = Run("delta", "scheduled__x", LONG_AGO, "success", True, started=LONG_AGO)
    runs = tuple(replace(run, ended=LONG_AGO + timedelta(seconds=one)) for one in (1, taken, taken))
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        dags = tuple(replace(d, catchup=catchup) if d.dag_id == "delta" else d for d in trip.files().inventory.dags)
        facts = replace(trip.target.facts, image=f"composer-2-airflow-{version}")
        trip = replace(
            with_files(trip, inventory=replace(trip.files().inventory, dags=dags, runs=runs)),
            target=replace(trip.target, facts=facts),
            settings=replace(SETTINGS, may_shift=may),
        )
        if is_refused:
            assert "its runs take 1 min 40 s and it is scheduled each 1 min 30 s" in refused(harness, trip)
        else:
            cut_over(trip, 1)


@pytest.mark.parametrize(
    ("schedule", "catchup", "version", "datasets", "said"),
    [
        (Schedule(ScheduleKind.DELTA, seconds=90), False, "2.10.5", False, "a timedelta without catchup"),
        (Schedule(ScheduleKind.DELTA, seconds=90), False, "2.8.0", False, "a timedelta without catchup"),
        (Schedule(ScheduleKind.DELTA, seconds=90), True, "2.10.5", False, ""),
        (Schedule(ScheduleKind.DELTA, seconds=90), False, "2.7.3", False, ""),
        (Schedule(ScheduleKind.CRON, "* * * * *"), False, "2.10.5", False, ""),
        (Schedule(ScheduleKind.CRON, "* * * * *"), False, "2.10.5", True, "it runs by datasets there"),
    ],
)
def test_what_goes_on_elsewhere_without_the_agent(
    harness: Harness, schedule: Schedule, catchup: bool, version: str, datasets: bool, said: str
) -> None:
    with closing(Journal(None)) as journal:
        trip = harness.trip(journal)
        target = replace(trip.target, facts=replace(trip.target.facts, image=f"composer-2-airflow-{version}"))
        excerpt = Excerpt(1, "", (), (), (), (), trip.settings, harness.world.now)
        attempt = journal.begin(1, Direction.FORWARD, ["a"], harness.world.now, "me", "", excerpt)
        move = move_of(replace(trip, target=target), attempt, ["a"])
    move = replace(move, dags={"a": Dag("a", "a.py", schedule, catchup=catchup)})
    reasons = list(without_agent(move, "a", Seen(exists=True, by_datasets=datasets)))
    assert [said in reason for reason in reasons] == [True] * bool(said)


UTC_CRON = Schedule(ScheduleKind.CRON, "0 3 * * *")


@pytest.mark.parametrize(
    "there",
    [
        None,
        UTC_CRON,
        replace(UTC_CRON, timezone="Etc/UTC"),
        replace(UTC_CRON, expression="0  3 * * *"),
        Schedule(ScheduleKind.DATASET),
    ],
)
def test_a_schedule_may_be_written_in_another_way(there: Schedule | None) -> None:
    assert other_schedule(UTC_CRON, there) == ""


@pytest.mark.parametrize(
    "there",
    [
        replace(UTC_CRON, timezone="Europe/Paris"),
        replace(UTC_CRON, expression="0 4 * * *"),
        Schedule(ScheduleKind.NONE),
        Schedule(ScheduleKind.DELTA, seconds=86400),
        Schedule(ScheduleKind.OTHER, "CronTriggerTimetable"),
    ],
)
def test_a_schedule_with_other_intervals_is_told(there: Schedule) -> None:
    assert "no interval of one is one of the other" in other_schedule(UTC_CRON, there)


def test_a_pool_that_v2_lacks_is_refused(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        dags = [replace(d, tasks=(Task("work", "x.B", pool="narrow"),)) if d.dag_id == "eager" else d for d in
                trip.files().inventory.dags]  # fmt: skip
        why = refused(harness, with_files(trip, inventory=replace(trip.files().inventory, dags=tuple(dags))))
    assert "eager: pool narrow is missing there" in why


def test_a_clock_that_is_off_is_refused(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        late = replace(trip, clock=lambda: harness.world.now + timedelta(minutes=2))
        assert "the clock of v1 is -120 s off" in refused(harness, late)


SAYS_NO = (sys.executable, "-c", "import os, sys; sys.exit('not ' + os.environ['MIGRATE_DAG'] + '!')")
SAYS_NO_TO_EAGER = (sys.executable, "-c", "import os, sys; sys.exit(os.environ['MIGRATE_DAG'] == 'eager')")


@pytest.mark.parametrize(
    ("hooks", "why"),
    [(Hooks(before_wave=SAYS_NO), "not !"), (Hooks(before_dag=SAYS_NO_TO_EAGER), "eager: the hook before_dag said no")],
)
def test_a_hook_vetoes_before_anything_is_changed(harness: Harness, hooks: Hooks, why: str) -> None:
    with closing(Journal(harness.path)) as journal:
        assert why in refused(harness, replace(harness.trip(journal), hooks=hooks))
        assert journal.open_attempt() is None


def test_hooks_after_are_too_late_for_a_veto(harness: Harness) -> None:
    said: list[str] = []
    with closing(Journal(harness.path)) as journal:
        hooks = Hooks(after_wave=SAYS_NO, after_dag=SAYS_NO)
        cut_over(replace(harness.trip(journal), hooks=hooks, say=said.append), 1)
    assert sum("the hook after_dag said no" in line for line in said) == len(DAGS)
    assert any(line.startswith("warning: the hook after_wave") for line in said)
    harness.verify(on_v2=True)
