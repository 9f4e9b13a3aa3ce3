"""The demo from what is left: v1 is switched off for good in the middle of what it does, and the ledger is clean."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from migrator.lab import lab as labs
from migrator.lab.demo import Demo

pytestmark = [pytest.mark.lab, pytest.mark.soak]

RUNS = """
import json, sys
import psycopg2
found = []
for url in sys.argv[1:]:
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT dag_id, execution_date, run_id, state, conf FROM dag_run")
        found.append([
            [dag_id, date.isoformat(), state, b"composer_migrator" in bytes(conf or b"")]
            for dag_id, date, run_id, state, conf in cursor if run_id.startswith("scheduled__")
        ])
print(json.dumps(found))
"""


def really(lab: labs.Lab) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The scheduled runs that succeeded in v1, and those that v2 made and no mark says are of v1, by both databases."""
    urls = [side.database_url.replace("+psycopg2", "") for side in lab.sides]
    command = [str(lab.target.python), "-c", RUNS, *urls]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=lab.target.env)
    v1, v2 = json.loads(done.stdout)
    return {(dag, date) for dag, date, state, _ in v1 if state == "success"}, {
        (d, at) for d, at, _, own in v2 if not own
    }


@pytest.mark.parametrize("left", ["snapshot", "folder"])
def test_from_what_is_left_to_a_clean_ledger(left: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="migrate-"))
    try:
        assert Demo(folder / "lab", folder / "ws", print, left=left).run() == 0
        audit = json.loads((folder / "ws/reports/audit.json").read_text("utf-8"))
        v1, v2 = really(labs.load(folder / "lab"))
    finally:
        labs.reset(folder / "lab", print)
        shutil.rmtree(folder)
    rows = {row["dag_id"]: row for row in audit["dags"]}
    assert (audit["summary"]["duplicates"], audit["summary"]["gaps"]) == (0, 0)
    assert rows["delta_ingest"]["in_outage"]["run"] == 0 < rows["delta_ingest"]["in_outage"]["skipped_by_decision"]
    assert rows["minute_report"]["in_outage"]["run"] > 2
    assert rows["minute_report"]["in_outage"]["skipped_by_decision"] == 0
    assert v1 & v2 == set(), "v1's own database, which the migration did not see after its end"
    told = {(name, one["logical_date"]) for name, row in rows.items() for one in row["inferred"]}
    assert bool(told) is (left == "folder")
    assert audit["summary"]["ran_once"] == sum(row["by_v2"] for row in rows.values()) or not told
