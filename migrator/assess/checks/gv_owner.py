"""GV101: somebody owns each DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_dag
from migrator.assess.examples import changed
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "GV101",
    Severity.WARNING,
    fix='Name a team: default_args={"owner": "TEAM", ...}.',
    link=DAGS,
    examples=(
        Example(
            "No owner was given, so Airflow put its own default",
            1,
            changed('"owner": "shop", ', ""),
            {"owners": ("airflow",)},
        ),
        Example("No owner at all", 1, dag={"owners": ()}),
        Example("A team owns it"),
        Example("Two teams own its tasks", dag={"owners": ("shop", "stock")}),
    ),
)
def owner_missing(dag: DagView, *, defaults: tuple[str, ...] = ("airflow", "root", "admin")) -> Iterator[str]:
    """Tell which DAGs nobody owns.

    When a DAG fails at night, somebody has to be called; when it moves, somebody has to look at it. The value
    ``airflow`` is what Airflow puts where nobody thought of it.
    """
    if set(dag.dag.owners) <= set(defaults):
        yield f"no owner is named (owner: {', '.join(dag.dag.owners) or 'none'})"
