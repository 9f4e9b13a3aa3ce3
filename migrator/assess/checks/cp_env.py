"""CP208: environment variables that belong to Composer."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP208",
    Severity.ERROR,
    fix="Leave it out; an option of Airflow is set as an override, another value under a name of your own.",
    link=f"{COMPOSER}/set-environment-variables",
    minutes=10,
    examples=(
        Example("A name that Composer sets itself", 1, environment=replace(FACTS, env_variables={"GCS_BUCKET": "b"})),
        Example(
            "An option of Airflow", 1, environment=replace(FACTS, env_variables={"AIRFLOW__CORE__PARALLELISM": "9"})
        ),
        Example("One of a family", 1, environment=replace(FACTS, env_variables={"SQL_HOST": "h"})),
        Example("A name of your own", environment=replace(FACTS, env_variables={"REGION": "eu", "MY_SQL_HOST": "h"})),
    ),
)
def env_variable_reserved(estate: Estate) -> Iterator[Problem]:
    """Tell which environment variables of v1 have a name that Composer 2 keeps for itself.

    Creating or updating the target with one of them fails.
    """
    for name in estate.inventory.environment.env_variables:
        if any(fnmatchcase(name, pattern) for pattern in column("reserved_env", "pattern", "source")):
            yield Problem(f"the environment variable {name} is reserved")
