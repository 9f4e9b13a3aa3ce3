"""What the site reads of the record of changes: whatever version wrote it, and never a damaged one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migrator.errors import WorkspaceError
from migrator.inventory.drift import FORM, Drift, remember
from migrator.report.site.drift import Changed, changes_in

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_what_an_inventory_remembers(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    assert changes_in(path) == ()
    FORM.save(remember(path, [Drift("pool", "p", "slots", (1, 2)), Drift("dag", "d", "gone")]), path)
    assert changes_in(path) == (Changed("pool", "p", "slots", (1, 2)), Changed("dag", "d", "gone"))


def test_who_and_when_are_told_where_they_are_known(tmp_path: Path) -> None:
    row = {"kind": "dag", "name": "d", "what": "new", "waves": [3], "how": "event"}
    rows = [row | {"who": "ann", "when": "2026-01-02T03:04:05+00:00"}, row | {"who": "unknown", "when": "unknown"}]
    (tmp_path / "drift.json").write_text(json.dumps({"schema_version": 1, "changes": rows, "more": 1}))
    known, unknown = changes_in(tmp_path / "drift.json")
    assert known == Changed("dag", "d", "new", (3,), "ann", "2026-01-02T03:04:05+00:00")
    assert (unknown.who, unknown.when) == ("", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "line 1 column 2"),
        ("[]", "a list"),
        ('{"schema_version": 1}', "changes"),
        ('{"schema_version": 1, "changes": [{"kind": "dag"}]}', "name"),
    ],
)
def test_one_that_cannot_be_read_is_told_and_kept(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "drift.json"
    path.write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        changes_in(path)
    assert why in caught.value.why
    assert caught.value.fix.startswith(f"mv {path} ")
    assert path.read_text() == text


def test_a_newer_one_names_both_versions(tmp_path: Path) -> None:
    path = tmp_path / "drift.json"
    path.write_text('{"schema_version": 2, "changes": []}')
    with pytest.raises(WorkspaceError, match="has schema version 2") as caught:
        changes_in(path)
    assert "up to 1" in caught.value.why
