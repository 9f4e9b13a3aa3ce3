"""The steps of a DAG's cutover, in order; one file a step, each a function of the move and the DAGs that are ready.

A step is idempotent: after a crash it is run again from the state before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from migrator.cutover.machine import Outcome, Record, State
from migrator.cutover.sides import Move
from migrator.cutover.steps import carry_over, drain, observation, preflight, quiesce, reparse, switch_on, watermark

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
