"""GV102: owners are teams that exist."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_dag
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView


@of_dag(
    "GV102",
    Severity.WARNING,
    fix="Name one of the teams listed under [assess.options.GV102] in migrate.toml, or add the team there.",
    link=DAGS,
    examples=(
        Example("A team that is not listed", 1, dag={"owners": ("shopp",)}, options={"known": ("shop", "stock")}),
        Example("A team that is listed", options={"known": ("shop",)}),
        Example("No list was given, so every name will do", dag={"owners": ("anyone",)}),
    ),
)
def owner_unknown(dag: DagView, *, known: tuple[str, ...] = ()) -> Iterator[str]:
    """Tell which owners are no team that you know.

    List the teams in migrate.toml; a name with a typing error, or of somebody who left, is then found.
    """
    for owner in dag.dag.owners if known else ():
        if owner not in known and owner != "airflow":
            near = get_close_matches(owner, known, n=1)
            yield f"its owner {owner!r} is not a known one" + (f"; {near[0]!r} is" if near else "")
