"""The file of metrics, read by the parser of Prometheus' own client."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from migrator.cli.metrics import kept, refresh
from migrator.cutover.journal import Attempt, Journal
from migrator.cutover.machine import Direction, Record, State
from migrator.cutover.progress import Progress
from migrator.report.openmetrics import Metrics, as_openmetrics
from migrator.workspace.workspace import open_workspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).isoformat()


def progress(*records: Record, ended: str = "", alarms: int = 0) -> Progress:
    attempt = Attempt(1, 3, Direction.FORWARD, NOW.isoformat(), "", ended)
    return Progress(attempt, NOW + timedelta(seconds=60), {r.dag_id: r for r in records}, alarms=alarms)


def parsed(text: str) -> dict[tuple[str, str], float]:
    """Value by sample name and the values of its labels; the parser refuses what is not OpenMetrics."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_number_is_there() -> None:
    records = (
        Record("a", State.QUIESCING, {"quiescing_since": at(18.5), "kept_paused": False}),
        Record("b", State.CARRIED_OVER, {"paused_at": at(49), "kept_paused": False}),
        Record("c", State.OBSERVED, {"verdict": "failed"}),
        Record("d", State.OBSERVED, {"verdict": "passed"}),
    )
    ledger = {"expected": 120, "ran_once": 117, "duplicates": 1, "gaps": 2, "extras": 0}
    found = parsed(as_openmetrics(Metrics(NOW, progress(*records, alarms=2), ledger, NOW - timedelta(hours=1))))
    assert found["migrate_dags", "OBSERVED"] == 2
    assert found["migrate_dags", "QUIESCING"] == 1
    assert found["migrate_dags", "V1_PAUSED"] == 0
    assert found["migrate_off_both_sides_seconds", ""] == 11
    assert found["migrate_drain_wait_seconds", "a"] == 41.5
    assert ("migrate_drain_wait_seconds", "b") not in found
    assert found["migrate_watchdog_alarms_total", ""] == 2
    assert found["migrate_observations", "failed"] == 1
    assert found["migrate_ledger_intervals", "gaps"] == 2
    assert found["migrate_written_seconds", ""] - found["migrate_audited_seconds", ""] == 3600
    assert found["migrate_written_seconds", ""] == NOW.timestamp()
    assert found["migrate_wave_open", "3,forward"] == 1
    assert found["migrate_wave_eta_seconds", "3,forward"] > 0


def test_before_the_first_wave_and_after_the_last() -> None:
    assert parsed(as_openmetrics(Metrics(NOW))) == {("migrate_written_seconds", ""): NOW.timestamp()}
    ended = parsed(as_openmetrics(Metrics(NOW, progress(Record("a", State.PLANNED), ended=at(1)))))
    assert ended["migrate_wave_open", "3,forward"] == 0
    assert ended["migrate_wave_eta_seconds", "3,forward"] == 0


def test_a_name_with_quotes_and_backslashes_survives() -> None:
    odd = 'a "b"\\c\nd'
    record = Record(odd, State.QUIESCING, {"quiescing_since": at(0)})
    assert parsed(as_openmetrics(Metrics(NOW, progress(record))))["migrate_drain_wait_seconds", odd] == 60


def test_the_file_is_kept_up_to_date_while_a_wave_runs_and_after_an_audit(tmp_path: Path) -> None:
    (tmp_path / "migrate.toml").write_text('[cutover]\nmetrics_file = "metrics/migrate.prom"\n')
    workspace, ticks, shown = open_workspace(tmp_path), iter([0, 1, 6, 6]), []
    file = tmp_path / "metrics" / "migrate.prom"
    show = kept(workspace, shown.append, lambda: next(ticks))
    counts = []
    for states in ([State.PLANNED], [State.PAUSED], [State.UNPAUSED]):
        show(progress(*(Record("a", state) for state in states)))
        found = parsed(file.read_text())
        counts.append(next(label for (name, label), count in found.items() if name == "migrate_dags" and count))
    assert counts == ["PLANNED", "PLANNED", "V2_UNPAUSED"]
    assert len(shown) == 3
    with closing(Journal(workspace.journal)) as journal:
        journal.begin(4, Direction.BACK, ["a", "b"], NOW, "me")
    window = {"since": NOW.isoformat(), "until": NOW.isoformat()}
    total = dict.fromkeys(("expected", "ran_once", "duplicates", "extras", "pending"), 0) | {"gaps": 5}
    told = {"schema_version": 1, "window": window, "summary": total, "dags": []}
    workspace.reports.mkdir()
    (workspace.reports / "audit.json").write_text(json.dumps(told))
    refresh(workspace)
    found = parsed(file.read_text())
    assert (found["migrate_dags", "PLANNED"], found["migrate_ledger_intervals", "gaps"]) == (2, 5)
    assert found["migrate_wave_open", "4,back"] == 1


def test_a_file_that_cannot_be_written_stops_no_wave(tmp_path: Path) -> None:
    (tmp_path / "migrate.toml").write_text('[cutover]\nmetrics_file = "metrics/migrate.prom"\n')
    (tmp_path / "metrics").write_text("no folder")
    shown: list[Progress] = []
    kept(open_workspace(tmp_path), shown.append)(progress())
    assert len(shown) == 1


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "migrate.toml").write_text("")
    workspace = open_workspace(tmp_path)
    refresh(workspace)
    kept(workspace, lambda _: None)(progress())
    assert [path.name for path in tmp_path.iterdir()] == ["migrate.toml"]
