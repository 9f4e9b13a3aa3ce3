"""Which files belong into the target's bucket."""

from __future__ import annotations

import pytest

from migrator.errors import RefusedError
from migrator.transfer.paused import PausedAtCreation, paused_at_creation, require_paused
from migrator.transfer.select import local_files
from tests.transfer.targets import facts


@pytest.mark.parametrize(
    "path", ["__pycache__/a.pyc", "sub/__pycache__/a.pyc", ".partial-x.tmp", ".DS_Store", ".git/config"]
)
def test_what_tools_leave_behind_stays_here(tmp_path, path):
    assert local_files(tmp_path, "dags/", {path: "m"}) == []


@pytest.mark.parametrize("path", ["a.py", "sql/query.sql", ".airflowignore", "sub/.gitignore", "git/x.py"])
def test_everything_else_goes(tmp_path, path):
    assert [file.to for file in local_files(tmp_path, "dags/", {path: "m"})] == [f"dags/{path}"]


@pytest.mark.parametrize(
    ("overrides", "state"),
    [
        ({"core-dags_are_paused_at_creation": "True"}, PausedAtCreation.YES),
        ({"core-dags_are_paused_at_creation": " true "}, PausedAtCreation.YES),
        ({"core-dags_are_paused_at_creation": "1"}, PausedAtCreation.YES),
        ({"core-dags_are_paused_at_creation": "False"}, PausedAtCreation.NO),
        ({"core-dags_are_paused_at_creation": "maybe"}, PausedAtCreation.NO),
        ({}, PausedAtCreation.UNKNOWN),
    ],
)
def test_the_override_says_whether_new_dags_start_paused(overrides, state):
    assert paused_at_creation(facts(overrides)) is state


def test_only_the_unknown_can_be_vouched_for():
    require_paused(facts({}), assumed=True)
    with pytest.raises(RefusedError, match="may start") as caught:
        require_paused(facts({"core-dags_are_paused_at_creation": "False"}), assumed=True)
    assert "--assume-paused" not in caught.value.fix
