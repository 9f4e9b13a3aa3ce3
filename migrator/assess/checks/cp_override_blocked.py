"""CP206: Airflow options that Composer 2 does not let you set."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP206",
    Severity.ERROR,
    fix="Leave the override out; where it mattered, use what Composer offers instead.",
    link="https://cloud.google.com/composer/docs/concepts/airflow-configurations",
    minutes=15,
    examples=(
        Example("Blocked by name", 1, environment=replace(FACTS, overrides={"core-load_examples": "True"})),
        Example("Blocked with its whole section", 1, environment=replace(FACTS, overrides={"cli-api_client": "x"})),
        Example("Allowed", environment=replace(FACTS, overrides={"core-parallelism": "64"})),
        Example("None"),
    ),
)
def override_blocked(estate: Estate) -> Iterator[Problem]:
    """Tell which of v1's Airflow overrides Composer 2 refuses.

    Creating or updating the target with one of them fails as a whole.
    """
    for key in estate.inventory.environment.overrides:
        if any(fnmatchcase(key, pattern) for pattern in column("blocked_overrides", "pattern", "source")):
            yield Problem(f"the override {key} is blocked")
