"""CP203: packages that have no place in Airflow 2."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP203",
    Severity.ERROR,
    fix="Leave it out of the target's packages.",
    link=f"{COMPOSER}/install-python-dependencies",
    minutes=10,
    examples=(
        Example(
            "A backport of a provider",
            1,
            environment=replace(FACTS, packages={"apache-airflow-backport-providers-google": ""}),
        ),
        Example(
            "A module of Python's own, for an older one", 1, environment=replace(FACTS, packages={"enum34": "==1.1.10"})
        ),
        Example("A package like any other", environment=replace(FACTS, packages={"pandas": "==2.2.3"})),
        Example("No packages"),
    ),
)
def package_gone(estate: Estate) -> Iterator[Problem]:
    """Tell which packages must not come along.

    Backports of providers are for Airflow 1.10 only; backports of Python's own modules hide those of Python 3.11.
    """
    for name in estate.inventory.environment.packages:
        if instead := instead_of(name):
            yield Problem(f"package {name}: {instead}")


def instead_of(name: str) -> str:
    """What to do in place of a package that has no place in Airflow 2; empty for any other."""
    table = column("gone_packages", "pattern", "instead").items()
    return next((instead for pattern, instead in table if fnmatchcase(canonicalize_name(name), pattern)), "")
