"""How long 10,000 objects take to inventory, and how much memory: from the bucket, from a folder, from a snapshot.

The bucket is the emulator's; a stand-in answers for the agent, since no Airflow parses 9,000 files in this time. The
dump has a gigabyte of logs beside what counts.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from migrator.environments.bucket import GcsBucket
from migrator.environments.endpoint import Endpoint
from migrator.environments.folder import open_folder
from migrator.environments.ports import Answer, Environment
from migrator.inventory.folder import of_folder
from migrator.inventory.snapshot.layout import find_layout
from migrator.inventory.snapshot.read import of_snapshot
from migrator.inventory.take import keep, take
from migrator.lab import bucket as server
from migrator.lab.estate import full
from migrator.model.environment import EnvironmentFacts
from migrator.workspace.keys import create_identity
from migrator.workspace.workspace import Workspace
from tests.environments.fixtures import _await
from tests.environments.servers import closed_port
from tests.inventory.snapshot.dumps import DAG, KEY, PG_END, copy_form, tables

OBJECTS, PLUGINS = 10_000, 1_000
LOG_ROWS = 5_000_000
BUCKET, NAME = "bench", "projects/p/locations/l/environments/e"
FACTS = EnvironmentFacts(NAME, "composer-1.20.12-airflow-1.10.15", "RUNNING", BUCKET, "")


class StandIn:
    """Answers ``describe`` with the DAGs of the folder."""

    def __init__(self, dags: tuple[Any, ...]) -> None:
        self._dags = dags

    def call(self, action: str, **params: Any) -> Answer:
        return Answer({"dags": list(self._dags)}, datetime.now(UTC), "1.10.15", "3.8.12")


def write_files(root: Path) -> None:
    for path, text in full(OBJECTS - PLUGINS).items():
        place = root / "dags" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (root / "plugins").mkdir()
    for number in range(PLUGINS):
        (root / "plugins" / f"plugin_{number}.py").write_text(f"NUMBER = {number}\n")


def write_dump(root: Path) -> None:
    dags = [DAG | {"dag_id": f"estate_{n:03d}"} for n in range(OBJECTS - PLUGINS)]
    text = copy_form(tables(dag=dags))
    with (root / "airflow-database.postgres.sql").open("w") as out:
        out.write("COPY public.log (id, event, extra) FROM stdin;\n")
        for number in range(LOG_ROWS):
            out.write(f"{number}\tcli_task_run\t" + "x" * 180 + "\n")
        out.write("\\.\n" + text.removesuffix(PG_END) + PG_END)
    (root / "fernet-key.txt").write_text(KEY)


def serve(root: Path, files: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = closed_port()
    running = subprocess.Popen(server.command(root, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = server.endpoint(port)
    _await(url)
    server.create(url, (BUCKET,))
    target = GcsBucket(BUCKET, "lab", Endpoint(url))
    paths = list(files.rglob("*.py"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: target.write(path.relative_to(files).as_posix(), path.read_bytes()), paths))
    target.close()
    return running, url


def measured(kind: str, root: Path, url: str) -> None:
    """One way of taking the inventory, in a process of its own."""
    workspace = Workspace(root / f"ws-{kind}")
    recipient = create_identity(workspace.identity)
    now = datetime.now(UTC)
    if kind == "bucket":
        agent = StandIn(of_folder(open_folder(root / "copy"), name="", now=now).inventory.dags)
        before = time.perf_counter(), time.process_time()
        bucket = GcsBucket(BUCKET, "lab", Endpoint(url))
        inventory = take(workspace, Environment(FACTS, bucket, agent, None), now=now).inventory  # type: ignore[arg-type]
        bucket.close()
    elif kind == "folder":
        before = time.perf_counter(), time.process_time()
        files = open_folder(root / "copy")
        inventory = keep(workspace, files, of_folder(files, name="", now=now)).inventory
    else:
        before = time.perf_counter(), time.process_time()
        layout = find_layout(root / "copy", key=None)
        found = of_snapshot(layout, name="", recipient=recipient, weeks=4)
        inventory = keep(workspace, layout.files, found.collected).inventory
    wall, used = time.perf_counter() - before[0], time.process_time() - before[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    counts = f"{len(inventory.files):>6} objects {len(inventory.dags):>5} DAGs"
    print(f"{kind:<9} {counts}  {wall:5.1f} s  {used:5.1f} s of one processor  {peak:>4} MB at most", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        (root / "copy").mkdir()
        (root / "gcs").mkdir()
        write_files(root / "copy")
        running, url = serve(root / "gcs", root / "copy")
        try:
            for kind in ("bucket", "folder", "snapshot"):
                if kind == "snapshot":
                    write_dump(root / "copy")
                subprocess.run([sys.executable, "-m", "tests.bench.inventory_objects", kind, name, url], check=True)
        finally:
            running.terminate()
            running.wait(10)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measured(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    else:
        main()
