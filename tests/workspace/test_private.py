"""What is its owner's alone: ``.migrate/``, all in it, and the secrets."""

from __future__ import annotations

import os
import stat
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.journal import Journal
from migrator.cutover.machine import Direction
from migrator.workspace.files import write_atomic, write_private
from migrator.workspace.own import put
from migrator.workspace.private import close_workspace, make_file
from tests.workspace.users import migrate, migrate_here

if TYPE_CHECKING:
    from pathlib import Path

DAG = "from airflow import DAG\nfrom airflow.operators.bash_operator import BashOperator\n"


@pytest.fixture(autouse=True)
def _generous():
    """The operator's umask would let everybody write."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(root: Path) -> list[str]:
    """What of these is not its owner's alone."""
    private = [root / ".migrate", *(root / ".migrate").rglob("*"), *root.glob("secrets*.age")]
    return [str(one.relative_to(root)) for one in private if one.exists() and stat.S_IMODE(one.stat().st_mode) & 0o077]


def journal(path: Path) -> None:
    with closing(Journal(path)) as kept:
        kept.begin(1, Direction.FORWARD, ["a"], datetime(2026, 1, 1, tzinfo=UTC), "me")
        assert path.with_name(f"{path.name}-wal").exists()
        assert open_to_others(path.parent.parent) == []


MAKERS = {
    "a file": lambda root: write_atomic(root / ".migrate" / "cache" / "ab" / "x.json", b"{}"),
    "a private file": lambda root: write_private(root / ".migrate" / "key", b"k"),
    "a program": lambda root: write_atomic(root / ".migrate" / "run", b"", mode=0o755),
    "a tree": lambda root: put(root / ".migrate" / "tree", {"a/b": "c"}, by="x", executable=["a/b"]),
    "a library's file": lambda root: make_file(root / ".migrate" / "db"),
    "the journal": lambda root: journal(root / ".migrate" / "journal.db"),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_whoever_makes_the_private_folder_makes_it_private(tmp_path, make):
    make(tmp_path)
    assert len(list((tmp_path / ".migrate").rglob("*"))) > 0
    assert open_to_others(tmp_path) == []


COMMANDS = {
    "init": ["init"],
    "inventory": ["inventory", "--from-folder", "{from}"],
    "rewrite": ["rewrite"],
    "status": ["status"],
    "a usage error": ["cutover"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_each_command_makes_it_private_and_closes_what_was_open(tmp_path, command):
    root, source = tmp_path / "root", tmp_path / "from"
    root.mkdir()
    write_atomic(source / "dags" / "a.py", DAG.encode())
    if command != ["init"]:
        migrate(root, "init").ended(0)
        migrate_here(root, "inventory", "--from-folder", str(source)).ended(0)
        assert open_to_others(root) == []
    for name in (".migrate/cache/ab/x.json", ".migrate/journal.db", ".migrate/journal.db-wal", "fleet/eu/.migrate/k"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    for one in (root / ".migrate", *(root / ".migrate").rglob("*")):
        one.chmod(0o777 if one.is_dir() else 0o666)
    (root / "secrets.age").touch(0o644)
    (root / "secrets.poorer.age").touch(0o644)
    migrate(root, *(part.format(**{"from": source}) for part in command))
    assert open_to_others(root) == []
    assert open_to_others(root / "fleet" / "eu") == []


def test_a_file_that_was_open_in_a_closed_folder_is_closed(tmp_path):
    write_private(tmp_path / ".migrate" / "journal.db", b"")
    (tmp_path / ".migrate" / "journal.db").chmod(0o644)
    close_workspace(tmp_path)
    assert open_to_others(tmp_path) == []


def test_what_is_elsewhere_keeps_its_mode(tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir(mode=0o755)
    (other / "file").touch(0o644)
    (tmp_path / ".migrate").mkdir()
    (tmp_path / ".migrate" / "link").symlink_to(other)
    (tmp_path / ".migrate" / "to-file").symlink_to(other / "file")
    write_atomic(tmp_path / "inventory.json", b"{}")
    close_workspace(tmp_path)
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (other, other / "file", tmp_path / "inventory.json")]
    assert modes == [0o755, 0o644, 0o644]


def test_a_key_that_is_only_its_owners_to_read_stays_so(tmp_path):
    write_private(tmp_path / ".migrate" / "key", b"")
    (tmp_path / ".migrate" / "key").chmod(0o440)
    close_workspace(tmp_path)
    assert stat.S_IMODE((tmp_path / ".migrate" / "key").stat().st_mode) == 0o400
