"""An inventory never costs anybody a file: what it reads, what lies where it writes, and what links lead to."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from migrator.inventory.store import load
from tests.workspace.users import migrate_here as migrate

CODE = 'from airflow import DAG\ndag = DAG("{}", schedule_interval="@daily")\n'


def write(root, *names):
    for name in names:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(CODE.format(place.stem))
    return root


def tree(root):
    """Every file, those that links lead to too, but for what the workspace keeps of its own."""
    found = {}
    for place, folders, names in os.walk(root, followlinks=True):
        folders[:] = [name for name in folders if name != ".migrate"]
        found |= {str(Path(place, name)): Path(place, name).read_bytes() for name in names}
    return found


@pytest.fixture
def workspace(tmp_path):
    migrate(tmp_path / "ws", "init").ended(0)
    return tmp_path / "ws"


def linked(tmp_path, workspace, name, to):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).symlink_to(workspace / to, target_is_directory=True)
    return tmp_path / name


OVERLAPS = {
    "the folder itself": lambda tmp, ws: ws / "dags/source",
    "the one above": lambda tmp, ws: ws / "dags",
    "one inside": lambda tmp, ws: ws / "dags/source/team",
    "the workspace, with nothing else in it": lambda tmp, ws: ws,
    "dots": lambda tmp, ws: ws / "dags/source/team/../../../dags",
    "a link to it": lambda tmp, ws: linked(tmp, ws, "link", "dags/source"),
    "a link to the one above": lambda tmp, ws: linked(tmp, ws, "link", "dags"),
    "a link in the way": lambda tmp, ws: linked(tmp, ws, "link", ".") / "dags",
    "a copy whose dags is a link": lambda tmp, ws: linked(tmp, ws, "copy/dags", "dags/source").parent,
    "a copy whose plugins is a link": lambda tmp, ws: linked(tmp, ws, "copy/plugins", "plugins/source").parent,
}


@pytest.mark.parametrize("place", OVERLAPS)
def test_what_is_read_is_never_what_is_written(workspace, tmp_path, place):
    write(workspace, "dags/source/a.py", "dags/source/team/b.py", "plugins/source/p.py")
    folder = OVERLAPS[place](tmp_path, workspace)
    before = tree(tmp_path)
    ran = migrate(workspace, "inventory", "--from-folder", str(folder)).ended(4)
    assert "overlap" in ran.err
    assert tree(tmp_path) == before


def test_a_path_from_the_folder_one_stands_in(workspace, monkeypatch):
    write(workspace, "dags/source/a.py")
    monkeypatch.chdir(workspace / "dags")
    before = tree(workspace)
    migrate(workspace, "inventory", "--from-folder", "../dags/source").ended(4)
    assert tree(workspace) == before


def test_a_snapshot_in_the_workspace_reads_none_of_its_folders(workspace, tmp_path):
    write(workspace, "dags/source/a.py")
    (workspace / "snap").mkdir()
    (workspace / "snap/airflow.sql").write_text("-- PostgreSQL database dump\n")
    (workspace / "snap/fernet-key").write_text("x")
    before = {name: data for name, data in tree(workspace).items() if "/dags/" in name}
    migrate(workspace, "inventory", "--from-snapshot", str(workspace / "snap"))
    assert {name: data for name, data in tree(workspace).items() if name in before} == before
    assert not list((workspace / "dags/source").rglob("*.sql"))
    assert not list((workspace / "dags/source").rglob("fernet*"))


@pytest.mark.parametrize("files", [("a.py", "team/b.py"), ("dags/a.py", "dags/team/b.py", "plugins/p.py")])
@pytest.mark.parametrize("inside", [".", "tools/migration"])
def test_a_repository_of_dags_is_read_without_the_workspace_again_and_again(tmp_path, files, inside):
    repository = write(tmp_path / "repo", *files)
    workspace = repository / inside
    migrate(workspace, "init").ended(0)
    (workspace / "docs").mkdir(exist_ok=True)
    (workspace / "docs/README.md").write_text("of the user\n")
    ran = migrate(workspace, "inventory", "--from-folder", str(repository)).ended(0)
    assert "its own folders and files are left out" in ran.err
    one = load(workspace / "inventory.json")
    migrate(workspace, "rewrite").ended(0)
    migrate(workspace, "policies").ended(0)
    for _ in range(2):
        migrate(workspace, "inventory", "--from-folder", str(repository)).ended(0)
        two = load(workspace / "inventory.json")
        assert (two.dags, two.files, two.broken_files) == (one.dags, one.files, one.broken_files)
    assert {file.path for file in one.files if file.path.endswith(".py")} == {
        name if name.startswith(("dags/", "plugins/")) else f"dags/{name}" for name in files
    }
    assert not any(word in file.path for file in one.files for word in ("secrets", "identity", "inventory", "migrate."))
    assert not (workspace / "dags/source/source").exists()


def test_files_of_the_user_where_it_writes_are_left_and_named(workspace, tmp_path):
    write(workspace, "dags/source/mine.py", "dags/source/a.py", "dags/source/.git/HEAD", "dags/source/.git/x/y")
    (workspace / "dags/source/a.py").write_text("# my own a\n")
    elsewhere = write(tmp_path / "elsewhere", "a.py", "b.py")
    before = tree(workspace / "dags/source")
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(3)
    assert {name: data for name, data in tree(workspace / "dags/source").items() if name in before} == before
    for name in ("dags/source/mine.py", "dags/source/a.py", "dags/source/.git/:"):
        assert name in ran.err
    assert f"migrate inventory --from-folder {elsewhere}" in ran.err
    assert (workspace / "dags/source/b.py").is_file()
    inventory = load(workspace / "inventory.json")
    assert [dag.dag_id for dag in inventory.dags] == ["a", "b"]
    assert any("dags/source/a.py here is not the source's" in one for one in inventory.warnings)


def test_only_what_an_inventory_wrote_and_nobody_changed_goes(workspace, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", "a.py", "b.py", "gone.py", "edited.py", "team/c.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)
    (workspace / "dags/source/edited.py").write_text("# mine now\n")
    for name in ("gone.py", "edited.py", "team/c.py"):
        (elsewhere / name).unlink()
    (elsewhere / "a.py").write_text(CODE.format("a2"))
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(3)
    assert "dags/source/edited.py" in ran.err
    source = workspace / "dags/source"
    assert sorted(str(path.relative_to(source)) for path in source.rglob("*")) == ["a.py", "b.py", "edited.py"]
    assert "a2" in (source / "a.py").read_text()
    (source / "edited.py").unlink()
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)


def test_a_file_that_was_there_before_stays_the_users_even_when_equal(workspace, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", "a.py", "b.py")
    write(workspace, "dags/source/a.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)
    (elsewhere / "a.py").unlink()
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(3)
    assert (workspace / "dags/source/a.py").is_file()


def test_a_workspace_from_before_the_manifest_counts_what_its_inventory_records(workspace, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", "a.py", "b.py", "c.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)
    for manifest in workspace.rglob(".*.manifest.json"):
        manifest.unlink()
    (workspace / "dags/source/c.py").write_text("# mine now\n")
    for name in ("b.py", "c.py"):
        (elsewhere / name).unlink()
    (elsewhere / "a.py").write_text(CODE.format("a2"))
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(3)
    assert "dags/source/c.py" in ran.err
    assert "a.py" not in ran.err.partition("why:")[2]
    assert not (workspace / "dags/source/b.py").exists()
    assert "a2" in (workspace / "dags/source/a.py").read_text()


@pytest.mark.parametrize("link", ["dags/source", "dags", "plugins/source", "plugins"])
def test_a_folder_that_is_a_link_is_not_written_through(workspace, tmp_path, link):
    theirs = write(tmp_path / "theirs", ".git/HEAD", "mine.py", "source/mine.py")
    (workspace / link).parent.mkdir(parents=True, exist_ok=True)
    (workspace / link).symlink_to(theirs, target_is_directory=True)
    elsewhere = write(tmp_path / "elsewhere", "dags/a.py", "plugins/p.py")
    before = tree(tmp_path)
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(4)
    assert f"rm {workspace / link}" in ran.err
    assert tree(tmp_path) == before


def test_links_inside_are_neither_followed_nor_replaced(workspace, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", "a.py", "team/b.py", "c.py")
    theirs = write(tmp_path / "theirs", "a.py", "team/b.py")
    before = tree(theirs)
    (workspace / "dags/source").mkdir(parents=True)
    (workspace / "dags/source/a.py").symlink_to(theirs / "a.py")
    (workspace / "dags/source/team").symlink_to(theirs / "team", target_is_directory=True)
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(3)
    assert tree(theirs) == before
    assert (workspace / "dags/source/a.py").is_symlink()
    assert "dags/source/team/b.py: it is a link, or lies behind one" in ran.err


def test_nothing_old_goes_before_all_that_is_new_is_there(workspace, tmp_path, monkeypatch):
    elsewhere = write(tmp_path / "elsewhere", "a.py", "old.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)
    before = tree(workspace)
    (elsewhere / "old.py").unlink()
    write(elsewhere, "new.py", "a2.py")
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), _full(synced), real(handle)))
    ran = migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(2)
    assert "ENOSPC" in ran.err
    assert tree(workspace) == before


def _full(synced):
    if len(synced) == 2:
        raise OSError(28, "No space left on device", "new.py")


def test_a_damaged_manifest_stops_it(workspace, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", "a.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(0)
    (workspace / "dags/.source.manifest.json").write_text(json.dumps({"schema_version": 99, "files": {}}))
    shutil.rmtree(elsewhere)
    write(elsewhere, "b.py")
    migrate(workspace, "inventory", "--from-folder", str(elsewhere)).ended(2)
    assert (workspace / "dags/source/a.py").is_file()


def test_an_inventory_of_a_newer_version_is_not_written_over(workspace, tmp_path):
    text = json.dumps({"schema_version": 99})
    (workspace / "inventory.json").write_text(text)
    ran = migrate(workspace, "inventory", "--from-folder", str(write(tmp_path / "elsewhere", "a.py"))).ended(2)
    assert "schema version 99" in ran.err
    assert (workspace / "inventory.json").read_text() == text
