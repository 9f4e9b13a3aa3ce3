"""CP219: packages that are no requirements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.assess.requirement import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


def _facts(name: str, spec: str) -> Example:
    return Example(f"{name!r}: {spec!r}", 1, environment=replace(FACTS, packages={name: spec}))


@of_estate(
    "CP219",
    Severity.ERROR,
    fix="Write it as a name with extras and versions, or leave it out; put a package of your own into an index.",
    link=f"{COMPOSER}/install-python-dependencies",
    minutes=30,
    examples=(
        _facts("requests", "==2.31.0\n-e ./local"),
        _facts("requests", " @ file:///srv/local"),
        _facts("--index-url", "=https://index.example"),
        _facts("./local", ""),
        _facts("local.tar.gz", ""),
        Example("Versions", environment=replace(FACTS, packages={"pandas": ">=2,<3", "requests": "==2.31.*"})),
        Example("Extras and any version", environment=replace(FACTS, packages={"celery": "[redis]", "six": "*"})),
        Example("A marker", environment=replace(FACTS, packages={"tomli": ">=2; python_version < '3.11'"})),
        Example("No packages"),
    ),
)
def package_no_requirement(estate: Estate) -> Iterator[Problem]:
    """Tell which packages are not a name with extras, versions and a marker.

    An address, a path, an option or a second line would make an installer build or read what the estate chose; such
    a package is neither resolved, nor put into the target or the local environment.
    """
    for one in named(estate.inventory.environment.packages).refused:
        yield Problem(f"package {one.name!r} is not taken: {one.why}")
