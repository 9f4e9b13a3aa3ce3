"""What is filled in where a DAG goes on: what came due around the moment in which the wave began."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import State
from migrator.cutover.wave import cut_over
from tests.cutover.harness import MINUTE, Harness

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("late", [1, 20, 50])
def test_what_came_due_just_before_the_wave_and_was_not_begun_is_run(harness: Harness, late: int) -> None:
    """v1 is late, and the wave is first; at the latest of these moments it is off over the next boundary too."""
    due = harness.world.now.replace(second=0) + 2 * MINUTE
    harness.world.advance(due - SECOND - harness.world.now)
    harness.v1._schedule = lambda _dag: None  # type: ignore[method-assign]
    harness.world.advance((late + 1) * SECOND)
    with closing(Journal(harness.path)) as journal:
        assert cut_over(harness.trip(journal), 1)["minutely"].state is State.OBSERVED
    assert any(run.dag_id == "minutely" and run.interval_end == due for run in harness.v2.runs)
    harness.verify(on_v2=True)
