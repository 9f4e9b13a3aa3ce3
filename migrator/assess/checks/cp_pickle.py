"""CP216: XComs that are no JSON, or are large."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import FACTS
from migrator.assess.model import Problem, Severity
from migrator.model.sealed import clear

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.estate import Estate

KEY = "core-enable_xcom_pickling"


@of_estate(
    "CP216",
    Severity.WARNING,
    fix="Return JSON from tasks, or keep the setting in the target and know that whoever writes an XCom can run code.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/xcoms.html",
    minutes=30,
    examples=(
        Example("XComs are pickled", 1, environment=replace(FACTS, overrides={"core-enable_xcom_pickling": "True"})),
        Example(
            "They are JSON by choice", environment=replace(FACTS, overrides={"core-enable_xcom_pickling": "False"})
        ),
        Example("Another switch", environment=replace(FACTS, overrides={"core-donot_pickle": "True"})),
    ),
)
def xcom_pickled(estate: Estate) -> Iterator[Problem]:
    """Tell whether XComs are pickled in v1.

    Airflow 2 takes JSON unless told otherwise: a task that returns a data frame or an object then fails.
    """
    if clear(estate.inventory.environment.overrides).get(KEY, "").lower() == "true":
        yield Problem("XComs are pickled in v1, and JSON in Airflow 2")
