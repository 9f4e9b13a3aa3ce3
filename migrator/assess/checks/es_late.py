"""ES305: DAGs that always begin late."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_dag
from migrator.assess.examples import daily_runs
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "ES305",
    Severity.WARNING,
    fix="Look at the hour it is due in (see the load by hour): move it, or give its pool more slots.",
    link="https://cloud.google.com/composer/docs/composer-2/optimize-environments",
    minutes=30,
    examples=(
        Example("Half an hour late each day", 1, runs=daily_runs(10, delay=timedelta(minutes=31))),
        Example("On time"),
        Example("Late once", runs=(*daily_runs(10)[:9], *daily_runs(1, delay=timedelta(hours=5)))),
        Example("Too few runs to tell", runs=daily_runs(2, delay=timedelta(hours=5))),
    ),
)
def always_late(dag: DagView, *, minutes: int = 15, runs: int = 5) -> Iterator[str]:
    """Tell which DAGs begin long after their interval ended, as a rule.

    It is the median of the inventory's runs. Such a DAG is late in the target too, unless that is made for it.
    """
    delays = [
        (run.started - run.interval_end).total_seconds() / 60 for run in dag.runs if run.started and run.interval_end
    ]
    if len(delays) >= runs and median(delays) > minutes:
        yield f"it begins {median(delays):.0f} minutes late as a rule ({len(delays)} runs)"
