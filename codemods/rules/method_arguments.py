"""CM504: arguments of methods of hooks and models that have another name or place on the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import is_name
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import naming
from codemods.support.client_calls import takes_request
from codemods.support.method_calls import Named, compare
from codemods.support.receivers import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codemods.engine.file import File
    from codemods.support.receivers import Kind

_GCS = "from airflow.contrib.hooks.gcs_hook import GoogleCloudStorageHook\n\n"
_VARIABLE = "from airflow.models import Variable\n\n"
_PUBSUB = "from airflow.contrib.hooks.gcp_pubsub_hook import PubSubHook\n\n"


class MethodArguments(Rule):
    """Pass the arguments of methods by the names that the target has, where a name or a place is another now.

    ``Variable.set(key, value, True)`` stored JSON in 1.10 and is a description now; hooks of Google Cloud Storage call
    a ``bucket`` ``bucket_name``. The signatures of 1.10.15 and of the target are compared, call by call: through a
    variable, an attribute of ``self``, a ``with``, and what a function or method returns. What has no name any more,
    and what is required now, raises when the task runs.
    """

    code = "CM504"
    name = "method-arguments"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"airflow", b"google.cloud")
    watches = (cst.Call,)
    examples = (
        Example(
            "keywords",
            _GCS + "hook = GoogleCloudStorageHook()\nhook.download(bucket='a', object='b')\n",
            _GCS + "hook = GoogleCloudStorageHook()\nhook.download(bucket_name='a', object_name='b')\n",
        ),
        Example(
            "a place that means something else",
            _VARIABLE + "Variable.set('k', {'a': 1}, True)\n",
            _VARIABLE + "Variable.set('k', {'a': 1}, serialize_json=True)\n",
        ),
        Example(
            "a method that takes keywords only",
            _PUBSUB + "PubSubHook().publish('p', 't',  # x\n                     MESSAGES)\n",
            _PUBSUB + "PubSubHook().publish(project_id='p', topic='t',  # x\n                     messages=MESSAGES)\n",
        ),
        Example("one that is gone", _GCS + "GoogleCloudStorageHook().delete('a', 'b', 7)\n", flagged=True),
        Example("what it never took", _GCS + "GoogleCloudStorageHook().exists('a', 'b', nothing=7)\n", flagged=True),
        Example("a place that either version may mean", _VARIABLE + "Variable.set('k', 'a', TEXT)\n", flagged=True),
        Example("places that are the same", _GCS + "GoogleCloudStorageHook().download('a', 'b', '/tmp/c')\n"),
        Example("by name", _VARIABLE + "Variable.set('k', {'a': 1}, serialize_json=True)\n"),
        Example("another object", _GCS + "def f(hook):\n    hook.download(bucket='a', object='b')\n"),
        Example(
            "two kinds of object",
            _GCS + "hook = ours() if x else GoogleCloudStorageHook()\nhook.download(bucket='a', object='b')\n",
        ),
        Example(
            "a method of ours",
            _GCS + "class Ours(GoogleCloudStorageHook):\n    def download(self, bucket):\n        return bucket\n\n\n"
            "Ours().download(bucket='a')\n",
        ),
        Example("unpacked", _GCS + "GoogleCloudStorageHook().download(*where)\n"),
    )

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Compare the arguments of a method call, where the class of the object is known."""
        kind = receiver(node, file)
        if kind is None or not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        after = kind.after(name, file)
        if after is None or after.property or takes_request(kind, after):
            return
        found = compare(node, kind, name, kind.before(name), after)
        named = {one.arg: one.name for one in found if isinstance(one, Named)}
        refused = [one for one in found if not isinstance(one, Named)]
        yield from (Flag(one.node, one.why) for one in refused)
        if named and all(_by_keyword(one.node) for one in refused):
            what = f"{kind.new.rpartition('.')[2]}.{name} takes {', '.join(dict.fromkeys(named.values()))} by name"
            safety = Safety.UNSAFE if _either(node, kind, named, file) else Safety.SAFE
            yield Fix(node, what, (Edit(node, naming(node, named)),), safety=safety)


def _either(node: cst.Call, kind: Kind, named: Mapping[cst.Arg, str], file: File) -> bool:
    """Whether the call may have been written for Airflow 2 as well, where its places mean what the target says.

    A class that has one name in both does not tell; True and False do: they are what 1.10 takes in such a place.
    """
    placed = [arg for arg in named if arg.keyword is None]
    plain = all(is_name(arg.value, "True", "False") for arg in placed)
    after = kind.after(node.func.attr.value, file) if isinstance(node.func, cst.Attribute) else None
    refused = after is not None and after.named
    return bool(placed) and not plain and not refused and bool(kind.old) and file.target.has(kind.old)


def _by_keyword(node: cst.CSTNode) -> bool:
    """Whether it is an argument by keyword, or no argument at all: others can be named beside it."""
    return not isinstance(node, cst.Arg) or node.keyword is not None
