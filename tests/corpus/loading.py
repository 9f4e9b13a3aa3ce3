"""Load DAG files under a real Airflow, each in a process of its own, and say why one does not load."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.corpus import target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS = 60
WARM = [
    "airflow.models",
    "airflow.operators",
    "airflow.sensors",
    "airflow.utils",
    "airflow.providers.google.cloud.operators",
    "airflow.providers.google.cloud.sensors",
    "airflow.providers.google.cloud.transfers",
    "airflow.providers.google.marketing_platform.operators",
    "airflow.providers.google.suite.operators",
    "airflow.providers.google.suite.transfers",
    "airflow.providers.amazon.aws.operators",
    "airflow.providers.apache.beam.operators",
    "airflow.providers.cncf.kubernetes.operators",
]
_SITE = re.compile(r" \((?:/\S+|unknown location)\)|(?<=')/\S*/dags/\w+/|(?<=function )(\w+) at 0x\w+")
_LAST = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that loads, with the structure of its DAGs."""

    dags: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that does not load: the error, and the last line of the file that took part (0: none did)."""

    kind: str
    message: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


def load(
    files: Mapping[str, bytes], beside: Mapping[str, bytes] | None = None, place: Path | None = None
) -> dict[str, Loaded | Failed]:
    """What the target makes of each of these files; ``beside``: what else lies there, such as SQL."""
    place = place or target.ensure()
    with tempfile.TemporaryDirectory(prefix="corpus-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        shutil.copy(place / "home" / "airflow.db", home / "airflow.db")
        write({**(beside or {}), **files}, home / "dags")
        return run(list(files), home, place / "bin" / "python", target.environment(place, home), WARM)


def write(files: Mapping[str, bytes], dags: Path) -> None:
    """Put the files there, with the folders they need."""
    for path, content in files.items():
        (dags / path).parent.mkdir(parents=True, exist_ok=True)
        (dags / path).write_bytes(content)


def run(
    files: Sequence[str], home: Path, python: Path, env: Mapping[str, str], warm: Sequence[str]
) -> dict[str, Loaded | Failed]:
    """Load each of these files of ``home/dags`` with this interpreter."""
    dags = home / "dags"
    paths = [str(dags / path) for path in files]
    request = {"files": paths, "jobs": os.cpu_count(), "seconds": SECONDS, "warm": list(warm)}
    command = [str(python), str(Path(__file__).with_name("driver.py"))]
    with (home / "driver.log").open("w+") as log:
        pipe = subprocess.PIPE
        done = subprocess.run(
            command, input=json.dumps(request), stdout=pipe, stderr=log, text=True, env=env, cwd=home, check=False
        )
        log.seek(0)
        assert done.returncode == 0, log.read()[-4000:]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    found = {os.path.relpath(one["path"], dags): _outcome(one) for one in answers}
    assert found.keys() == set(files)
    return found


def _outcome(answer: dict[str, Any]) -> Loaded | Failed:
    if answer["error"] is None:
        return Loaded(answer["dags"])
    path, text = answer["path"], answer["error"]
    kind, message = _last(text)
    own = [int(frame["line"]) for frame in _FRAME.finditer(text) if frame["file"] == path]
    line = own[-1] if own else 0
    lines = Path(path).read_text("utf-8", "replace").splitlines()
    code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Failed(kind, _SITE.sub("", message.replace(path, "FILE")), line, code)


def _last(text: str) -> tuple[str, str]:
    """The kind and the message of an exception, from its traceback."""
    lines = text.rstrip().splitlines()
    for number in range(len(lines) - 1, -1, -1):
        if found := _LAST.match(lines[number]):
            rest = [found["message"] or "", *lines[number + 1 :]]
            return found["kind"].rpartition(".")[2], " ".join(" ".join(rest).split())
    return "Error", lines[-1] if lines else ""
