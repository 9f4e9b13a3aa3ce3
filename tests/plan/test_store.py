"""plan.json, read back and refused."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import md5

import pytest

from migrator.errors import StalePlanError, UsageError, WorkspaceError
from migrator.plan.files import deployed_md5s
from migrator.plan.fresh import check_fresh
from migrator.plan.planner import plan
from migrator.plan.store import load, save
from tests.plan.estates import OPTIONS, dag, inventory, planned, triggers


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "plan.json"
    save(planned(dag("a", triggers("b")), dag("b"), dag("c", triggers(None))), path)
    return path


def test_what_is_saved_is_what_is_loaded(kept, tmp_path):
    again = tmp_path / "again.json"
    save(load(kept), again)
    assert again.read_bytes() == kept.read_bytes()
    assert load(kept) == planned(dag("a", triggers("b")), dag("b"), dag("c", triggers(None)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.json", "plan.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"waves": 3}', "\x00"])
def test_a_damaged_plan_says_how_to_make_it_again(kept, text):
    kept.write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        load(kept)
    assert "migrate plan" in caught.value.fix


def test_no_plan_says_how_to_make_one(tmp_path):
    with pytest.raises(WorkspaceError, match="there is no plan") as caught:
        load(tmp_path / "plan.json")
    assert "migrate plan" in caught.value.fix


def test_a_newer_schema_is_refused_with_both_versions_named(kept):
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "schema_version": 9}))
    with pytest.raises(WorkspaceError, match="schema version 9") as caught:
        load(kept)
    assert "up to 1" in caught.value.why


FILES = {"a.py": "x1", "b.py": "x2"}
MADE = plan(inventory(dag("a"), dag("b")), FILES, OPTIONS)  # a is the canary in wave 0, b is in wave 1


def test_nothing_changed_is_fresh():
    check_fresh(MADE, "f1", FILES)
    check_fresh(MADE, "f1", {**FILES, "other.py": "x3"})


def test_another_inventory_makes_it_stale():
    with pytest.raises(StalePlanError) as caught:
        check_fresh(MADE, "f2", FILES)
    assert caught.value.why == "the inventory was taken again and differs"
    assert "migrate plan" in caught.value.fix
    assert caught.value.exit_code == 4


def test_an_edited_and_a_removed_file_are_named():
    with pytest.raises(StalePlanError) as caught:
        check_fresh(MADE, "f1", {"a.py": "edited"})
    assert caught.value.why == "a.py (a) changed; b.py (b) is gone"


def test_an_edit_in_another_wave_does_not_count():
    check_fresh(MADE, "f1", {**FILES, "b.py": "edited"}, wave=0)
    with pytest.raises(StalePlanError):
        check_fresh(MADE, "f1", {**FILES, "b.py": "edited"}, wave=1)


def test_a_wave_that_is_not_there_names_those_that_are():
    with pytest.raises(UsageError, match="no wave 7") as caught:
        check_fresh(MADE, "f1", FILES, wave=7)
    assert caught.value.why == "its waves are 0, 1"


def test_the_file_that_counts_is_the_rewritten_one(tmp_path):
    from dataclasses import replace

    from migrator.model.resources import StoredFile

    estate = replace(inventory(), files=(StoredFile("dags/a.py", 1, "s1"), StoredFile("dags/sub/b.py", 1, "s2")))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.py").write_bytes(b"new")
    assert deployed_md5s(estate, tmp_path) == {"a.py": "s1", "sub/b.py": b64encode(md5(b"new").digest()).decode()}
    assert deployed_md5s(estate, tmp_path / "missing") == {"a.py": "s1", "sub/b.py": "s2"}
