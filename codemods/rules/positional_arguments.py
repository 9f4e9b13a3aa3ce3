"""CM505: arguments by position of hooks, connections and other classes, whose places are others on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.profiles.methods import Method
from codemods.support.calls import naming, positional
from codemods.support.method_calls import Named, by_position
from codemods.support.receivers import constructed_kind
from codemods.support.renames import IGNORED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.profiles import Signature
    from codemods.support.receivers import Kind

_TASK = "airflow.models.baseoperator.BaseOperator"
_DAG = "airflow.models.dag.DAG"
_QUERY = "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n"
_CONNECTION = "from airflow.models import Connection\n\n"


class PositionalArguments(Rule):
    """Name arguments by position where the place means something else on the target.

    ``BigQueryHook('conn')`` named the connection in 1.10, and switches legacy SQL now; the third argument of
    ``Connection`` was the host, and is a description. Operators and DAGs have rules of their own. Code that was written
    for an early Airflow 2 may mean what the target means, so this is for a review.
    """

    code = "CM505"
    name = "positional-arguments"
    safety = Safety.UNSAFE
    watches = (cst.Call,)
    examples = (
        Example("the connection of a hook", _QUERY + "BigQueryHook('c', None, False)\n",
                _QUERY + "BigQueryHook(gcp_conn_id='c', use_legacy_sql=False)\n", unsafe=True),
        Example("a connection", _CONNECTION + "Connection('c', 'http', 'example.com', port=80)\n",
                _CONNECTION + "Connection('c', 'http', host='example.com', port=80)\n", unsafe=True),
        Example(
            "in a class of ours",
            _QUERY + "class Ours(BigQueryHook):\n    def __init__(self, conn):\n"
            "        super(Ours, self).__init__(conn)\n",
            _QUERY + "class Ours(BigQueryHook):\n    def __init__(self, conn):\n"
            "        super(Ours, self).__init__(gcp_conn_id=conn)\n",
            unsafe=True,
        ),
        Example(
            "what 1.10 ignored",
            "from airflow.hooks.base_hook import BaseHook\n\n\nclass A(BaseHook):\n    def __init__(self, conn):\n"
            "        super(A, self).__init__(conn)\n",
            "from airflow.hooks.base_hook import BaseHook\n\n\nclass A(BaseHook):\n    def __init__(self, conn):\n"
            "        super(A, self).__init__()\n",
        ),
        Example("without --unsafe", _CONNECTION + "Connection('c', 'http', 'example.com')\n", flagged=True),
        Example("one that is gone", _QUERY + "BigQueryHook('c', 'a@b.c')\n", unsafe=True, flagged=True),
        Example("places that are the same", "from airflow.contrib.hooks.gcs_hook import GoogleCloudStorageHook\n\n"
                "GoogleCloudStorageHook('c')\n", unsafe=True),
        Example("by name", _CONNECTION + "Connection('c', 'http', host='example.com')\n", unsafe=True),
        Example("an exception", "from airflow.exceptions import AirflowException\n\nAirflowException('a', 'b')\n"),
        Example("unpacked", _QUERY + "BigQueryHook(*more)\n", unsafe=True),
        Example("one of ours", "import airflow\nfrom ours import Connection\n\nConnection(1, 2, 3)\n", unsafe=True),
        Example("a class of Airflow 2", "from airflow.providers.google.cloud.hooks.bigquery import BigQueryHook\n\n"
                "BigQueryHook(True)\n", unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Compare the places of a call with those of the class that it reaches."""
        kind = constructed_kind(node, file) if positional(node) else None
        if kind is None or not kind.old or kind.new == _DAG or file.target.is_a(kind.new, _TASK):
            return
        before, after = kind.made_before(), file.target.signature(kind.new)
        if before is None or after is None or not (before.positional and after.positional):
            return
        found = list(by_position(node, kind, "__init__", _method(before), _method(after)))
        named = {one.arg: one.name for one in found if isinstance(one, Named)}
        refused = [one for one in found if not isinstance(one, Named)]
        if len(positional(node)) > len(before.positional):
            return
        places = dict(zip(node.args, before.positional, strict=False))
        gone = [one for one in refused if _without_meaning(one.node, places, kind)]
        yield from (Flag(one.node, one.why) for one in refused if one not in gone)
        if len(gone) == len(refused) and (named or gone):
            names = f": name {', '.join(named.values())}" if named else ""
            what = f"places of {kind.new.rpartition('.')[2]} are others now{names}"
            dropped = frozenset(one.node for one in gone)
            safety = None if named else Safety.SAFE
            yield Fix(node, what, (Edit(node, naming(node, named, dropped)),), safety=safety)


def _without_meaning(node: cst.CSTNode, places: Mapping[cst.Arg, str], kind: Kind) -> bool:
    """Whether an argument that has no place any more said nothing: None, or one that 1.10 ignored."""
    if not isinstance(node, cst.Arg):
        return False
    return is_name(node.value, "None") or (kind.new.rpartition(".")[2], places.get(node, "")) in IGNORED


def _method(signature: Signature) -> Method:
    """A constructor as a method; an open one is told by what it names."""
    further = tuple(sorted(signature.named - {*signature.positional}))
    return Method(signature.positional, further, more=signature.open)
