"""Connections that each Airflow makes by itself, with other contents in each version: nobody has to answer for them."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from migrator.inventory.named import named

if TYPE_CHECKING:
    from pathlib import Path

WHY = "each version of Airflow makes its own, and no DAG names it"


@cache
def shipped() -> frozenset[str]:
    """The ids of the connections that Airflow 1.10.15 makes."""
    text = resources.files("migrator.verify").joinpath("tables/default_connections.csv").read_text("utf-8")
    return frozenset(row["conn_id"] for row in csv.DictReader(text.splitlines()))


def idle_defaults(dags: Path) -> dict[str, str]:
    """For ``verify.accept``: those that no file of the source's DAGs names, as patterns with the reason."""
    return {f"connection {name}: *": WHY for name in sorted(shipped() - named(dags, shipped()))}
