"""A workspace in the middle of a migration: 220 DAGs, two waves under way, a ledger with a gap, and changes in v1."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from migrator.inventory import store
from tests.assess.planted import inventory, sources
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROWS = [
    {"kind": "variable", "name": "<b>region", "what": "value", "waves": []},
    {
        "kind": "pool",
        "name": "warehouse",
        "what": "slots",
        "waves": [1, 2],
        "who": "ann",
        "when": "2026-05-31T08:09:10",
    },
]
DRIFT = {"schema_version": 1, "changes": ROWS, "to_transfer": {"variables": ["<b>region"]}}


def migrated(root: Path) -> Path:
    """The workspace with all that a report is made of, and its site."""
    for name, text in list(sources().items())[:12]:
        top, _, rest = name.partition("/")
        path = root / top / "source" / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store.save(inventory(), root / "inventory.json")
    (root / "migrate.toml").write_text("schema_version = 1\n")
    migrate(root, "plan").ended(0)
    waves = json.loads((root / "plan.json").read_text())["waves"]
    with closing(Journal(root / ".migrate" / "journal.db")) as journal:
        for wave, state in zip(waves[:2], (State.OBSERVED, State.PAUSED), strict=True):
            ids = [dag["dag_id"] for dag in wave["dags"]]
            attempt = journal.begin(wave["number"], Direction.FORWARD, ids, NOW, "test")
            journal.write(attempt, NOW, "done", [(dag_id, state, {}, "") for dag_id in ids])
    entry = {"logical_date": "2026-05-31T00:00:00+00:00", "runs": []}
    dag = {"dag_id": ids[0], "expected": 2, "ran_once": 1, "gaps": [entry], "duplicates": [], "extras": []}
    summary = {"expected": 2, "ran_once": 1, "duplicates": 0, "gaps": 1, "extras": 0, "pending": 0}
    window = {"since": "2026-05-30T00:00:00+00:00", "until": "2026-06-01T00:00:00+00:00"}
    ledger = {"schema_version": 1, "summary": summary, "window": window, "dags": [dag]}
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "audit.json").write_text(json.dumps(ledger))
    (root / "reports" / "drift.json").write_text(json.dumps(DRIFT))
    (root / "dags" / "source" / "clean" / "clean_000.py").write_text("x = 1\n")
    ran = migrate(root, "report", "--resolve-seconds", "0").ended(0)
    assert "index.html" in ran.err
    return root
