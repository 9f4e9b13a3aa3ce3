"""The picture of the dashboard in README.md: a wave of sixteen DAGs under way. ``python -m tests.picture`` draws it."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction, State
from tests.browser.devtools import Browser
from tests.browser.watching import dashboard, wait

PICTURE = Path(__file__).parents[1] / "docs" / "dashboard.png"
ROAD = (
    State.PREFLIGHT, State.QUIESCING, State.PAUSED, State.DRAINED, State.WATERMARKED, State.CARRIED_OVER,
    State.REPARSED, State.UNPAUSED, State.OBSERVED,
)  # fmt: skip
WAVE = {
    "billing_export": 9, "billing_invoices": 9, "crm_contacts": 9, "crm_sync": 8, "finance_daily": 8, "fx_rates": 8,
    "inventory_snapshot": 7, "marketing_report": 6, "orders_hourly": 5, "orders_daily": 4, "returns": 3, "shipping": 2,
    "stock_levels": 2, "supplier_feed": 2, "web_sessions": 1, "weekly_summary": 1,
}  # fmt: skip
"""Each DAG, and how many states of the road it has passed."""


def fill(workspace: Path) -> None:
    """Write the journal of the wave as a cutover does: event after event."""
    (workspace / ".migrate").mkdir(parents=True)
    (workspace / "migrate.toml").write_text("schema_version = 1\n", "utf-8")
    now = datetime.now(UTC) - timedelta(minutes=4)
    facts = {"kept_paused": False, "quiescing_since": now.isoformat()}
    with closing(Journal(workspace / ".migrate" / "journal.db")) as journal:
        attempt = journal.begin(2, Direction.FORWARD, tuple(WAVE), now, "anna")
        for number, state in enumerate(ROAD, 1):
            there = [(dag_id, state, facts, "") for dag_id, passed in WAVE.items() if passed >= number]
            now += timedelta(seconds=20)
            if there:
                journal.write(attempt, now, "done", there)


def draw(picture: Path) -> None:
    """Open the dashboard in a browser and keep what it shows."""
    with tempfile.TemporaryDirectory() as folder, Browser(Path(folder) / "profile") as browser:
        workspace = Path(folder) / "ws"
        fill(workspace)
        with dashboard(workspace) as address:
            page = browser.page(width=1360, height=720)
            page.open(address)
            wait(page, f"document.querySelectorAll('#rows tr').length == {len(WAVE)}")
            page.settle()
            page.shot(picture)


if __name__ == "__main__":
    draw(PICTURE)
