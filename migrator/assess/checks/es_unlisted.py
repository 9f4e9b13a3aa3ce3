"""ES315: files whose DAGs nobody can list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.model import Problem, Severity
from migrator.model.dag import Unlisted
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "ES315",
    Severity.ERROR,
    fix="Read the file and write its DAGs down: each has to be in the plan, or stay behind on purpose.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/howto/dynamic-dag-generation.html",
    holds=Readiness.PERSON,
    minutes=30,
    examples=(
        Example(
            "A factory",
            1,
            files={"dags/factory.py": "for name in names():\n    make(name)\n"},
            more={"unlisted": (Unlisted("factory.py", 2, "it reads a database"),)},
        ),
        Example("Every DAG is listed"),
    ),
)
def file_unlisted(estate: Estate) -> Iterator[Problem]:
    """Tell which files make DAGs that can only be listed by running them.

    Those DAGs are in no count, no plan and no wave. What they wait for, and who waits for them, is unknown.
    """
    for one in estate.inventory.unlisted:
        yield Problem(f"its DAGs could not be listed: {one.why}", one.line, f"dags/{one.file}", ())
