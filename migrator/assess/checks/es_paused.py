"""ES304: DAGs that are paused and have been for long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.examples import daily_run
from migrator.assess.model import Problem, Severity
from migrator.model.parts import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_OTHER = replace(daily_run(1), dag_id="other")


@of_estate(
    "ES304",
    Severity.NOTE,
    fix="Ask the owner whether it is still needed; it is carried over paused.",
    link=DAGS,
    minutes=5,
    needs=(RUNS,),
    examples=(
        Example("Off, and no run in weeks", 1, dag={"paused": True}, runs=(_OTHER,)),
        Example("Off since a moment ago", dag={"paused": True}),
        Example("On, which ES301 looks at", runs=(_OTHER,)),
    ),
)
def paused_for_long(estate: Estate) -> Iterator[Problem]:
    """Tell which DAGs are paused and had no run in all the time that the inventory covers.

    Most of them are left over. Each that stays behind is one less to rewrite and to test.
    """
    ran = {run.dag_id for run in estate.inventory.runs}
    for view in estate.dags if ran else ():
        if view.dag.paused and view.dag.dag_id not in ran:
            yield Problem("it is paused, and has not run", view.line, f"dags/{view.dag.file}", (view.dag.dag_id,))
