"""CM501: arguments of operators, sensors and hooks that have another name on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword, rename_keyword
from codemods.tables import renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.profiles import Signature

_GOOGLE = "airflow.providers.google."
_CONNECTIONS = ("bigquery_conn_id", "google_cloud_storage_conn_id", "google_cloud_conn_id", "datastore_conn_id")
_HOOK = "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n"
_TRANSFER = "from airflow.contrib.operators.gcs_to_bq import GoogleCloudStorageToBigQueryOperator\n\n"
_BUILD = "from airflow.providers.google.cloud.operators.cloud_build import CloudBuildCreateBuildOperator\n\n"
_SENSOR = "from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor\n\n"


class RenamedArguments(Rule):
    """Pass arguments by the names that the classes of the target have.

    Each rename belongs to a class, and happens only where the target refuses the old name and takes the new one. The
    connections of Google classes became ``gcp_conn_id``; where two become one and differ, a person has to choose.
    ``delegate_to`` is gone everywhere: one that is None goes with it, any other needs ``impersonation_chain``.
    """

    code = "CM501"
    name = "renamed-arguments"
    since = "2.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    watches = (cst.Call,)
    examples = (
        Example(
            "the connection of a hook",
            _HOOK + "BigQueryHook(bigquery_conn_id='a', location='EU')\n",
            _HOOK + "BigQueryHook(gcp_conn_id='a', location='EU')\n",
        ),
        Example(
            "an argument with a new name",
            _BUILD + "CloudBuildCreateBuildOperator(task_id='a', body=BODY)\n",
            _BUILD + "CloudBuildCreateBuildOperator(task_id='a', build=BODY)\n",
        ),
        Example(
            "two connections that are one",
            _TRANSFER + "GoogleCloudStorageToBigQueryOperator(\n    bigquery_conn_id='a',  # both\n"
            "    google_cloud_storage_conn_id='a',\n)\n",
            _TRANSFER + "GoogleCloudStorageToBigQueryOperator(\n    gcp_conn_id='a',  # both\n)\n",
        ),
        Example(
            "nobody to delegate to",
            _HOOK + "BigQueryHook(gcp_conn_id='a', delegate_to=None)\n",
            _HOOK + "BigQueryHook(gcp_conn_id='a')\n",
        ),
        Example(
            "two connections that differ",
            _TRANSFER + "GoogleCloudStorageToBigQueryOperator(bigquery_conn_id='a', "
            "google_cloud_storage_conn_id='b')\n",
            flagged=True,
        ),
        Example("somebody to delegate to", _HOOK + "BigQueryHook(delegate_to='a@b.c')\n", flagged=True),
        Example("a sensor that keeps the name", _SENSOR + "GCSObjectExistenceSensor(google_cloud_conn_id='a')\n"),
        Example("already right", _BUILD + "CloudBuildCreateBuildOperator(task_id='a', build=BODY)\n"),
        Example("one of ours", "import airflow\nfrom ours import BigQueryHook\n\nBigQueryHook(bigquery_conn_id='a')\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Compare the keywords of a call with the signature on the target."""
        called = file.called(node)
        if not called.startswith("airflow.") or node.func in file.taken:
            return
        signature = file.target.signature(called)
        if signature is None:
            return
        if called.startswith(_GOOGLE):
            yield from _connections(node, signature)
            yield from _delegation(node, called)
        for arg in node.args:
            old = arg.keyword.value if arg.keyword is not None else ""
            new = renamed_arguments().get((called.rpartition(".")[2], old))
            if new is not None and old not in signature.named:
                yield from _rename(node, arg, new, signature)


def _rename(node: cst.Call, arg: cst.Arg, new: str, signature: Signature) -> Iterator[Fix]:
    assert arg.keyword is not None  # noqa: S101 - the caller looked it up
    old = arg.keyword.value
    if not new:
        yield Fix(arg, f"{old} has no meaning any more", (remove_keyword(node, old),), safety=Safety.UNSAFE)
    elif argument(node, new) is None and signature.accepts(new):
        yield Fix(arg, f"{old} is now {new}", (rename_keyword(arg, new),))


def _connections(node: cst.Call, signature: Signature) -> Iterator[Fix | Flag]:
    names = [name for name in _CONNECTIONS if name not in signature.named]
    given = [arg for arg in node.args if arg.keyword is not None and arg.keyword.value in names]
    if not given or not signature.accepts("gcp_conn_id"):
        return
    kept = argument(node, "gcp_conn_id")
    values = {literal(arg.value) for arg in [*given, *([kept] if kept else [])]}
    first = given[0]
    if len(given) + bool(kept) > 1 and (len(values) > 1 or None in values):
        told = " and ".join(arg.keyword.value for arg in given if arg.keyword)
        yield Flag(first, f"{told} become one gcp_conn_id: choose the connection that may do both")
        return
    gone = given if kept else given[1:]
    edits = [remove_keyword(node, arg.keyword.value) for arg in gone if arg.keyword]
    edits += [] if kept else [rename_keyword(first, "gcp_conn_id")]
    yield Fix(first, "connections of the Google provider are gcp_conn_id", tuple(edits))


def _delegation(node: cst.Call, called: str) -> Iterator[Fix | Flag]:
    given = argument(node, "delegate_to")
    if given is None:
        return
    if is_name(given.value, "None"):
        yield Fix(given, "delegate_to is gone", (remove_keyword(node, "delegate_to"),))
    elif ".suite." not in called and ".marketing_platform." not in called:
        yield Flag(given, "delegate_to is gone: name a service account in impersonation_chain instead")
