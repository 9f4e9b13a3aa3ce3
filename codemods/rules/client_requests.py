"""CM592: calls of Google's clients that pass one by one what makes up a request since 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, has_stars
from codemods.engine.report import Edit, Fix, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.calls import naming, positional
from codemods.support.client_calls import OPTIONS, as_request, is_request, is_surely_old, takes_request
from codemods.support.receivers import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.profiles.methods import Method

_SECRETS = (
    "import airflow\nfrom google.cloud import secretmanager\n\nclient = secretmanager.SecretManagerServiceClient()\n"
)
_PATH = "client.secret_version_path('p', 's', 'latest')"


class ClientRequests(Rule):
    """Call methods of Google's client libraries as they are since 2.0: fields by keyword, or one ``request``.

    1.x took ``client.access_secret_version(name)``; 2.0 takes the whole request in that place and raises. What was
    given by position gets its name where that is a field that can be given so, and all of it goes into
    ``request={...}`` where one can't. A call that may already pass a request is for a review.
    """

    code = "CM592"
    name = "client-requests"
    since = "google 5.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"google", b"airflow")
    watches = (cst.Call,)
    examples = (
        Example("a path", _SECRETS + f"client.access_secret_version({_PATH})\n",
                _SECRETS + f"client.access_secret_version(name={_PATH})\n"),
        Example("several", _SECRETS + "client.create_secret(parent, 's',  # x\n"
                "                     SECRET, timeout=5)\n",
                _SECRETS + "client.create_secret(parent=parent, secret_id='s',  # x\n"
                "                     secret=SECRET, timeout=5)\n"),
        Example("a variable, which may be a request", _SECRETS + "client.access_secret_version(name)\n",
                _SECRETS + "client.access_secret_version(name=name)\n", unsafe=True),
        Example("a field of the request only", _SECRETS + "client.list_secrets(parent, page_size=5, retry=R)\n",
                _SECRETS + "client.list_secrets(request={\"parent\": parent, \"page_size\": 5}, retry=R)\n",
                unsafe=True),
        Example("without --unsafe", _SECRETS + "client.list_secrets(parent, page_size=5)\n", flagged=True),
        Example("by keyword", _SECRETS + "client.access_secret_version(name=name)\n"),
        Example("a request", _SECRETS + "client.access_secret_version({'name': name})\n"),
        Example("a request by its name", _SECRETS + "client.access_secret_version(request=wanted, timeout=5)\n"),
        Example("an object for it", _SECRETS + "client.list_secrets(secretmanager.ListSecretsRequest(parent='p'))\n"),
        Example("unpacked", _SECRETS + "client.access_secret_version(*name)\n"),
        Example("another client", "import airflow\nfrom ours import client\n\nclient.access_secret_version('n')\n"),
    )  # fmt: skip

    def check(self, node: cst.Call, file: File) -> Iterator[Fix]:
        """Compare the arguments of a call with the fields that 1.x took."""
        kind = receiver(node, file)
        if kind is None or not isinstance(node.func, cst.Attribute) or has_stars(node):
            return
        method = node.func.attr.value
        before, after = kind.before(method), kind.after(method, file)
        if before is None or after is None or not takes_request(kind, after) or argument(node, "request") is not None:
            return
        if len(positional(node)) > len(before.positional) or is_request(node):
            return
        yield from _mended(node, f"{kind.new.rpartition('.')[2]}.{method}", before, after, file)


def _mended(node: cst.Call, what: str, before: Method, after: Method, file: File) -> Iterator[Fix]:
    names = {
        arg: (arg.keyword.value if arg.keyword is not None else place).rstrip("_")
        for arg, place in zip(node.args, [*before.positional, *[""] * len(node.args)], strict=False)
    }
    fields = [name for name in names.values() if name not in OPTIONS]
    placed = {arg: name for arg, name in names.items() if arg.keyword is None}
    if all(name in after.keywords for name in fields):
        if placed:
            message = f"{what} takes a request in this place: name {', '.join(placed.values())}"
            safety = Safety.SAFE if is_surely_old(node) else Safety.UNSAFE
            yield Fix(node, message, (Edit(node, naming(node, placed)),), safety=safety)
    elif all(name in before.positional or f"{name}_" in before.positional for name in fields):
        message = f"{what} takes {', '.join(fields)} in its request only: see that they have these names there"
        yield Fix(node, message, (Edit(node, as_request(node, names, file)),), safety=Safety.UNSAFE)
