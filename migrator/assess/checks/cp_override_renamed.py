"""CP207: Airflow options that have another name in Airflow 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP207",
    Severity.WARNING,
    fix="Set it under its new name, or leave it out where there is none.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/configurations-ref.html",
    examples=(
        Example("Moved to another section", 1, environment=replace(FACTS, overrides={"core-logging_level": "INFO"})),
        Example("Another name", 1, environment=replace(FACTS, overrides={"core-dag_concurrency": "16"})),
        Example("Gone without a successor", 1, environment=replace(FACTS, overrides={"webserver-rbac": "True"})),
        Example("The same as before", environment=replace(FACTS, overrides={"core-parallelism": "64"})),
    ),
)
def override_renamed(estate: Estate) -> Iterator[Problem]:
    """Tell which of v1's Airflow overrides have another name in Airflow 2, or none.

    Under the old name some still work with a warning, and others do nothing at all.
    """
    table = {row["old"]: row for row in rows("renamed_overrides")}
    for key in estate.inventory.environment.overrides:
        if key in table:
            new, since = table[key]["new"], table[key]["since"]
            yield Problem(
                f"the override {key} is {new} since Airflow {since}"
                if new
                else f"the override {key} is gone since Airflow {since}"
            )
