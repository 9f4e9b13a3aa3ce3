"""SaveSnapshot of the lab, and the inventory from it beside the one that the live environment gave."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.inventory.seal import unseal
from migrator.inventory.store import load
from migrator.lab import estate
from migrator.lab.ending import saved
from migrator.lab.workspace import write_workspace
from migrator.workspace.workspace import open_workspace
from tests.inventory.contract import same_environment
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.lab import lab as labs

pytestmark = [pytest.mark.lab, pytest.mark.soak]
PARSED_SECONDS = 300


def test_the_snapshot_gives_what_the_live_environment_gave(lab: labs.Lab, tmp_path: Path) -> None:
    estate.fill(lab, "small", print)
    write_workspace(lab, tmp_path / "live")
    until = time.monotonic() + PARSED_SECONDS
    while True:
        migrate(tmp_path / "live", "inventory").ended(0)
        live = load(tmp_path / "live/inventory.json")
        if sum(run.finished for run in live.runs) > 3 or time.monotonic() > until:
            break
        time.sleep(5)
    folder = saved(lab, tmp_path)
    write_workspace(lab, tmp_path / "ws")
    (tmp_path / "ws/.migrate/identity.txt").write_bytes((tmp_path / "live/.migrate/identity.txt").read_bytes())
    config = (tmp_path / "live/migrate.toml").read_text()
    (tmp_path / "ws/migrate.toml").write_text(config)
    migrate(tmp_path / "ws", "inventory", "--from-snapshot", str(folder)).ended(0)
    found = load(tmp_path / "ws/inventory.json")
    ended = {(run.dag_id, run.run_id): run for run in live.runs if run.finished}
    kept = tuple(run for run in found.runs if (run.dag_id, run.run_id) in ended)
    assert len(kept) == len(ended) > 0
    same_environment(replace(found, runs=kept), replace(live, runs=tuple(ended.values())))
    assert [dag.dag_id for dag in found.dags if dag.unknown] == []
    assert unseal(open_workspace(tmp_path / "ws")) == unseal(open_workspace(tmp_path / "live"))
