"""CP213: connections whose kind the target does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from migrator.assess.check import Example, of_estate
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column
from migrator.model.readiness import Readiness
from migrator.model.resources import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrator.assess.estate import Estate


@of_estate(
    "CP213",
    Severity.ERROR,
    fix="Add the provider that the message names to [target.packages] of migrate.toml.",
    link="https://airflow.apache.org/docs/apache-airflow-providers/core-extensions/connections.html",
    holds=Readiness.BLOCKED,
    minutes=15,
    examples=(
        Example("A provider that the image lacks", 1, connections=(Connection("ftp_a", "mssql", "f"),)),
        Example(
            "It blocks the DAGs that use it",
            1,
            added("\nHOOK = 'lake'\n"),
            connections=(Connection("lake", "snowflake", "f"),),
        ),
        Example(
            "One that Airflow 1.10 made by itself, and no DAG uses",
            connections=(Connection("presto_default", "presto", "f"),),
        ),
        Example(
            "A kind that the image has",
            connections=(Connection("pg", "postgres", "f"), Connection("g", "google_cloud_platform", "f")),
        ),
        Example("No kind at all is allowed", connections=(Connection("plain", "", "f"), Connection("none", None, "f"))),
    ),
)
def connection_without_provider(estate: Estate) -> Iterator[Problem]:
    """Tell which connections are of a kind that the target has no provider for.

    The connection itself can be carried; a hook for it is not there, and neither is its form in the web server.
    """
    table, used = column("connection_types", "conn_type", "provider"), _used(estate)
    for one in estate.inventory.connections:
        provider = table.get(one.conn_type or "")
        installed = provider == "" or _has(estate, provider)
        if not installed and (
            one.conn_id not in column("default_connections", "conn_id", "source") or used.get(one.conn_id)
        ):
            yield Problem(
                f"connection {one.conn_id} ({one.conn_type}): {_needs(provider)}", dags=used.get(one.conn_id, ())
            )


def _used(estate: Estate) -> Mapping[str, tuple[str, ...]]:
    """The DAGs whose files name each connection in a string of its own."""
    ids = {one.conn_id for one in estate.inventory.connections}
    found: dict[str, set[str]] = {}
    for path, file in estate.files.items():
        for text in file.strings:
            if text.value in ids:
                found.setdefault(text.value, set()).update(estate.dags_of.get(path, ()))
    return {conn_id: tuple(sorted(dag_ids)) for conn_id, dag_ids in found.items()}


def _has(estate: Estate, provider: str | None) -> bool:
    name = f"apache-airflow-providers-{provider}"
    has = {canonicalize_name(one) for one in estate.inventory.environment.packages}
    return estate.target.package(name) is not None or name in has


def _needs(provider: str | None) -> str:
    match provider:
        case None:
            return "no provider is known for this kind"
        case "(removed)":
            return "Airflow 2 has nothing for this kind"
        case _:
            return f"the target lacks apache-airflow-providers-{provider}"
