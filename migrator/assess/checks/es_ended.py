"""ES311: DAGs whose time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.examples import NOW
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "ES311",
    Severity.NOTE,
    fix="Leave it behind, unless somebody triggers it.",
    link=DAGS,
    examples=(
        Example("Its end date is over", 1, dag={"end_date": NOW - timedelta(days=3)}),
        Example("Its end date is to come", dag={"end_date": NOW + timedelta(days=3)}),
        Example("It has none"),
    ),
)
def dag_ended(estate: Estate) -> Iterator[Problem]:
    """Tell which DAGs have an end date that is over.

    Nothing will start them again, here or in the target.
    """
    for view in estate.dags:
        if view.dag.end_date and view.dag.end_date < estate.inventory.captured_at:
            yield Problem(
                f"it ended on {view.dag.end_date:%Y-%m-%d}", view.line, f"dags/{view.dag.file}", (view.dag.dag_id,)
            )
