"""CP218: XComs that are large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import NOW
from migrator.assess.model import Problem, Severity
from migrator.model.usage import LargeXCom, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate


def _with(size: int) -> dict[str, Usage]:
    return {"usage": Usage(NOW, xcoms=(LargeXCom("orders", "load", size),))}


@of_estate(
    "CP218",
    Severity.WARNING,
    fix="Write the data to the bucket and return its path, or configure an XCom backend that does so.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/xcoms.html",
    minutes=30,
    examples=(
        Example("A data frame's worth", 1, more=_with(3_000_000)),
        Example("Larger than a list of names", 1, more=_with(49_153)),
        Example("A long list of names", more=_with(40_000)),
        Example("A limit of the company", more=_with(3_000_000), options={"kilobytes": 4096}),
        Example("Nothing is known of XComs"),
    ),
)
def xcom_large(estate: Estate, *, kilobytes: int = 48) -> Iterator[Problem]:
    """Tell which tasks leave large values to others.

    Each lies in the metadata database, which grows by it with every run, and every reader loads it whole.
    """
    for one in estate.inventory.usage.xcoms if estate.inventory.usage else ():
        if one.bytes > kilobytes * 1024:
            yield Problem(f"the XCom of {one.task_id} has {one.bytes / 1024:,.0f} kB", dags=(one.dag_id,))
