"""A message to Slack's webhooks arrives from the target as it did from 1.10.15: two real requests to a local server."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from codemods.compat import Place, origins, package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.airflows import Airflow

SOURCE = {
    "SlackWebhookOperator": "airflow.contrib.operators.slack_webhook_operator.SlackWebhookOperator",
    "SlackWebhookHook": "airflow.contrib.hooks.slack_webhook_hook.SlackWebhookHook",
}
_SEND = """
import importlib, inspect, sys
from airflow.models import Connection

sys.path.insert(0, values["folder"])
importlib.invalidate_caches()
module, _, name = values["name"].rpartition(".")
module = importlib.import_module(module)
cls = getattr(module, name)
base = importlib.import_module(values["base"]).BaseHook
connection = Connection(conn_id="c", conn_type="http", host=values["host"], extra=values["extra"])
kept, base.get_connection = base.get_connection, classmethod(lambda cls, conn_id: connection)
result = []
for arguments in values["calls"]:
    try:
        made = cls(**arguments)
        returned = made.execute({}) if "Operator" in name else made.execute()
        fields = list(getattr(cls, "template_fields", ()))
        result.append([repr(returned), fields, list(inspect.signature(cls.__init__).parameters)[:12]])
    except Exception as error:
        result.append([type(error).__name__, str(error)])
base.get_connection = kept
"""
CALLS: list[dict[str, Any]] = [
    {"http_conn_id": "c", "message": "m"},
    {"http_conn_id": "c", "webhook_token": "given/token", "message": "m", "username": "u"},
    {"http_conn_id": "c", "message": "m", "channel": "#c", "icon_emoji": ":x:", "icon_url": "u", "link_names": True},
    {"http_conn_id": "c", "attachments": [{"text": "a"}], "blocks": [{"type": "divider"}]},
    {"http_conn_id": "c", "message": "m", "extra_options": {"timeout": 5}},
    {"message": "nobody to send it to"},
]


@contextmanager
def slack(arrived: list[Any]) -> Iterator[str]:
    """The address of a server that keeps what it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            arrived.append((self.path, json.loads(body), self.headers["Content-Type"], self.headers["webhook_token"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sent(airflow: Airflow, name: str, base: str, folder: Path) -> tuple[Any, list[Any]]:
    """What the calls gave, and what arrived."""
    arrived: list[Any] = []
    more = {"task_id": "t"} if "Operator" in name else {}
    calls = [{**more, **call} for call in CALLS]
    with slack(arrived) as host:
        extra = json.dumps({"webhook_token": "T/of/extra"})
        told = airflow.python(
            _SEND, name=name, base=base, host=f"{host}/services", extra=extra, calls=calls, folder=str(folder)
        )
    return told, arrived


@pytest.mark.airflow
@pytest.mark.parametrize("kind", SOURCE)
def test_the_same_arrives(v1: Airflow, v2: Airflow, tmp_path: Path, kind: str) -> None:
    tmp_path.chmod(0o755)
    target = f"airflow1_compat.slack_webhook.{kind}"
    for name, text in package([Place(target, "x.py", 1)]).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert target in origins()
    before = sent(v1, SOURCE[kind], "airflow.hooks.base_hook", tmp_path)
    after = sent(v2, target, "airflow.hooks.base", tmp_path)
    assert after == before
    assert len(before[1]) == len(CALLS) - 1
