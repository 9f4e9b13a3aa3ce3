"""CP202: packages that nobody could check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import COMPOSER, Example, of_estate
from migrator.assess.model import Problem, Severity
from migrator.assess.resolver import NotResolved, Resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


@of_estate(
    "CP202",
    Severity.WARNING,
    fix="Give --index for a private index, run it where the index answers, or try the package in a test environment.",
    link=f"{COMPOSER}/install-python-dependencies",
    minutes=20,
    examples=(
        Example(
            "A package that the index does not have, or has no wheel of",
            1,
            more={"packages": Resolved(unknown={"acme": "not there"})},
        ),
        Example(
            "No network: that is said once", 1, more={"packages": NotResolved("the index does not answer", "later")}
        ),
        Example(
            "Nothing was asked for",
            more={"packages": NotResolved("there are no packages beside those of the image", "")},
        ),
        Example("All fit", more={"packages": Resolved(pins={"pandas": "2.2.3"})}),
    ),
)
def package_not_checked(estate: Estate) -> Iterator[Problem]:
    """Tell which packages could not be checked against the target, and why.

    Private packages are not on PyPI; packages without a wheel would be built from source, which nothing here does.
    """
    match estate.packages:
        case Resolved(unknown=unknown):
            yield from (Problem(f"package {name} could not be checked: {why}") for name, why in unknown.items())
        case NotResolved(why=why, fix=fix) if fix:
            yield Problem(f"no package was checked against the target: {why}; {fix}")
