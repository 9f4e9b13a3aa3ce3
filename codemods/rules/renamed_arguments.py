"""CM501: arguments of operators, sensors and hooks that have another name on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import remove_keyword, rename_keyword
from codemods.support.constructing import constructs
from codemods.support.renames import CONNECTIONS, IGNORED, is_connection, new_name
from codemods.tables import renamed_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.profiles import Signature

_GOOGLE = "airflow.providers.google."
_HOOK = "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n"
_TRANSFER = "from airflow.contrib.operators.gcs_to_bq import GoogleCloudStorageToBigQueryOperator\n\n"
_BASE = "from airflow.hooks.base_hook import BaseHook\n\n\n"
_DOWNLOAD = "from airflow.contrib.operators.gcs_download_operator import GoogleCloudStorageDownloadOperator\n\n\n"
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
            "passed on by a class of the file",
            _DOWNLOAD + "class Ours(GoogleCloudStorageDownloadOperator):\n    def __init__(self, **more):\n"
            "        super().__init__(object='a', google_cloud_storage_conn_id='c', **more)\n\n\n"
            "Ours(task_id='t', bucket='b')\n",
            _DOWNLOAD + "class Ours(GoogleCloudStorageDownloadOperator):\n    def __init__(self, **more):\n"
            "        super().__init__(object_name='a', gcp_conn_id='c', **more)\n\n\n"
            "Ours(task_id='t', bucket='b')\n",
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
        Example(
            "what 1.10 took and ignored",
            _BASE + "class A(BaseHook):\n    def __init__(self):\n        super(A, self).__init__(source=None)\n",
            _BASE + "class A(BaseHook):\n    def __init__(self):\n        super(A, self).__init__()\n",
        ),
        Example("a sensor that keeps the name", _SENSOR + "GCSObjectExistenceSensor(google_cloud_conn_id='a')\n"),
        Example("already right", _BUILD + "CloudBuildCreateBuildOperator(task_id='a', build=BODY)\n"),
        Example("one of ours", "import airflow\nfrom ours import BigQueryHook\n\nBigQueryHook(bigquery_conn_id='a')\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Compare the keywords of a call with the signature of the class that they reach on the target."""
        if node.func in file.taken or _KNOWN.isdisjoint(_keywords(node)):
            return
        reached = {name: _reached(node, name, file) for name in _keywords(node) if name in _KNOWN}
        yield from _connections(node, reached)
        for arg in node.args:
            old = arg.keyword.value if arg.keyword is not None else ""
            if (found := reached.get(old)) is None:
                continue
            called, signature = found
            if old == "delegate_to" and called.startswith(_GOOGLE):
                yield from _delegation(node, arg, called)
            elif not is_connection(called, old, signature):
                ignored = (called.rpartition(".")[2], old) in IGNORED
                yield from _rename(node, arg, new_name(called, old, signature), ignored=ignored)


_KNOWN = frozenset({*CONNECTIONS, "delegate_to", *(old for _, old in renamed_arguments())})


def _keywords(node: cst.Call) -> list[str]:
    return [arg.keyword.value for arg in node.args if arg.keyword is not None]


def _reached(node: cst.Call, name: str, file: File) -> tuple[str, Signature] | None:
    """The class of the target that gets a keyword, called itself or through classes of the file, and its signature."""
    called = constructs(node, file, name)
    signature = file.target.signature(called) if called else None
    return (called, signature) if signature is not None else None


def _rename(node: cst.Call, arg: cst.Arg, new: str | None, *, ignored: bool) -> Iterator[Fix]:
    assert arg.keyword is not None  # noqa: S101 - the caller looked it up
    old = arg.keyword.value
    if new == "":
        safety = Safety.SAFE if ignored else Safety.UNSAFE
        yield Fix(arg, f"{old} has no meaning any more", (remove_keyword(node, old),), safety=safety)
    elif new is not None and argument(node, new) is None:
        yield Fix(arg, f"{old} is now {new}", (rename_keyword(arg, new),))


def _connections(node: cst.Call, reached: Mapping[str, tuple[str, Signature] | None]) -> Iterator[Fix | Flag]:
    names = [name for name, found in reached.items() if found is not None and is_connection(found[0], name, found[1])]
    given = [arg for arg in node.args if arg.keyword is not None and arg.keyword.value in names]
    if not given:
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


def _delegation(node: cst.Call, given: cst.Arg, called: str) -> Iterator[Fix | Flag]:
    if is_name(given.value, "None"):
        yield Fix(given, "delegate_to is gone", (remove_keyword(node, "delegate_to"),))
    elif ".suite." not in called and ".marketing_platform." not in called:
        yield Flag(given, "delegate_to is gone: name a service account in impersonation_chain instead")
