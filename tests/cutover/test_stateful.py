"""Any order of cutovers, rollbacks, crashes at any point and resumes: never two live sides, never a lost interval."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

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

from migrator.cutover import context, wave
from migrator.cutover.completion import complete
from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.offer import offer
from migrator.cutover.steps import switch_on
from migrator.cutover.whereabouts import on_target
from migrator.errors import RefusedError, UsageError, WorkspaceError
from tests.cutover.harness import DAGS, POINTS, Crash, Harness, MortalJournal
from tests.cutover.test_excerpt import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Attempt

SOON = st.integers(1, POINTS)
REWRITES = st.sampled_from(["all of it", "another wave", "no files"])
LATE = st.integers(POINTS // 2, 3 * POINTS)


class Night(RuleBasedStateMachine):
    """An operator at work on one wave, whose machine dies at any moment."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.harness = Harness(Path(self.folder.name) / "journal.db")
        self.files = self.harness.plan, self.harness.inventory, self.harness.settings
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

    @rule(crash=st.none() | SOON, name=st.none() | REWRITES)
    def cut_over(self, crash: int | None, name: str | None) -> None:
        """The files are as they should be when it is asked and when it begins, and may be written anew after a kill."""
        with self._files_as_they_were():
            confirmed = self._shown()
            self._act(lambda trip: wave.cut_over(trip, 1, confirmed), crash)
        if name:
            self.write(name)

    @rule(name=REWRITES, crash=st.none() | SOON)
    def write_while_it_asks(self, name: str, crash: int | None) -> None:
        """Nothing begins of which the files were written anew between the question and the lock."""
        with self._files_as_they_were(), closing(Journal(self.harness.path)) as journal:
            confirmed, before = self._shown(), len(journal.attempts())
            WRITTEN[name](self.harness)
            self._act(lambda trip: wave.cut_over(trip, 1, confirmed), crash)
            assert len(journal.attempts()) == before

    @rule(name=REWRITES)
    def write_at_any_other_moment(self, name: str) -> None:
        self.write(name)

    def write(self, name: str) -> None:
        """Somebody writes the files anew, for whatever comes next."""
        self.harness.plan, self.harness.inventory, self.harness.settings = self.files
        WRITTEN[name](self.harness)

    def _shown(self) -> Excerpt:
        with closing(Journal(self.harness.path)) as journal:
            return offer(self.harness.files(), 1, self.harness.settings, on_target(journal))

    @contextmanager
    def _files_as_they_were(self) -> Iterator[None]:
        files = self.harness.plan, self.harness.inventory, self.harness.settings
        self.harness.plan, self.harness.inventory, self.harness.settings = self.files
        try:
            yield
        finally:
            self.harness.plan, self.harness.inventory, self.harness.settings = files

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
    def who_triggers_is_paused_first(self) -> None:
        for side in (self.harness.v1, self.harness.v2) if hasattr(self, "harness") else ():
            paused = [one for one in side.order if one in {"pause parent", "pause child"}]
            assert paused[::2] == ["pause parent"] * len(paused[::2]), side.order

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
            self.who_triggers_is_paused_first()
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


def test_it_finds_a_cutover_that_does_not_compare_with_what_was_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wave, "refuse_changed", lambda *_: None)
    with pytest.raises(AssertionError):
        run(examples=8, steps=8, phases=(Phase.generate,))


def test_it_finds_an_attempt_that_goes_by_the_files_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    carried = context.excerpt_for

    def of_today(found: context.CutoverContext, attempt: Attempt) -> Excerpt:
        excerpt = carried(found, attempt)
        try:
            today = offer(found.files(), attempt.wave, found.settings, (), found.sides)
        except UsageError:
            return excerpt
        return replace(today, moving=excerpt.moving)

    for module in (context, wave):
        monkeypatch.setattr(module, "excerpt_for", of_today)
    with pytest.raises((AssertionError, WorkspaceError)):
        run(examples=19, steps=8, phases=(Phase.generate,))


class _Blind:
    """Shows every DAG paused and idle."""

    def __getitem__(self, _: str) -> _Blind:
        return self

    paused, active, finished = True, (), ()
