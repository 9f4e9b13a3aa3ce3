"""CM308: arguments that classes of the Google provider no longer take, or newly require."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import positional
from codemods.tables import signatures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_PREFIX = "airflow.providers.google."
_HEAD = "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n"


class GoogleArguments(Rule):
    """Find arguments that raise with the Google provider of Composer 2, which 1.10 took or only warned about."""

    code = "CM308"
    name = "google-arguments"
    safety = Safety.FLAG
    since = "google 18.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    watches = (cst.Call,)
    examples = (
        Example("removed", _HEAD + "BigQueryHook(bigquery_conn_id='a')\n", flagged=True),
        Example("a new one", _HEAD + "BigQueryHook(gcp_conn_id='a')\n"),
        Example("another class", _HEAD + "OurHook(bigquery_conn_id='a')\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Flag]:
        """Flag each argument the class does not take, and each it now needs."""
        called = file.called(node)
        name = called.rpartition(".")[2]
        if not called.startswith(_PREFIX) or name not in signatures():
            return
        removed, required = signatures()[name]
        for arg in node.args:
            if arg.keyword is not None and arg.keyword.value in removed:
                yield Flag(arg, f"{name} no longer takes {arg.keyword.value}: pass what replaces it, or delete it")
        missing = sorted(key for key in required if argument(node, key) is None)
        if missing and not has_stars(node) and not positional(node):
            yield Flag(node.func, f"{name} now requires {', '.join(missing)}")
