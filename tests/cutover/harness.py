"""Two modelled Airflows with a plan of one wave, and a process that may die at each point."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from migrator.cutover.context import CutoverContext
from migrator.cutover.drains import DrainRule, Policy
from migrator.cutover.journal import Journal
from migrator.cutover.ledger import Ledger, Window, account
from migrator.cutover.offer import Files
from migrator.cutover.sides import Settings
from migrator.cutover.wave import cut_over, roll_back
from migrator.cutover.whereabouts import in_motion, left_behind, moves
from migrator.environments.ports import Environment
from migrator.errors import WorkspaceError
from migrator.inventory.store import fingerprint
from migrator.model.dag import Dag, Reference, ReferenceKind, Schedule, ScheduleKind, Task
from migrator.model.environment import EnvironmentFacts
from migrator.model.inventory import Inventory
from migrator.model.plan import Edge, EdgeKind, Plan, PlannedDag, Strength, Wave
from migrator.model.resources import StoredFile
from tests.cutover.model_airflow import START, ModelAirflow, World
from tests.cutover.real.intervals import V1, V2, real

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

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
    file = f"{dag_id}.py"
    return Dag(dag_id, file, schedule, start_date=LONG_AGO, catchup=catchup, max_active_runs=1, tasks=tasks)


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


FACTS = EnvironmentFacts("e", "composer-2-airflow-2.10.5", "RUNNING", "b", "")
EDGE = Edge("parent", "child", EdgeKind.TRIGGERS, Strength.TOGETHER, "ask")


def planned() -> tuple[PlannedDag, ...]:
    """The DAGs of the estate as the plan has them."""
    after = ("parent",)
    return tuple(
        PlannedDag(d, f"{d}.py", "", paused_in_source=False, risk=0, reasons=(), pause_after=after * (d == "child"))
        for d in DAGS
    )


PLANNED = planned()


def with_files(context: CutoverContext, **changes: Any) -> CutoverContext:
    """The context whose files are read as ``plan``, ``inventory`` or ``needs`` say."""
    return replace(context, files=lambda: replace(context.files(), **changes))


class Crash(BaseException):
    """The process dies here."""


class Bucket:
    """Takes the journal's copy, and has the files that were deployed."""

    def __init__(self) -> None:
        self.written: dict[str, bytes] = {}

    def files(self, prefix: str) -> list[StoredFile]:
        return [StoredFile(f"{prefix}child.py", 1, "as planned")]

    def write(self, path: str, data: bytes) -> None:
        assert data
        self.written[path] = data


class Harness:
    """Two modelled Airflows, v1 at work for a while, and a plan of one wave."""

    def __init__(self, path: Path, since: datetime = LONG_AGO, at_work: timedelta = timedelta(minutes=20)) -> None:
        self.path = path
        self.world = World(now=since)
        self.v1 = ModelAirflow(self.world, DAGS, dict.fromkeys(DAGS, False), version=V1)
        self.v2 = ModelAirflow(self.world, DAGS, dict.fromkeys(DAGS, True))
        self.world.sides = [self.v1, self.v2]
        self.world.advance(at_work)
        self.began = self.world.now

        self.inventory = Inventory(self.began, FACTS, "1.10.15", "3.8", tuple(DAGS.values()))
        edges = (EDGE,) if EDGE.target in DAGS else ()
        self.plan: Plan | None = Plan(fingerprint(self.inventory), "v1", "v2", (Wave(1, "all", planned()),), edges)
        self.settings = SETTINGS

    def files(self) -> Files:
        """The workspace's files as they are now; as the real reading, an error where there is none."""
        if self.plan is None:
            raise WorkspaceError("plan.json", why="it can't be read", fix="migrate plan")
        return Files(self.plan, self.inventory)

    def trip(self, journal: Journal) -> CutoverContext:
        v1, v2 = (
            Environment(replace(FACTS, image=f"composer-0-airflow-{side.version}"), Bucket(), side, None)  # type: ignore[arg-type]
            for side in (self.v1, self.v2)
        )
        return CutoverContext(
            files=self.files,
            source=v1,
            target=v2,
            journal=journal,
            settings=self.settings,
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
            if (due := self.due(DAGS[line.dag_id])) is not None:
                assert line.expected + line.pending == due, line
        assert sum(line.expected for line in ledger.dags) > 10

    def due(self, dag: Dag) -> int | None:
        """How many intervals of a DAG ended since v1 had been at work, as the real 2.10 counts; None: none by time."""
        if dag.schedule.kind not in {ScheduleKind.CRON, ScheduleKind.DELTA}:
            return None
        return len(real(dag.schedule, dag.start_date or LONG_AGO).intervals(V2, self.began, self.world.now))


def never_idle(harness: Harness, policy: Policy) -> Settings:
    """What runs each minute takes an hour."""
    harness.v1.duration = timedelta(hours=1)
    harness.world.advance(timedelta(minutes=3))
    patterns = DrainRule("nothing_*", Policy.GIVE_UP, timedelta(0)), DrainRule("*", policy, timedelta(seconds=90))
    return replace(SETTINGS, drains=patterns)


class MortalJournal(Journal):
    """Each write is a point at which the process may die."""

    def __init__(self, path: Path, point: Callable[[], None]) -> None:
        self._point = point
        super().__init__(path)

    def write(self, *arguments: Any) -> None:
        super().write(*arguments)
        self._point()


def count_points(back: bool) -> int:
    """How many points one cutover passes, or the rollback after it: the code itself says."""
    passed = 0

    def point() -> None:
        nonlocal passed
        passed += 1

    with TemporaryDirectory() as folder:
        harness = Harness(Path(folder) / "journal.db")
        with closing(MortalJournal(harness.path, point)) as journal:
            if back:
                cut_over(harness.trip(journal), 1)
                harness.world.advance(2 * MINUTE)
                passed = 0
            harness.world.point = point
            (roll_back if back else cut_over)(harness.trip(journal), 1)
    return passed


POINTS, POINTS_BACK = count_points(back=False), count_points(back=True)
"""After each write of the journal, and before and after each call of an agent."""
