"""What an argument of 1.10 is called by the class that it reaches on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.tables import renamed_arguments

if TYPE_CHECKING:
    from codemods.profiles import Signature

CONNECTIONS = ("bigquery_conn_id", "google_cloud_storage_conn_id", "google_cloud_conn_id", "datastore_conn_id")
IGNORED = frozenset({("BaseHook", "source")})
"""Class and argument that 1.10 took and did nothing with."""
_GOOGLE = "airflow.providers.google."


def is_connection(called: str, name: str, signature: Signature) -> bool:
    """Whether it is one of the connections of Google's classes that became ``gcp_conn_id``."""
    gone = name in CONNECTIONS and name not in signature.named
    return gone and called.startswith(_GOOGLE) and signature.accepts("gcp_conn_id")


def new_name(called: str, old: str, signature: Signature) -> str | None:
    """The argument's name on the target, empty when it just goes; None when the target takes it, or no table knows."""
    if old in signature.named:
        return None
    if is_connection(called, old, signature):
        return "gcp_conn_id"
    new = renamed_arguments().get((called.rpartition(".")[2], old))
    return new if not new or signature.accepts(new) else None
