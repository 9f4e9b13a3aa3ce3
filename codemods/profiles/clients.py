"""Which files and classes of Google's client libraries a profile holds: their clients, and tables and buckets."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOTS = ("google/cloud", "google/pubsub_v1")
_LIBRARIES = (
    "secretmanager|pubsub|storage|bigquery|bigquery_datatransfer|bigquery_storage|language|vision|speech|texttospeech"
    "|videointelligence|translate|kms|dlp|tasks|container|redis|automl|datacatalog|dataproc|monitoring|logging"
    "|bigtable|spanner|memcache"
)
"""Those that images with Airflow 1.10 had; later ones have no calls in the old way."""
_FILE = re.compile(
    rf"google/(cloud/)?({_LIBRARIES})(_v\d+)?"
    r"(\.py|/(__init__|client|bucket|blob|dataset|table)\.py|/(services/(\w+/)?|gapic/|publisher/|subscriber/)\w+\.py)"
)
_PARTS = frozenset({"Bucket", "Blob", "Dataset", "DatasetReference", "Table", "TableReference"})
_BY_HAND = re.compile(r"google\.cloud\.(storage|bigquery)\b")


def is_client_file(path: str) -> bool:
    """Whether a file of a library defines, or passes on, its clients."""
    return _FILE.fullmatch(path) is not None and not path.endswith(("async_client.py", "_config.py"))


def is_client(module: str, name: str) -> bool:
    """Whether a class of a library is a client, or what clients of storage and BigQuery give."""
    return (name.endswith("Client") and "Async" not in name) or (name in _PARTS and bool(_BY_HAND.match(module)))


def passed_on(imported: Mapping[str, str], module: str) -> dict[str, str]:
    """Those of a library's imports through which its clients are reached: they, and its own modules."""
    return {
        name: target
        for name, target in imported.items()
        if target.startswith(("google.cloud.", "google.pubsub")) and (name[:1].islower() or is_client(module, name))
    }


def added_base(node: ast.ClassDef) -> str:
    """The class whose methods a decorator of Pub/Sub 1 adds; empty when there is none."""
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("add_methods") and one.args:
            return ast.unparse(one.args[0])
    return ""
