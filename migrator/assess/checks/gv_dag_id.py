"""GV104: DAG ids follow the pattern of their folder."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_dag
from migrator.assess.model import Severity
from migrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.assess.view import DagView

_SHOP = {"patterns": {"shop/*": "shop_[a-z_]+"}}


@of_dag(
    "GV104",
    Severity.NOTE,
    fix="Choose an id that fits when the DAG is next changed for another reason: a new id begins with no history.",
    link=DAGS,
    examples=(
        Example(
            "A capital letter in a folder with a rule", 1, dag={"dag_id": "Shop", "file": "shop/a.py"}, options=_SHOP
        ),
        Example("It fits its folder", dag={"dag_id": "shop_orders", "file": "shop/a.py"}, options=_SHOP),
        Example("Another folder, without a rule", dag={"dag_id": "Free", "file": "other/a.py"}, options=_SHOP),
        Example("No rules were given", dag={"dag_id": "Any.Thing"}),
    ),
)
def dag_id_pattern(dag: DagView, *, patterns: Mapping[str, str] = {}) -> Iterator[str]:
    """Tell which DAG ids do not follow the pattern that you gave for their folder.

    The first pattern whose folder (such as ``finance/*``, below dags/) fits a DAG's file is the one that counts.
    """
    pattern = next((p for folder, p in patterns.items() if fnmatchcase(dag.dag.file, folder)), "")
    if pattern and not _compiled(pattern).fullmatch(dag.dag.dag_id):
        yield f"its id does not fit {pattern!r}"


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f"The pattern {pattern!r} of GV104 is no regular expression.",
            why=str(error),
            fix="correct it under [assess.options.GV104] in migrate.toml",
        ) from error
