"""ES312: one DAG id in two files."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.examples import CLEAN
from migrator.assess.model import Problem, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "ES312",
    Severity.ERROR,
    fix="Give each its own id, or delete one; until then it is unknown which of them runs.",
    link=DAGS,
    holds=Readiness.PERSON,
    minutes=20,
    examples=(
        Example("Two files make one DAG", 1, {"dags/old/orders.py": CLEAN}),
        Example("Two DAGs", files={"dags/other.py": CLEAN.replace('"orders"', '"prices"')}),
        Example("A file that only mentions it", files={"dags/other.py": "NAME = 'orders'\n"}),
    ),
)
def dag_id_twice(estate: Estate) -> Iterator[Problem]:
    """Tell which DAG ids stand in more than one file.

    The parser takes the file that it reads last, another one each time. Airflow 2 reads in another order than 1.10.
    """
    places: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, file in estate.files.items():
        for call in file.dag_calls:
            if call.dag_id:
                places[call.dag_id].append((path, call.line))
    for dag_id, found in sorted(places.items()):
        if len({path for path, _ in found}) > 1:
            others = ", ".join(sorted({path for path, _ in found[1:]} - {found[0][0]}))
            yield Problem(f"DAG {dag_id} is made in {others} too", found[0][1], found[0][0], (dag_id,))
