"""Any order of cutovers, rollbacks, crashes at any point and resumes: never two live sides, never a lost interval."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from migrator.cutover import wave
from migrator.cutover.completion import complete
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.steps import switch_on
from migrator.errors import RefusedError
from tests.cutover.harness import DAGS, POINTS, Crash, Harness, MortalJournal

SOON = st.integers(1, POINTS)
LATE = st.integers(POINTS // 2, 3 * POINTS)


class Night(RuleBasedStateMachine):
    """An operator at work on one wave, whose machine dies at any moment."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.harness = Harness(Path(self.folder.name) / "journal.db")
        self.live: set[str] = set()
        self.done: set[str] = set()
        self.harness.v1.tick = self._watched(self.harness.v1.tick)

    def _watched(self, tick):
        def both() -> None:
            tick()
            self.live |= {d for d in DAGS if not (self.harness.v1.paused[d] or self.harness.v2.paused[d])}

        return both

    def _act(self, what, crash: int | None) -> None:
        left = crash

        def point() -> None:
            nonlocal left
            if left is not None:
                left -= 1
                if left == 0:
                    raise Crash

        self.harness.world.point = point
        try:
            with closing(MortalJournal(self.harness.path, point)) as journal:
                what(self.harness.trip(journal))
        except (Crash, RefusedError):
            pass
        finally:
            self.harness.world.point = lambda: None

    @property
    def open(self) -> bool:
        with closing(Journal(self.harness.path)) as journal:
            return journal.open_attempt() is not None

    @rule(crash=st.none() | SOON)
    def cut_over(self, crash: int | None) -> None:
        self._act(lambda trip: wave.cut_over(trip, 1), crash)

    @rule(crash=st.none() | SOON)
    def roll_back(self, crash: int | None) -> None:
        self._act(lambda trip: wave.roll_back(trip, 1), crash)

    @precondition(lambda self: self.open)
    @rule(crash=st.none() | LATE)
    def resume(self, crash: int | None) -> None:
        self._act(wave.resume, crash)

    @rule(crash=st.none() | SOON)
    def complete(self, crash: int | None) -> None:
        self._act(lambda trip: complete(trip, 1, self.harness.ledger()), crash)

    @rule(seconds=st.integers(1, 200))
    def wait(self, seconds: int) -> None:
        self.harness.world.advance(timedelta(seconds=seconds))

    @invariant()
    def never_two_live_sides(self) -> None:
        assert getattr(self, "live", set()) == set()

    @invariant()
    def what_is_complete_stays(self) -> None:
        if not hasattr(self, "harness") or not self.harness.path.exists():
            return
        with closing(Journal(self.harness.path)) as journal:
            ended = [r for one in journal.attempts() for r in journal.records(one).values()]
        self.done |= {record.dag_id for record in ended if record.state is State.COMPLETE}
        assert not any(self.harness.v2.paused[dag_id] for dag_id in self.done)

    def teardown(self) -> None:
        if not hasattr(self, "harness"):
            return
        with self.folder:
            while self.open:
                self._act(wave.resume, None)
            self.harness.world.advance(timedelta(minutes=7))
            for line in self.harness.ledger().dags:
                assert (line.duplicates, line.gaps) == ((), ()), line


def run(examples: int, steps: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    run_state_machine_as_test(
        Night,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck),
            database=None, derandomize=examples < 20, phases=phases,
            report_multiple_bugs=False,
        ),
    )  # fmt: skip


def test_no_order_of_events_loses_or_doubles_anything() -> None:
    run(examples=8, steps=6)


@pytest.mark.soak
def test_many_orders_of_events() -> None:
    run(examples=150, steps=12)


def test_it_finds_a_switch_on_that_does_not_look_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutation: what was in flight is not waited for, and v1 stays on."""
    monkeypatch.setattr("tests.cutover.model_airflow.ModelAirflow._pause_if_idle",
                        lambda self, _dag_id, _window: {"paused": True, "at": self.world.now.isoformat()})  # fmt: skip
    monkeypatch.setattr(switch_on, "observe", lambda *_: _Blind())
    monkeypatch.setattr("migrator.cutover.steps.drain.observe", lambda *_: _Blind())
    with pytest.raises(AssertionError):
        run(examples=8, steps=6, phases=(Phase.generate,))


class _Blind:
    """Shows every DAG paused and idle."""

    def __getitem__(self, _: str) -> _Blind:
        return self

    paused, active, finished = True, (), ()
