"""What the operators of the Google provider have in common: connections and their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.file import argument
from codemods.support.default_args import default_keys
from codemods.support.rebuild import NotRebuilt

if TYPE_CHECKING:
    import libcst as cst

    from codemods.engine.file import File

_OLD = ("bigquery_conn_id", "google_cloud_conn_id", "google_cloud_default_conn_id")


def connections(call: cst.Call) -> dict[str, str]:
    """The renaming of a connection's argument to ``gcp_conn_id``; NotRebuilt when several would become one."""
    given = [name for name in (*_OLD, "gcp_conn_id") if argument(call, name) is not None]
    if len(given) > 1:
        raise NotRebuilt(f"{' and '.join(given)} become one gcp_conn_id: choose")
    return {name: "gcp_conn_id" for name in given if name != "gcp_conn_id"}


def old_default(call: cst.Call, file: File, connection: str) -> dict[str, str]:
    """The connection that a class of 1.10 used when none was named, to be written out; empty for newer classes."""
    old = all(name.startswith(("airflow.contrib.", "airflow.operators.")) for name in file.written(call.func))
    names = (*_OLD, "gcp_conn_id")
    named = argument(call, *names) is not None or not default_keys(file).isdisjoint(names)
    return {"gcp_conn_id": f'"{connection}"'} if old and not named else {}
