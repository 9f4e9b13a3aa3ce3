"""ES309: DAGs that are never idle."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_dag
from migrator.assess.examples import daily_runs
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "ES309",
    Severity.WARNING,
    fix="Let it run less often or make it shorter; else plan a time in which it may be stopped for its cutover.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dag-run.html",
    minutes=30,
    examples=(
        Example("A run longer than a day, each day", 1, runs=daily_runs(10, seconds=90_000)),
        Example("Ten minutes a day"),
        Example("Too few runs to tell", runs=daily_runs(2, seconds=90_000)),
    ),
)
def never_idle(dag: DagView, *, runs: int = 5) -> Iterator[str]:
    """Tell which DAGs take longer than their interval, as a rule.

    They are never idle, so a cutover cannot drain them.
    """
    shares = [
        run.seconds / (run.interval_end - run.logical_date).total_seconds()
        for run in dag.finished
        if run.seconds is not None and run.interval_end and run.interval_end > run.logical_date
    ]
    if len(shares) >= runs and median(shares) >= 1:
        yield f"a run takes {median(shares):.0%} of its interval"
