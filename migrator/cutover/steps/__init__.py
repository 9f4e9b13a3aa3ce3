"""The steps of a DAG's cutover, in order; one file a step, each a function of the move and the DAGs that are ready.

A step is idempotent: after a crash it is run again from the state before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrator.cutover.machine import Outcome, Record, State
from migrator.cutover.sides import Move
from migrator.cutover.steps import (
    carry_over,
    drain,
    observation,
    outage,
    preflight,
    quiesce,
    reparse,
    switch_on,
    watermark,
    withdraw,
)

Act = Callable[[Move, Sequence[Record]], Mapping[str, Outcome]]


@dataclass(frozen=True, slots=True)
class Step:
    """Takes DAGs from ``before`` to ``after``; ``ordered`` steps take them in the plan's order of pausing.

    A ``patient`` one stands back, for a while, as long as others move: nothing waits for it.
    """

    before: State
    after: State
    act: Act
    ordered: bool = False
    patient: bool = False


STEPS = (
    Step(State.PLANNED, State.PREFLIGHT, preflight.act),
    Step(State.PREFLIGHT, State.QUIESCING, quiesce.begin),
    Step(State.QUIESCING, State.PAUSED, quiesce.act, ordered=True),
    Step(State.PAUSED, State.DRAINED, drain.act),
    Step(State.DRAINED, State.WATERMARKED, watermark.act),
    Step(State.WATERMARKED, State.CARRIED_OVER, carry_over.act),
    Step(State.CARRIED_OVER, State.REPARSED, reparse.act),
    Step(State.REPARSED, State.UNPAUSED, switch_on.act),
    Step(State.UNPAUSED, State.OBSERVED, observation.act, patient=True),
)
FROM_GONE = {
    State.PREFLIGHT: outage.check,
    State.PAUSED: outage.nothing_to_pause,
    State.DRAINED: outage.nothing_to_drain,
    State.WATERMARKED: outage.decide,
    State.UNPAUSED: outage.start,
}
"""What takes a DAG to a state instead, from an environment that no longer runs."""
TO_GONE = {
    State.PREFLIGHT: withdraw.check,
    State.PAUSED: withdraw.pause,
    State.DRAINED: withdraw.remove_waiting,
    State.WATERMARKED: withdraw.no_watermark,
    State.CARRIED_OVER: withdraw.remove_carried,
    State.REPARSED: withdraw.nothing_to_do,
    State.UNPAUSED: withdraw.nothing_to_do,
}
"""The same on the way back to one."""


def steps_of(move: Move) -> tuple[Step, ...]:
    """The steps of a move, by what its two environments can do."""
    others: Mapping[State, Act] = {}
    if move.origin.last_seen is not None:
        others = FROM_GONE
    elif move.destination.last_seen is not None:
        others = TO_GONE
    return tuple(replace(step, act=others.get(step.after, step.act)) for step in STEPS)
