"""GV103: DAGs can be found by tag."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_dag
from migrator.assess.examples import changed
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "GV103",
    Severity.NOTE,
    fix='Give tags that say team and tier: tags=["TEAM", "tier-1"].',
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/howto/add-dag-tags.html",
    examples=(
        Example("No tags", 1, changed('    tags=["shop"],\n', ""), {"tags": ()}),
        Example("A tag that the team's rules ask for is not there", 1, options={"required": ("tier-*",)}),
        Example("The tags that are asked for", dag={"tags": ("shop", "tier-2")}, options={"required": ("tier-*",)}),
        Example("Any tag will do where none is asked for"),
    ),
)
def tags_missing(dag: DagView, *, required: tuple[str, ...] = ("*",)) -> Iterator[str]:
    """Tell which DAGs lack tags.

    With hundreds of DAGs, tags are how a person on call finds those of one team, or those that must not wait.
    """
    for pattern in required:
        if not any(fnmatchcase(tag, pattern) for tag in dag.dag.tags):
            yield "it has no tags" if pattern == "*" else f"it has no tag like {pattern!r}"
