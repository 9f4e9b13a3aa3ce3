"""CM317: methods of Airflow's classes that a class of the file overrides, and that are called in another way now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.overriding import parameters, trouble
from codemods.support.receivers import derived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_HTTP = "from airflow.hooks.http_hook import HttpHook\n\n\nclass Ours(HttpHook):\n"
_POD = "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n\n\n"
_EXECUTE = "from airflow.operators.bash_operator import BashOperator\n\n\nclass Ours(BashOperator):\n"
# 2.10.5 looks at the signature of a link; the methods of BaseHook only raised in 1.10, for callers of the hook's own
_NO_MATTER = frozenset(
    {("BaseOperatorLink", "get_link"), ("BaseHook", "get_records"), ("BaseHook", "get_pandas_df"), ("BaseHook", "run")}
)


class Overrides(Rule):
    """Find methods that override one of Airflow's which the target calls with other arguments, or not at all.

    ``HttpHook.get_conn`` is given ``extra_options`` on newer targets, and ``KubernetesPodOperator`` does not call
    ``create_pod_request_obj``: the first raises when the task runs, the second is passed over in silence. The
    signatures of 1.10.15 and of the target are compared.
    """

    code = "CM317"
    name = "overrides"
    safety = Safety.FLAG
    url = "https://airflow.apache.org/docs/apache-airflow-providers/index.html"
    needles = (b"class ",)
    watches = (cst.ClassDef,)
    examples = (
        Example("arguments that are new", _HTTP + "    def get_conn(self, headers):\n        return 1\n", flagged=True),
        Example(
            "one that nothing calls",
            _POD + "class Ours(KubernetesPodOperator):\n    def create_pod_request_obj(self):\n        return 1\n",
            flagged=True,
        ),
        Example("all arguments", _HTTP + "    def get_conn(self, *args, **more):\n        return 1\n"),
        Example("one that is the same", _EXECUTE + "    def execute(self, context):\n        return 1\n"),
        Example("a method of ours", _HTTP + "    def get_all(self, headers):\n        return 1\n"),
        Example("another class", "import airflow\n\n\nclass A(Base):\n    def get_conn(self, h):\n        return 1\n"),
        Example(
            "a link, which may have the old parameters",
            "from airflow.models import BaseOperatorLink\n\n\nclass A(BaseOperatorLink):\n"
            "    def get_link(self, operator, dttm):\n        return ''\n",
        ),
        Example(
            "a class of Airflow 2",
            "from airflow.providers.http.hooks.http import HttpHook\n\n\nclass Ours(HttpHook):\n"
            "    def get_conn(self, headers):\n        return 1\n",
        ),
    )  # fmt: skip

    def check(self, node: cst.ClassDef, file: File) -> Iterator[Flag]:
        """Look at the methods of a class that derives from one of Airflow."""
        kind = derived(node, file)
        if kind is None or not kind.old or kind.new not in file.target.classes:
            return
        for method in node.body.body:
            if isinstance(method, cst.FunctionDef) and not method.name.value.startswith("__"):
                name = method.name.value
                before, after = kind.before(name), kind.after(name, file)
                told = (kind.new.rpartition(".")[2], name) not in _NO_MATTER
                if told and before is not None and (after is not None or file.target.whole(kind.new)):
                    why = trouble(parameters(method), before, after)
                    if why:
                        yield Flag(method.name, f"{kind.new.rpartition('.')[2]}.{name} {why}")
