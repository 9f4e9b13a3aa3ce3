"""ES302: DAGs that only fail."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_dag
from migrator.assess.examples import daily_runs
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "ES302",
    Severity.WARNING,
    fix="Fix it in v1 first, or leave it behind: after the move an old failure looks like a new one.",
    link=DAGS,
    minutes=60,
    examples=(
        Example("It failed each day", 1, runs=daily_runs(10, "failed")),
        Example("It failed since a week", 1, runs=(*daily_runs(14)[:7], *daily_runs(7, "failed"))),
        Example("It failed, and works again", runs=(*daily_runs(10, "failed")[:9], *daily_runs(1))),
        Example("It failed a few times", runs=(*daily_runs(10)[:8], *daily_runs(2, "failed"))),
        Example("It is paused", runs=daily_runs(10, "failed"), dag={"paused": True}),
    ),
)
def dag_failing(dag: DagView, *, runs: int = 5) -> Iterator[str]:
    """Tell which DAGs failed in each of their last runs.

    If nobody mended it, nobody may need it; and a cutover of a DAG that fails cannot be told from one that went wrong.
    """
    failed = list(takewhile(lambda run: run.state == "failed", reversed(dag.finished)))
    if len(failed) >= runs and not dag.dag.paused:
        yield f"its last {len(failed)} runs failed, since {failed[-1].logical_date:%Y-%m-%d}"
