"""A Composer API for the lab's two environments: ``python -m migrator.lab.composer_api``.

Speaks the REST mapping of ``google.cloud.orchestration.airflow.service.v1`` that the real client uses, on the
loopback interface, without authentication.
"""

from __future__ import annotations

import argparse
import json
import re
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from migrator.errors import LabError
from migrator.lab import composer_resources, composer_snapshots, composer_updates, state
from migrator.lab.composer_commands import Executions, UnknownExecutionError
from migrator.lab.ports import LOOPBACK
from migrator.reading import read_json

if TYPE_CHECKING:
    from migrator.lab.model import Lab, Side

_LOCATION = r"/v1/(?P<parent>projects/[^/]+/locations/[^/]+)"
_ROUTES = (
    ("GET", re.compile(_LOCATION + r"/environments"), "_list"),
    ("GET", re.compile(r"/v1/(?P<name>projects/[^/]+/locations/[^/]+/environments/[^/:]+)"), "_get"),
    ("PATCH", re.compile(r"/v1/(?P<name>projects/[^/]+/locations/[^/]+/environments/[^/:]+)"), "_patch"),
    ("GET", re.compile(r"/v1/(?P<name>projects/[^/]+/locations/[^/]+/operations/[^/:]+)"), "_operation"),
    ("POST", re.compile(r"/v1/(?P<name>projects/[^/]+/locations/[^/]+/environments/[^/:]+):(?P<verb>\w+)"), "_post"),
)


class ApiError(Exception):
    """An answer other than 200, as the API words it."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.body = {"error": {"code": code, "message": message, "status": status}}
        self.code = code


class Api:
    """The environments, the commands that were executed, and the operations that were started."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.executions = Executions()
        self.operations: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, path: str, body: dict[str, Any], query: str = "") -> dict[str, Any]:
        """The JSON answer to a request. Raises ApiError."""
        if method == "PATCH":
            body = {"mask": dict(parse_qsl(query)).get("updateMask", ""), "environment": body}
        for verb, pattern, handler in _ROUTES:
            found = pattern.fullmatch(path)
            if found and verb == method:
                answer: dict[str, Any] = getattr(self, handler)(body, **found.groupdict())
                return answer
        raise ApiError(404, "NOT_FOUND", f"Method not found: {method} {path}")

    def _list(self, _body: dict[str, Any], parent: str) -> dict[str, Any]:
        sides = (side for side in self._sides() if side.environment.startswith(f"{parent}/"))
        return {"environments": [composer_resources.environment(side) for side in sides]}

    def _get(self, _body: dict[str, Any], name: str) -> dict[str, Any]:
        return composer_resources.environment(self._side(name))

    def _patch(self, body: dict[str, Any], name: str) -> dict[str, Any]:
        side = self._side(name)
        try:
            composer_updates.update(side, body["mask"], body["environment"])
        except ValueError as error:
            raise ApiError(400, "INVALID_ARGUMENT", str(error)) from error
        operation = f"{name.rpartition('/environments/')[0]}/operations/{uuid.uuid4()}"
        self.operations[operation] = composer_updates.operation(operation, composer_resources.environment(side))
        return self.operations[operation]

    def _operation(self, _body: dict[str, Any], name: str) -> dict[str, Any]:
        if name not in self.operations:
            raise ApiError(404, "NOT_FOUND", f"Resource '{name}' was not found")
        return self.operations[name]

    def _post(self, body: dict[str, Any], name: str, verb: str) -> dict[str, Any]:
        side = self._side(name)
        try:
            match verb:
                case "executeAirflowCommand":
                    return self.executions.execute(_of_composer_2(side), body)
                case "pollAirflowCommand":
                    return self.executions.poll(body)
                case "stopAirflowCommand":
                    return self.executions.stop(body)
                case "saveSnapshot":
                    return self._save(side, body)
                case _:
                    raise ApiError(501, "UNIMPLEMENTED", f"The lab does not play {verb}")
        except UnknownExecutionError as error:
            raise ApiError(404, "NOT_FOUND", f"Execution {error} was not found") from error
        except (ValueError, LabError) as error:
            raise ApiError(400, "INVALID_ARGUMENT", str(error)) from error

    def _save(self, side: Side, body: dict[str, Any]) -> dict[str, Any]:
        path = composer_snapshots.save(self.lab, side, body.get("snapshotLocation", f"gs://{side.bucket}/snapshots"))
        name = f"{side.environment.rpartition('/environments/')[0]}/operations/{uuid.uuid4()}"
        self.operations[name] = composer_snapshots.operation(name, side, path)
        return self.operations[name]

    def _side(self, name: str) -> Side:
        for side in self._sides():
            if side.environment == name:
                return side
        raise ApiError(404, "NOT_FOUND", f"Resource '{name}' was not found")

    def _sides(self) -> tuple[Side, ...]:
        """Those that are there: one that was switched off for good is deleted."""
        return state.sides(self.lab)


def _of_composer_2(side: Side) -> Side:
    if side.name == "v1":
        raise ApiError(
            400,
            "FAILED_PRECONDITION",
            "Executing Airflow commands is not supported for Cloud Composer environments with image version "
            f"{composer_resources.IMAGES['v1']}. Use Cloud Composer 2.4.0 or later.",
        )
    return side


class Handler(BaseHTTPRequestHandler):
    """One request: JSON in, JSON out."""

    protocol_version = "HTTP/1.1"
    api: Api

    def do_GET(self) -> None:
        """Answer a read."""
        self._answer("GET")

    def do_PATCH(self) -> None:
        """Answer a change."""
        self._answer("PATCH")

    def do_POST(self) -> None:
        """Answer a call with a body."""
        self._answer("POST")

    def _answer(self, method: str) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = read_json(raw) if raw else {}
            path, _, query = self.path.partition("?")
            code, answer = 200, self.api.answer(method, path, body, query)
        except ApiError as error:
            code, answer = error.code, error.body
        except Exception as error:  # noqa: BLE001 - a server answers
            message = f"{type(error).__name__}: {error}"
            code, answer = 500, {"error": {"code": 500, "message": message, "status": "INTERNAL"}}
        content = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve(lab: Lab, port: int) -> ThreadingHTTPServer:
    """A server on the loopback interface, not yet running."""
    handler = type("BoundHandler", (Handler,), {"api": Api(lab)})
    server = ThreadingHTTPServer((LOOPBACK, port), handler)
    server.daemon_threads = True
    return server


def main() -> None:
    """Serve the lab in ``--home`` on ``--port``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    current = state.read(options.home)
    if current is None:
        raise SystemExit(f"{options.home} has no lab.json")
    serve(current.lab, options.port).serve_forever()


if __name__ == "__main__":
    main()
