"""How long an inventory takes, and how often the agent is called: the small estate beside the one of 220 DAGs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from migrator.lab import estate, lab
from migrator.lab.workspace import write_workspace


def quiet(_: str) -> None:
    """The lab's own story is not wanted here."""


def measure(kind: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        running = lab.up(folder / "lab", quiet)
        estate.fill(running, kind, quiet)
        write_workspace(running, folder)
        command = [sys.executable, "-m", "migrator.cli", "--workspace", str(folder), "--quiet", "inventory"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # the agent's file goes up once
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken = time.perf_counter() - begun
        dags = json.loads((folder / "inventory.json").read_text("utf-8"))["dags"]
        print(
            f"{kind:<6} {len(dags):>4} DAGs  {sum(len(d['tasks']) for d in dags):>4} tasks  {taken:5.1f} s", flush=True
        )
    finally:
        lab.reset(folder / "lab", quiet)
        shutil.rmtree(folder)


if __name__ == "__main__":
    for name in ("small", "full"):
        measure(name)
