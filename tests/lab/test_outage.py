"""The demo from a snapshot: v1 is switched off for good in the middle of what it does, and the ledger is clean."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest

from migrator.lab import lab as labs
from migrator.lab.demo import Demo

pytestmark = [pytest.mark.lab, pytest.mark.soak]


def test_from_a_snapshot_to_a_clean_ledger() -> None:
    folder = Path(tempfile.mkdtemp(prefix="migrate-"))
    try:
        assert Demo(folder / "lab", folder / "ws", print, left="snapshot").run() == 0
        audit = json.loads((folder / "ws/reports/audit.json").read_text("utf-8"))
    finally:
        labs.reset(folder / "lab", print)
        shutil.rmtree(folder)
    rows = {row["dag_id"]: row for row in audit["dags"]}
    assert (audit["summary"]["duplicates"], audit["summary"]["gaps"]) == (0, 0)
    assert rows["delta_ingest"]["in_outage"]["run"] == 0 < rows["delta_ingest"]["in_outage"]["skipped_by_decision"]
    assert rows["minute_report"]["in_outage"]["run"] > 2
    assert rows["minute_report"]["in_outage"]["skipped_by_decision"] == 0
