"""Two environments without an Airflow: the real bucket server, the lab's real Composer API server, and a stand-in
for the ``airflow`` executable that answers in the agent's place from a file. The lab tests run the real ones."""

from __future__ import annotations

import json
import os
import sys
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrator.environments.agent_client import agent_source, version_of
from migrator.lab import bucket as gcs_server
from migrator.lab import composer_api, sync
from migrator.lab.model import Lab, Side

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AIRFLOW = '''#!{python}
"""Plays `airflow`: prints noise, and answers the agent's requests with what plays.json holds."""
import json, sys, time, urllib.error, urllib.parse, urllib.request
from datetime import datetime, timezone
from pathlib import Path
home, bucket, gcs = Path({home!r}), {bucket!r}, {gcs!r}
calls = home / "calls.txt"
calls.open("a").write(json.dumps(sys.argv[1:]) + "\\n")
plays = json.loads((home / "plays.json").read_text())
print("[2026-01-01 00:00:00,000] {{{{plugins_manager.py:1}}}} INFO - user noise, 100 %")
count = len(calls.read_text().splitlines())
if count <= plays.get("missing", 0):
    print("airflow.exceptions.AirflowException: Dag 'composer_migrator_agent' could not be found; either ...")
    sys.exit(1)
if count <= plays.get("missing", 0) + plays.get("crashes", 0):
    print("Killed by the kernel", file=sys.stderr)
    sys.exit(137)
flag = "-tp" if "-tp" in sys.argv else "-t"
params = json.loads(sys.argv[sys.argv.index(flag) + 1])
def fetched(request_id):
    name = urllib.parse.quote(f"data/migrate/requests/{{request_id}}.json", safe="")
    with urllib.request.urlopen(f"{{gcs}}/storage/v1/b/{{bucket}}/o/{{name}}?alt=media") as got:
        return json.load(got)
def answered(request_id, request):
    (home / "requests.txt").open("a").write(json.dumps(request) + "\\n")
    answer = plays["answers"].get(request["action"], plays["answers"].get("*"))
    if answer is not None:
        if answer.get("now") == "(now)":
            answer["now"] = datetime.now(timezone.utc).isoformat()
        name = urllib.parse.quote(f"data/migrate/answers/{{request_id}}.json", safe="")
        upload = f"{{gcs}}/upload/storage/v1/b/{{bucket}}/o?uploadType=media&name={{name}}"
        body = json.dumps({{"id": request_id, **answer}}).encode()
        urllib.request.urlopen(urllib.request.Request(upload, body, {{"Content-Type": "application/json"}})).close()
if "serve" not in params:
    answered(params["id"], fetched(params["id"]))
for number in range(1, plays.get("stays", 0) + 1) if "serve" in params else ():
    until = time.time() + 5
    request = None
    while request is None and time.time() < until:
        try:
            request = fetched(f"{{params['id']}}-{{number}}")
        except urllib.error.HTTPError:
            time.sleep(0.02)
    if request is None or request["action"] == "end":
        (home / "ended.txt").write_text(str(request))
        break
    answered(f"{{params['id']}}-{{number}}", request)
sys.exit(plays.get("exit_code", 0))
'''


def answered(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer as the agent writes it."""
    return {
        "ok": True,
        "agent_version": version_of(agent_source()),
        "airflow_version": "1.10.15",
        "python_version": "3.8.12",
        "now": "2026-01-02T03:04:05.000006+00:00",
        "result": result,
        **more,
    }


@dataclass
class StandIn:
    """One environment's folder and names."""

    side: Side
    gcs: str

    @property
    def home(self) -> Path:
        return self.side.home

    def plays(self, answers: dict[str, Any], **more: Any) -> None:
        (self.home / "plays.json").write_text(json.dumps({"answers": answers, **more}))

    @property
    def calls(self) -> list[list[str]]:
        return self._lines("calls.txt")

    @property
    def requests(self) -> list[dict[str, Any]]:
        return self._lines("requests.txt")

    def upload(self, files: dict[str, bytes]) -> None:
        gcs_server.upload(self.gcs, self.side.bucket, files)

    def names(self) -> list[str]:
        return gcs_server.names(self.gcs, self.side.bucket)

    def _lines(self, name: str) -> list[Any]:
        path = self.home / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def make(gcs: str, folder: Path, name: str) -> StandIn:
    home = folder / name
    home.mkdir()
    bucket = f"{name}-{uuid.uuid4().hex[:12]}"
    gcs_server.create(gcs, (bucket,))
    airflow = home / "airflow"
    airflow.write_text(AIRFLOW.format(python=sys.executable, home=str(home), bucket=bucket, gcs=gcs))
    airflow.chmod(0o755)
    side = Side(
        name=name,
        environment=f"projects/lab/locations/local/environments/{name}",
        bucket=bucket,
        airflow=airflow,
        env=dict(os.environ),
        home=home,
        dags=home / "dags",
        data=home / "data",
        url="http://127.0.0.1:1",
        user="admin",
        password="secret",
        database_url="",
        airflow_version={"v1": "1.10.15", "v2": "2.10.5"}[name],
    )
    made = StandIn(side, gcs)
    made.plays({"*": answered({})})
    return made


@contextmanager
def composer(gcs: str, folder: Path, monkeypatch: Any) -> Iterator[tuple[Lab, StandIn, StandIn]]:
    """The lab's Composer API server over two stand-ins."""
    monkeypatch.setattr(sync, "settle", lambda *_: True)  # nothing is mounted here
    monkeypatch.setattr(composer_api.Handler, "log_message", lambda *_: None)
    source, target = make(gcs, folder, "v1"), make(gcs, folder, "v2")
    lab = Lab(folder, gcs, "", source.side, target.side, folder / "gcloud")
    server = composer_api.serve(lab, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield Lab(folder, gcs, address, source.side, target.side, folder / "gcloud"), source, target
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
