"""Every wave through one harness: apply, verify, undo, verify, apply; a crash at every single point, then resume."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.drains import DrainRule, Policy, rule_for
from migrator.cutover.executor import StoppedError
from migrator.cutover.hooks import Hooks
from migrator.cutover.journal import Journal
from migrator.cutover.ledger import Ledger, Window, account
from migrator.cutover.machine import State
from migrator.cutover.readiness import other_schedule
from migrator.cutover.rehearse import rehearsal
from migrator.cutover.sides import Settings
from migrator.cutover.wave import Trip, cut_over, resume, roll_back
from migrator.cutover.whereabouts import in_motion, left_behind, moves
from migrator.environments.ports import Environment
from migrator.errors import RefusedError
from migrator.inventory.needs import Needs
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.model.plan import Edge, EdgeKind, Plan, PlannedDag, Strength, Wave
from migrator.model.resources import StoredFile
from migrator.model.run import Run
from tests.cutover.model_airflow import START, ModelAirflow, World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MINUTE = timedelta(minutes=1)
LONG_AGO = START - timedelta(minutes=20)
WORK = (Task("work", "x.BashOperator"),)
ASK = (Task("ask", "x.TriggerDagRunOperator", reference=Reference(ReferenceKind.TRIGGERS, "child")),)
SETTINGS = Settings(
    margin=timedelta(seconds=8),
    settle=timedelta(seconds=4),
    observe=timedelta(seconds=30),
    poll=timedelta(seconds=3),
    last_tasks=timedelta(hours=2),
)


def dag(dag_id: str, schedule: Schedule, *, catchup: bool = False, tasks: tuple[Task, ...] = WORK) -> Dag:
    return Dag(dag_id, f"{dag_id}.py", schedule, start_date=LONG_AGO, catchup=catchup, tasks=tasks)


DAGS = {
    d.dag_id: d
    for d in (
        dag("child", Schedule(ScheduleKind.NONE)),
        dag("delta", Schedule(ScheduleKind.DELTA, seconds=90), catchup=True),
        dag("eager", Schedule(ScheduleKind.CRON, "*/2 * * * *"), catchup=True),
        dag("minutely", Schedule(ScheduleKind.CRON, "* * * * *")),
        dag("once", Schedule(ScheduleKind.ONCE)),
        dag("parent", Schedule(ScheduleKind.CRON, "*/2 * * * *"), tasks=ASK),
    )
}


def sampled(points: range, each: int) -> list[Any]:
    """Every so many points by default, all of them in the soak."""
    return [n if at % each == 0 else pytest.param(n, marks=pytest.mark.soak) for at, n in enumerate(points)]


class Crash(BaseException):
    """The process dies here."""


class Bucket:
    """Takes the journal's copy, and has the files that were deployed."""

    def files(self, prefix: str) -> list[StoredFile]:
        return [StoredFile(f"{prefix}child.py", 1, "as planned")]

    def write(self, path: str, data: bytes) -> None:
        assert path
        assert data


class Harness:
    """Two modelled Airflows, v1 at work for twenty minutes, and a plan of one wave."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.world = World(now=LONG_AGO)
        self.v1 = ModelAirflow(self.world, DAGS, dict.fromkeys(DAGS, False))
        self.v2 = ModelAirflow(self.world, DAGS, dict.fromkeys(DAGS, True))
        self.world.sides = [self.v1, self.v2]
        self.world.advance(timedelta(minutes=20))
        self.began = self.world.now

    def trip(self, journal: Journal) -> Trip:
        facts = EnvironmentFacts("e", "composer-2-airflow-2.10.5", "RUNNING", "b", "")
        v1, v2 = (Environment(facts, Bucket(), side, None) for side in (self.v1, self.v2))  # type: ignore[arg-type]
        planned = tuple(
            PlannedDag(
                d, f"{d}.py", "", paused_in_source=False, risk=0, reasons=(), pause_after=("parent",) * (d == "child")
            )
            for d in DAGS
        )
        edge = Edge("parent", "child", EdgeKind.TRIGGERS, Strength.TOGETHER)
        return Trip(
            plan=Plan("f", "v1", "v2", (Wave(1, "all", planned),), (edge,)),
            inventory=Inventory(self.began, facts, "1.10.15", "3.8", tuple(DAGS.values())),
            source=v1,
            target=v2,
            journal=journal,
            settings=SETTINGS,
            clock=lambda: self.world.now,
            sleep=self.world.sleep,
            say=lambda _: None,
            stop=lambda: False,
        )

    def ledger(self) -> Ledger:
        """The account of both sides up to now."""
        now, grace = self.world.now, timedelta(minutes=3)
        with closing(Journal(self.path)) as journal:
            window = Window(self.began, now, grace, moves(journal, now), in_motion(journal), left_behind(journal))
        return account(DAGS.values(), self.v1.runs, self.v2.runs, window)

    def settles(self) -> dict[str, int]:
        """After a while, what each DAG skipped by itself; nothing that time drives ran twice or is missing."""
        self.v1.duration = self.v2.duration = timedelta(seconds=7)
        self.world.advance(timedelta(minutes=7))
        for line in self.ledger().dags:
            assert (line.duplicates, line.gaps) == ((), ()) or line.dag_id == "child", line
        return {line.dag_id: len(line.skipped) for line in self.ledger().dags}

    def verify(self, *, on_v2: bool) -> None:
        """One side is on, the other off, and every interval up to now ran exactly once."""
        self.world.advance(timedelta(minutes=7))
        assert set(self.v1.paused.values()) == {on_v2}
        assert set(self.v2.paused.values()) == {not on_v2}
        ledger = self.ledger()
        for line in ledger.dags:
            assert (line.duplicates, line.gaps, line.extras, line.skipped) == ((), (), (), ()), line
        assert sum(line.expected for line in ledger.dags) > 10


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "journal.db")


def test_forward_back_and_forward_again(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        assert {r.state for r in cut_over(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=True)
        assert {r.state for r in roll_back(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=False)
        assert {r.state for r in cut_over(trip, 1).values()} == {State.OBSERVED}
        harness.verify(on_v2=True)


class MortalJournal(Journal):
    """Each write is a point at which the process may die."""

    def __init__(self, path: Path, point: Callable[[], None]) -> None:
        self._point = point
        super().__init__(path)

    def write(self, *arguments: Any) -> None:
        super().write(*arguments)
        self._point()


def crash_at(harness: Harness, number: int) -> bool:
    """Cut over with a crash at that point; whether there was such a point."""
    left = number

    def point() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Crash

    harness.world.point = point
    with closing(MortalJournal(harness.path, point)) as journal:
        try:
            cut_over(harness.trip(journal), 1)
        except Crash:
            return True
        finally:
            harness.world.point = lambda: None
    return False


def count_points() -> int:
    """How many points one cutover passes: the code itself says."""
    passed = 0

    def point() -> None:
        nonlocal passed
        passed += 1

    with TemporaryDirectory() as folder:
        harness = Harness(Path(folder) / "journal.db")
        harness.world.point = point
        with closing(MortalJournal(harness.path, point)) as journal:
            cut_over(harness.trip(journal), 1)
    return passed


POINTS = count_points()
"""After each write of the journal, and before and after each call of an agent."""


@pytest.mark.parametrize("number", sampled(range(1, POINTS + 1), 6))
def test_a_crash_at_any_point_and_a_resume_soon_or_late(tmp_path: Path, number: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, number)
    harness.world.advance(timedelta(seconds=0 if number % 3 else 200))
    with closing(Journal(harness.path)) as journal:
        resume(harness.trip(journal))
    harness.verify(on_v2=True)


def test_no_point_is_left_out(tmp_path: Path) -> None:
    assert not crash_at(Harness(tmp_path / "journal.db"), POINTS + 1)


@pytest.mark.parametrize("number", sampled(range(2, POINTS, 2), 8))
def test_a_crash_at_any_point_and_a_rollback(tmp_path: Path, number: int) -> None:
    harness = Harness(tmp_path / "journal.db")
    assert crash_at(harness, number)
    with closing(Journal(harness.path)) as journal:
        roll_back(harness.trip(journal), 1)
        backed_out = {
            dag_id
            for attempt in journal.attempts()
            for dag_id, record in journal.records(attempt).items()
            if record.state is State.BACKED_OUT
        }
    left = {run.dag_id for run in harness.v2.runs if run.carried}
    assert not left & backed_out, "what never was on in v2 leaves nothing there"
    harness.verify(on_v2=False)


def test_a_wave_is_taken_back_though_a_later_plan_numbers_it_anew(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        cut_over(trip, 1)
        harness.world.advance(timedelta(minutes=2))
        (wave,) = trip.plan.waves
        roll_back(replace(trip, plan=replace(trip.plan, waves=(replace(wave, number=9),))), 1)
    order = harness.v2.order
    assert order.index("pause parent") < order.index("pause child")
    harness.verify(on_v2=False)


def test_who_triggers_is_paused_first_and_started_last(harness: Harness) -> None:
    harness.v1.duration = timedelta(seconds=25)  # the child is idle while its parent is at work
    with closing(Journal(harness.path)) as journal:
        cut_over(harness.trip(journal), 1)
    paused, started = harness.v1.order, harness.v2.order
    assert paused.index("pause parent") < paused.index("pause child")
    assert started.index("start child") < started.index("start parent")


def test_a_dag_paused_on_purpose_moves_and_returns_with_its_frozen_run(harness: Harness) -> None:
    frozen = Run("eager", "scheduled__long_ago", LONG_AGO, "running", True, LONG_AGO, tasks={"work": None})
    harness.v1.runs = [frozen, *(run for run in harness.v1.runs if run.dag_id != "eager")]
    harness.v1.paused["eager"] = True
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        for move in (cut_over, roll_back, cut_over):
            assert move(trip, 1)["eager"].state is State.OBSERVED
            assert harness.v1.paused["eager"]
            assert harness.v2.paused["eager"]
    assert frozen in harness.v1.runs


@pytest.mark.parametrize("busy", [False, True])
def test_a_rehearsal_goes_all_the_way_without_waiting_and_changes_nothing(harness: Harness, busy: bool) -> None:
    if busy:
        harness.v1.duration = timedelta(minutes=30)
        harness.world.advance(timedelta(minutes=2))
    before, said, noted = harness.world.now, [], []
    with closing(Journal(None)) as journal:
        trip = replace(harness.trip(journal), dry=True, say=said.append)
        sides = {"source": rehearsal(trip.source, "v1", noted), "target": rehearsal(trip.target, "v2", noted)}
        assert {r.state for r in cut_over(replace(trip, **sides), 1).values()} == {State.OBSERVED}
    assert {("v1", "pause_if_idle", dag_id) for dag_id in DAGS} <= set(noted)
    assert {("v2", "switch_on", dag_id) for dag_id in DAGS} <= set(noted)
    assert any("would wait" in line for line in said) or not busy
    assert harness.world.now - before < timedelta(minutes=3)
    assert not any(harness.v1.paused.values())
    assert all(harness.v2.paused.values())
    assert not any(run.carried for run in harness.v2.runs)


def test_what_is_on_in_the_target_already_is_refused_and_nothing_changes(harness: Harness) -> None:
    harness.v2.paused["minutely"] = False
    with closing(Journal(harness.path)) as journal, pytest.raises(RefusedError) as caught:
        cut_over(harness.trip(journal), 1)
    assert "minutely: it is on in v2 already" in caught.value.why
    assert not any(harness.v1.paused.values())


def test_a_dag_that_never_gets_idle_is_put_back_with_its_group(harness: Harness) -> None:
    harness.v1.duration = timedelta(minutes=30)
    harness.world.advance(timedelta(minutes=3))
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), settings=replace(SETTINGS, drain_timeout=timedelta(minutes=2)))
        ended = cut_over(trip, 1)
    assert {ended[d].state for d in ("parent", "child", "minutely")} == {State.BACKED_OUT}
    assert not any(harness.v1.paused[d] for d in ("parent", "child", "minutely"))
    assert all(harness.v2.paused[d] for d in ("parent", "child", "minutely"))


def test_the_harness_can_fail(harness: Harness) -> None:
    """The plain way: pause here, unpause there."""
    harness.v1.paused = dict.fromkeys(DAGS, True)
    harness.v2.paused = dict.fromkeys(DAGS, False)
    with pytest.raises(AssertionError, match="duplicates"):
        harness.verify(on_v2=True)


def refused(harness: Harness, trip: Trip) -> str:
    with pytest.raises(RefusedError) as refusal:
        cut_over(trip, 1)
    assert set(harness.v1.paused.values()) == {False}
    assert set(harness.v2.paused.values()) == {True}
    return refusal.value.why


def with_md5(trip: Trip, dag_id: str, md5: str) -> Trip:
    dags = [replace(dag, file_md5=md5 if dag.dag_id == dag_id else "") for dag in trip.plan.waves[0].dags]
    return replace(trip, plan=replace(trip.plan, waves=(replace(trip.plan.waves[0], dags=tuple(dags)),)))


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
        why = refused(harness, replace(harness.trip(journal), needs=needs))
    assert "variable day is missing there" in why
    assert "connection warehouse is missing there" in why
    assert ("known" in why, "db," in why) == (False, False)


def test_a_dag_that_is_not_in_v2_what_it_is_in_v1_stays_and_rollback_does_not_ask(harness: Harness) -> None:
    asked: list[list[str]] = []

    def parity(_v1: object, _v2: object, dag_ids: Sequence[str]) -> dict[str, str]:
        asked.append(sorted(dag_ids))
        return {"eager": "v2 has it otherwise"} if len(asked) == 1 else {}

    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), parity=parity)
        assert "eager: v2 has it otherwise" in refused(harness, trip)
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
        dags = tuple(replace(d, catchup=catchup) if d.dag_id == "delta" else d for d in trip.inventory.dags)
        facts = replace(trip.target.facts, image=f"composer-2-airflow-{version}")
        trip = replace(
            trip,
            inventory=replace(trip.inventory, dags=dags, runs=runs),
            target=replace(trip.target, facts=facts),
            settings=replace(SETTINGS, may_shift=may),
        )
        if is_refused:
            assert "its runs take 100 s and it is scheduled each 90 s without catchup" in refused(harness, trip)
        else:
            cut_over(trip, 1)


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
                trip.inventory.dags]  # fmt: skip
        why = refused(harness, replace(trip, inventory=replace(trip.inventory, dags=tuple(dags))))
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


def test_what_is_switched_on_again_in_v1_while_a_wave_runs_is_paused_at_once(harness: Harness) -> None:
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)
        first, last = (
            tuple(d for d in trip.plan.waves[0].dags if (d.dag_id == "eager") is late) for late in (False, True)
        )
        waves = (Wave(1, "most", first), Wave(2, "last", last))
        trip = replace(trip, plan=replace(trip.plan, waves=waves))
        cut_over(trip, 1)
        harness.v1.paused["minutely"] = False
        said: list[str] = []
        cut_over(replace(trip, say=said.append), 2)
    assert any("minutely" in line and "ALARM" in line for line in said)
    assert set(harness.v1.paused.values()) == {True}


def test_what_ran_in_v1_after_it_was_read_goes_back(harness: Harness) -> None:
    carry_over = harness.v2.carry_over

    def meddled(dags: dict[str, Any]) -> dict[str, Any]:
        done = carry_over(dags)
        if "minutely" in dags:
            harness.v1.paused["minutely"] = False
            harness.world.advance(2 * MINUTE)
            harness.v1.paused["minutely"] = True
        return done

    harness.v2.carry_over = meddled  # type: ignore[method-assign]
    with closing(Journal(harness.path)) as journal:
        said: list[str] = []
        records = cut_over(replace(harness.trip(journal), say=said.append), 1)
    assert records["minutely"].state is State.BACKED_OUT
    assert any("ran in the origin while it was moved" in line for line in said)
    assert (harness.v1.paused["minutely"], harness.v2.paused["minutely"]) == (False, True)
    harness.settles()


def never_idle(harness: Harness, policy: Policy) -> Settings:
    """What runs each minute takes an hour."""
    harness.v1.duration = timedelta(hours=1)
    harness.world.advance(timedelta(minutes=3))
    patterns = DrainRule("nothing_*", Policy.GIVE_UP, timedelta(0)), DrainRule("*", policy, timedelta(seconds=90))
    return replace(SETTINGS, drains=patterns)


def test_what_never_gets_idle_may_be_left_behind_and_run_anew(harness: Harness) -> None:
    settings = never_idle(harness, Policy.FREEZE)
    with closing(Journal(harness.path)) as journal:
        records = cut_over(replace(harness.trip(journal), settings=settings), 1)
        frozen = left_behind(journal)
    dates = {date for dag_id, date in frozen if dag_id == "minutely"}
    assert dates
    assert records["minutely"].facts["frozen"]
    again = {run.logical_date for run in harness.v2.runs if run.dag_id == "minutely" and not run.carried}
    assert dates <= again
    assert set(harness.settles().values()) == {0}


def test_what_never_gets_idle_is_given_up(harness: Harness) -> None:
    settings = never_idle(harness, Policy.GIVE_UP)
    with closing(Journal(harness.path)) as journal:
        records = cut_over(replace(harness.trip(journal), settings=settings), 1)
    assert records["minutely"].state is State.BACKED_OUT
    assert (harness.v1.paused["minutely"], harness.v2.paused["minutely"]) == (False, True)


def test_what_never_gets_idle_may_be_waited_for_without_end(harness: Harness) -> None:
    settings = never_idle(harness, Policy.WAIT)
    ends = harness.world.now + timedelta(minutes=20)
    with closing(Journal(harness.path)) as journal:
        trip = replace(harness.trip(journal), settings=settings, stop=lambda: harness.world.now > ends)
        with pytest.raises(StoppedError):
            cut_over(trip, 1)
        assert journal.records(journal.attempts()[-1])["minutely"].state is State.QUIESCING
        harness.v1.duration = timedelta(seconds=7)
        harness.world.advance(MINUTE)
        resume(harness.trip(journal))
    assert harness.settles()["minutely"] > 10, "v1 itself left out what came due during its long run"


def test_what_v1_left_out_before_is_run_where_that_is_asked_for(harness: Harness) -> None:
    late = START - 5 * MINUTE
    ended = [run for run in harness.v1.runs if run.state == "success"]  # no drain waits for the scheduler that stands
    behind = [run for run in ended if run.dag_id != "minutely" or run.logical_date <= late]
    for asked in (False, True):
        world = Harness(harness.path.with_name(f"{asked}.db"))
        world.v1.runs = list(behind)
        world.v1.tick = lambda: None  # its scheduler stands still
        with closing(Journal(world.path)) as journal:
            cut_over(replace(world.trip(journal), settings=replace(SETTINGS, run_missed=asked)), 1)
        made = {run.logical_date for run in world.v2.runs if run.dag_id == "minutely" and not run.carried}
        assert (START - 4 * MINUTE in made) is asked


def test_the_first_rule_that_fits_counts() -> None:
    rules = DrainRule("a*", Policy.WAIT, MINUTE), DrainRule("*", Policy.FREEZE, MINUTE)
    assert [rule_for(name, rules, MINUTE).policy for name in ("ab", "b")] == [Policy.WAIT, Policy.FREEZE]
    assert rule_for("x", (), MINUTE) == DrainRule("*", Policy.GIVE_UP, MINUTE)


def test_what_ends_after_it_was_left_behind_is_carried_and_not_run_again(harness: Harness) -> None:
    settings = never_idle(harness, Policy.FREEZE)
    harness.v1.duration = timedelta(seconds=70)
    with closing(Journal(harness.path)) as journal:
        trip = harness.trip(journal)

        def say(line: str) -> None:
            if "left behind" in line:
                harness.v1.duration = timedelta(seconds=1)

        cut_over(replace(trip, settings=replace(settings, settle=timedelta(seconds=9)), say=say), 1)
    harness.settles()
