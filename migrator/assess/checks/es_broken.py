"""ES306: files that v1 cannot import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_estate
from migrator.assess.model import Problem, Severity
from migrator.model.dag import BrokenFile
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "ES306",
    Severity.ERROR,
    fix="Fix it in v1 or delete it there: somebody may believe that it runs.",
    link=DAGS,
    holds=Readiness.BLOCKED,
    minutes=30,
    examples=(
        Example("An import that fails", 1, more={"broken_files": (BrokenFile("a.py", "ImportError: no gone"),)}),
        Example("Every file loads"),
    ),
)
def broken_file(estate: Estate) -> Iterator[Problem]:
    """Tell which files v1's own Airflow cannot import.

    The DAGs in them do not run there, so what they should do is unknown, and they are not carried over.
    """
    for one in estate.inventory.broken_files:
        yield Problem(
            f"v1 cannot import it: {one.message.strip().splitlines()[-1] if one.message.strip() else '?'}",
            0,
            f"dags/{one.file}",
        )
