"""How the rounds of a wave share their time between the steps."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from migrator.cutover import executor
from migrator.cutover.excerpt import Excerpt
from migrator.cutover.executor import Drive, run
from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, Done, State, Waiting
from migrator.cutover.steps import Step
from migrator.cutover.wave import move_of

if TYPE_CHECKING:
    import pytest

    from tests.cutover.harness import Harness

MANY, ROUNDS = 60, 12


def test_what_waits_is_said_once_for_each_reason(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = iter(["the first", "the first", "the second", "the second", ""])
    said: list[str] = []

    def waits(_move: Any, records: Any) -> Any:
        reason = next(reasons)
        return {r.dag_id: Waiting(reason) if reason else Done() for r in records}

    monkeypatch.setattr(executor, "steps_of", lambda _move: (Step(State.PLANNED, State.OBSERVED, waits),))
    with closing(Journal(None)) as journal:
        trip = replace(harness.trip(journal), say=said.append)
        excerpt = Excerpt(1, "", (), (), (), (), trip.settings, harness.world.now)
        attempt = journal.begin(1, Direction.FORWARD, ["a"], harness.world.now, "somebody", "", excerpt)
        run(Drive(move_of(trip, attempt, ["a"]), journal, attempt, lambda _waiting: None, lambda: False))
    assert [line.split(maxsplit=2)[1:] for line in said][:2] == [["waiting", "the first"], ["waiting", "the second"]]
    assert len(said) == 3


def test_what_stands_back_has_its_turn_though_others_move_all_the_time(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One DAG a round goes from the first step to the last but one; the last is the patient one."""
    looked: list[int] = []

    def one_a_round(_move: Any, records: Any) -> Any:
        return {r.dag_id: Waiting("its turn") if at else Done() for at, r in enumerate(records)}

    def patient(_move: Any, records: Any) -> Any:
        looked.append(len(records))
        return {record.dag_id: Done() for record in records}

    steps = (
        Step(State.PLANNED, State.UNPAUSED, one_a_round),
        Step(State.UNPAUSED, State.OBSERVED, patient, patient=True),
    )
    monkeypatch.setattr(executor, "steps_of", lambda _move: steps)
    ids = [f"dag_{number:03}" for number in range(MANY)]
    with closing(Journal(None)) as journal:
        trip = harness.trip(journal)
        excerpt = Excerpt(1, "", (), (), (), (), trip.settings, harness.world.now)
        attempt = journal.begin(1, Direction.FORWARD, ids, harness.world.now, "somebody", "", excerpt)
        move = move_of(trip, attempt, ids)
        records = run(Drive(move, journal, attempt, lambda _waiting: None, lambda: False))
    assert all(record.state is State.OBSERVED for record in records.values())
    assert max(looked) <= ROUNDS, "none waits longer than that many rounds"
    assert len(looked) < MANY / 2, "and it is not looked at in each of them"
