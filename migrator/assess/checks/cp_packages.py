"""CP201: the packages of v1 fit beside what the image has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity
from migrator.assess.resolver import NotResolved, Resolved
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

_OLD = Resolved(refused={"pandas": "apache-airflow-providers-google==18.0.0 depends on pandas>=2.1.2"})


@of_estate(
    "CP201",
    Severity.ERROR,
    fix="Take the pin out, or choose a version that the image allows; run the DAGs that use it against that one.",
    link=f"{COMPOSER}/install-python-dependencies",
    holds=Readiness.BLOCKED,
    minutes=60,
    examples=(
        Example("A version that the image's providers exclude", 1, more={"packages": _OLD}),
        Example("It blocks the DAGs that import it", 1, added("\nimport pandas\n"), more={"packages": _OLD}),
        Example(
            "Two that fit alone and not together", 1, more={"packages": Resolved(together="a needs b<1, c needs b>1")}
        ),
        Example("All fit", more={"packages": Resolved(pins={"pandas": "2.2.3"})}),
        Example("Not asked (CP202 says so)", more={"packages": NotResolved("no network", "later")}),
    ),
)
def package_conflict(estate: Estate) -> Iterator[Problem]:
    """Tell which of v1's packages cannot be installed in the target.

    The real resolver, uv, is asked, with the versions of Airflow and its providers in the image as pins. An
    environment in which one package does not fit gets none of them: the update fails.
    """
    if isinstance(estate.packages, Resolved):
        for name, why in estate.packages.refused.items():
            spec = estate.inventory.environment.packages.get(name, "")
            yield Problem(f"package {name}{spec} does not fit: {why}", dags=estate.importing(_module(name)))
        if estate.packages.together:
            yield Problem(f"the packages do not fit together: {estate.packages.together}")


def _module(package: str) -> str:
    """The module that a package most likely brings."""
    return package.replace("google-cloud-", "google.cloud.").replace("-", "_").lower()
