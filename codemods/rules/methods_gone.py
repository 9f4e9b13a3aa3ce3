"""CM506: methods that the classes of the target do not have any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, Flag
from codemods.engine.rule import Example, Rule
from codemods.profiles import load
from codemods.profiles.shipped import SOURCE
from codemods.support.receivers import receiver
from codemods.tables import canonical, methods_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.support.receivers import Kind

_MAPPED = frozenset({"airflow.models.base.Base"})
"""The base of models is SQLAlchemy's, which has none of 1.10's methods."""
_QUERY = "from airflow.contrib.hooks.bigquery_hook import BigQueryHook\n\n"
_PUBSUB = "import airflow\nfrom google.cloud import pubsub_v1\n\n"
_DLP = "from airflow.contrib.hooks.gcp_dlp_hook import CloudDLPHook\n\n\n"
_BUILD = "from airflow.providers.google.cloud.hooks.cloud_build import CloudBuildHook\n\n"


class MethodsGone(Rule):
    """Rename methods that have another name on the target, and find calls of those that are gone: they raise.

    ``BigQueryHook().get_conn().cursor().run_query(...)`` is such a call. An object is followed as far as the file tells
    its class; what a class of the file defines itself is left alone.
    """

    code = "CM506"
    name = "methods-gone"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"airflow", b"google.cloud")
    watches = (cst.Call,)
    examples = (
        Example(
            "through what methods return",
            _QUERY + "conn = BigQueryHook().get_conn()\ncursor = conn.cursor()\ncursor.run_query('select 1')\n",
            flagged=True,
        ),
        Example(
            "one with another name",
            _QUERY
            + "class Ours(BigQueryHook):\n    def client(self):\n        return Client(self._get_credentials())\n",
            _QUERY
            + "class Ours(BigQueryHook):\n    def client(self):\n        return Client(self.get_credentials())\n",
        ),
        Example(
            "a path that clients share",
            _PUBSUB + "pubsub_v1.PublisherClient().project_path('p')\n",
            _PUBSUB + "pubsub_v1.PublisherClient().common_project_path('p')\n",
        ),
        Example(
            "in a class of ours",
            _QUERY + "class Ours(BigQueryHook):\n    def ask(self):\n        return self.get_service()\n",
            flagged=True,
        ),
        Example("of a model", "from airflow.models import DagRun\n\nx = DagRun.id_for_date(date)\n", flagged=True),
        Example("of a model that has it", "from airflow.models import DagRun\n\nx = DagRun.find(dag_id='a')\n"),
        Example("what mapping adds", "from airflow.models import DagRun\n\nx = DagRun.metadata()\n"),
        Example("of a class of Airflow 2", _BUILD + "CloudBuildHook().create_build(body={})\n", flagged=True),
        Example(
            "a constructor that is inherited",
            "from airflow.models import BaseOperator\n\n\nclass A(BaseOperator):\n    def __init__(self, **more):\n"
            "        super().__init__(**more)\n",
        ),
        Example("one that is there", _QUERY + "BigQueryHook().get_conn().cursor().execute('select 1')\n"),
        Example(
            "a method of ours",
            _QUERY + "class Ours(BigQueryHook):\n    def get_service(self):\n        return None\n\n\n"
            "Ours().get_service()\n",
        ),
        Example("an attribute that holds a function", _QUERY + "BigQueryHook().log.info('x')\n"),
        Example(
            "super() of a class of ours",
            _QUERY + "class Ours(BigQueryHook):\n    def check(self):\n        return 1\n\n\nclass More(Ours):\n"
            "    def check(self):\n        return super(More, self).check()\n",
        ),
        Example(
            "a method that gives some hook",
            "from airflow.hooks.base_hook import BaseHook\n\nBaseHook.get_hook('c').get_records('select 1')\n",
        ),
        Example("another object", _QUERY + "def f(cursor):\n    cursor.run_query('select 1')\n"),
        Example(
            "a variable that may be something else",
            _QUERY + "hook = BigQueryHook()\nfor hook in hooks:\n    hook.get_service()\n",
        ),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Ask for each method whose class is known."""
        kind = receiver(node, file)
        if kind is None or not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        if name.startswith("__") or kind.after(name, file) is not None or not _gone(kind, name, file):
            return
        new, instead = (f"common_{name}", "") if _is_path(kind, name, file) else _instead(kind, name)
        why = f"{kind.new.rpartition('.')[2]} has no {name} on the target"
        if new and kind.after(new, file) is not None:
            edit = Edit(node.func, lambda updated: updated.with_changes(attr=cst.Name(new)))
            yield Fix(node.func, f"{why}: it is {new} now", (edit,))
        else:
            yield Flag(node.func, f"{why}{f' ({instead})' if instead else ''}: it raises when it is called")


def _gone(kind: Kind, name: str, file: File) -> bool:
    """Whether 1.10 had the method, or all of the class was read, and the target's class has nothing of that name."""
    if not file.target.has(kind.new) or kind.new not in file.target.classes:
        return False
    beside = _MAPPED if kind.before(name) is not None else frozenset[str]()
    return file.target.lacks(kind.new, name, beside)


def _is_path(kind: Kind, name: str, file: File) -> bool:
    """Whether it is one of the paths that Google's clients share, ``project_path`` and its kind, as 2.0 calls them."""
    before, after = kind.before(name), kind.after(f"common_{name}", file)
    return before is not None and after is not None and len(before.positional) == len(after.positional)


def _instead(kind: Kind, name: str) -> tuple[str, str]:
    """The new name of a method, and what does its work now, as the table knows of the class or one of its bases."""
    owners = [kind.new, *(load(SOURCE).line(kind.old) if kind.old else ())]
    owners += [canonical(owner) for owner in owners]
    found = (methods_gone().get((owner.rpartition(".")[2], name)) for owner in owners)
    return next((told for told in found if told is not None), ("", ""))
