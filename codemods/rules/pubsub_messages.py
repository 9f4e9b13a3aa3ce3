"""CM593: the data of Pub/Sub messages."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument
from codemods.engine.nodes import is_name, literal
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.age import old_class
from codemods.support.dictionaries import assigned
from codemods.support.receivers import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OPERATOR = "airflow.providers.google.cloud.operators.pubsub.PubSubPublishMessageOperator"
_HOOK = "airflow.providers.google.cloud.hooks.pubsub.PubSubHook"
_DECODE, _ENCODE = "base64.b64decode", frozenset({"base64.b64encode", "base64.standard_b64encode"})
_WHAT = "the data of a message is bytes now, and no text in base64: as it is, the task raises PubSubException"
_HEAD = "from base64 import b64encode\nfrom airflow.contrib.operators.pubsub_operator import PubSubPublishOperator\n\n"
_CALL = "PubSubPublishOperator(task_id='a', project='p', topic='t', messages=[{}])\n"


def _example(data: str, head: str = _HEAD) -> str:
    return head + _CALL.format("{'data': " + data + "}")


class PubSubMessages(Rule):
    """Pass the data of Pub/Sub messages as bytes: 1.10 took a text in base64, which is refused now.

    ``b64encode(x).decode()`` becomes ``x``, and any other text is decoded where it is passed. Subscribers get what they
    got before. Only the operator and the hook as 1.10 had them are looked at.
    """

    code = "CM593"
    name = "pubsub-messages"
    safety = Safety.UNSAFE
    since = "google 1.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"ubsub", b"PubSub")
    watches = (cst.Call,)
    examples = (
        Example("encoded in place", _example("b64encode(b'x').decode()"), _example("b'x'"), unsafe=True),
        Example("encoded by a module", "import base64\n" + _example("base64.b64encode(x.encode()).decode('ascii'), 'attributes': {}"),
                "import base64\n" + _example("x.encode(), 'attributes': {}"), unsafe=True),
        Example("a text", _example("'eA=='"), _example("b64decode('eA==')", _HEAD.replace("import b64encode", "import b64encode, b64decode")),
                unsafe=True),
        Example("messages by a name", _HEAD + "M = [{'data': b64encode(b'x').decode()}]\n" + _CALL.replace("[{}]", "M"),
                _HEAD + "M = [{'data': b'x'}]\n" + _CALL.replace("[{}]", "M"), unsafe=True),
        Example("the hook", "from base64 import b64encode\nfrom airflow.contrib.hooks.gcp_pubsub_hook import PubSubHook\n\n"
                "PubSubHook().publish('p', 't', [{'data': b64encode(b'x').decode()}])\n",
                "from base64 import b64encode\nfrom airflow.contrib.hooks.gcp_pubsub_hook import PubSubHook\n\n"
                "PubSubHook().publish('p', 't', [{'data': b'x'}])\n", unsafe=True),
        Example("without --unsafe", _example("b64encode(b'x').decode()"), flagged=True),
        Example("messages that can't be seen", _HEAD + _CALL.replace("[{}]", "make()"), unsafe=True, flagged=True),
        Example("bytes", _example("b'x'"), unsafe=True),
        Example("attributes alone", _HEAD + _CALL.format("{'attributes': {'a': 'b'}}"), unsafe=True),
        Example("code of Airflow 2", _example("data", _HEAD.replace("contrib.operators.pubsub_operator", "providers.google.cloud.operators.pubsub")
                .replace("PublishOperator", "PublishMessageOperator")).replace("PublishOperator", "PublishMessageOperator"), unsafe=True),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix | Flag]:
        """Look at the messages of the operator, and of the hook's publish."""
        given = _messages(node, file)
        if given is None:
            return
        value = assigned(given.value.value, file) if isinstance(given.value, cst.Name) else given.value
        if not isinstance(value, cst.List | cst.Tuple) or not all(
            isinstance(e.value, cst.Dict) for e in value.elements
        ):
            yield Flag(given, f"{_WHAT}; see where these messages are made")
            return
        for data in (one for element in value.elements for one in _data(element.value)):
            yield from _decoded(data, file)


def _messages(node: cst.Call, file: File) -> cst.Arg | None:
    """The messages that a call of 1.10 publishes."""
    if file.called(node) == _OPERATOR:
        return argument(node, "messages") if old_class(node, file) else None
    kind = receiver(node, file) if isinstance(node.func, cst.Attribute) and is_name(node.func.attr, "publish") else None
    if kind is None or kind.new != _HOOK or not kind.old:
        return None
    placed = [arg for arg in node.args if arg.keyword is None and not arg.star]
    return argument(node, "messages") or (placed[2] if len(placed) > 2 else None)


def _data(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    for element in node.elements if isinstance(node, cst.Dict) else ():
        if isinstance(element, cst.DictElement) and literal(element.key) == "data":
            yield element.value


def _decoded(data: cst.BaseExpression, file: File) -> Iterator[Fix | Flag]:
    """What makes bytes of the data, unless it is bytes already."""
    if _is_bytes(data, file):
        return
    plain = _encoded(data, file)
    if plain is not None:
        yield Fix(data, _WHAT, (Edit(data, lambda _: plain),))
        return
    reference = file.reference(_DECODE)
    if reference is None:
        yield Flag(data, _WHAT)
        return
    name, imports = reference
    yield Fix(data, _WHAT, (Edit(data, lambda u: cst.Call(cst.parse_expression(name), [cst.Arg(u)])),), imports=imports)


def _is_bytes(node: cst.BaseExpression, file: File) -> bool:
    if isinstance(node, cst.SimpleString):
        return "b" in node.prefix
    if not isinstance(node, cst.Call):
        return False
    return bool(file.written(node.func) & {_DECODE}) or (
        isinstance(node.func, cst.Attribute) and is_name(node.func.attr, "encode")
    )


def _encoded(node: cst.BaseExpression, file: File) -> cst.BaseExpression | None:
    """The bytes that ``b64encode(...)``, or ``b64encode(...).decode(...)``, encodes."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and is_name(node.func.attr, "decode"):
        node = node.func.value
    if isinstance(node, cst.Call) and file.written(node.func) & _ENCODE and len(node.args) == 1:
        return node.args[0].value
    return None
