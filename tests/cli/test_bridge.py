"""``migrate bridge`` where there is nothing for it to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from migrator.model.plan import Plan
from migrator.plan import store
from tests.workspace.users import migrate

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_plan_it_says_what_to_run(tmp_path: Path) -> None:
    migrate(tmp_path / "ws", "init").ended(0)
    ran = migrate(tmp_path / "ws", "bridge", "--once").ended(2)
    assert "migrate plan" in ran.err


def test_nothing_is_split(tmp_path: Path) -> None:
    migrate(tmp_path / "ws", "init").ended(0)
    store.save(Plan("f", "v1", "v2", ()), tmp_path / "ws" / "plan.json")
    ran = migrate(tmp_path / "ws", "bridge", "--once", "--format", "json").ended(0)
    assert json.loads(ran.out) == {"schema_version": 1, "spans": []}
    assert "nothing to bridge" in ran.err


def test_a_wrong_form_is_refused(tmp_path: Path) -> None:
    migrate(tmp_path / "ws", "init").ended(0)
    assert "json" in migrate(tmp_path / "ws", "bridge", "--once", "--format", "xml").ended(2).err
