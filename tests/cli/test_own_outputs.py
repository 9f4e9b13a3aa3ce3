"""What commands write beside an inventory: never over a person's file, a link, or the workspace's own."""

from __future__ import annotations

import os
import stat

import pytest

from migrator.workspace.own import put
from tests.workspace.users import migrate_here as migrate

CODE = 'from airflow import DAG\ndag = DAG("d", schedule_interval="@daily", default_args={"owner": "team"})\n'
QUICK = ("--resolve-seconds", "0")
WRITE = {
    "docs": (("docs", *QUICK), "docs/README.md"),
    "report": (("report", *QUICK), "reports/site/index.html"),
    "policies": (("policies",), "policies/airflow_local_settings.py"),
}


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "ws"
    migrate(root, "init").ended(0)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/d.py").write_text(CODE)
    migrate(root, "inventory", "--from-folder", str(tmp_path / "copy")).ended(0)
    return root


@pytest.mark.parametrize("command", WRITE)
def test_an_edited_file_is_left_and_named(workspace, command):
    arguments, name = WRITE[command]
    migrate(workspace, *arguments).ended(0)
    migrate(workspace, *arguments).ended(0)
    (workspace / name).write_text("mine\n")
    ran = migrate(workspace, *arguments).ended(3)
    assert name.rpartition("/")[2] in ran.err
    assert (workspace / name).read_text() == "mine\n"
    (workspace / name).unlink()
    migrate(workspace, *arguments).ended(0)


@pytest.mark.parametrize("command", ["docs", "policies"])
def test_a_file_that_was_there_before_is_left(workspace, command):
    arguments, name = WRITE[command]
    (workspace / name).parent.mkdir()
    (workspace / name).write_text("mine\n")
    migrate(workspace, *arguments).ended(3)
    assert (workspace / name).read_text() == "mine\n"


def test_a_site_of_an_older_version_is_written_anew(workspace):
    (workspace / "reports/site").mkdir(parents=True)
    (workspace / "reports/site/index.html").write_text("of an older version")
    migrate(workspace, "report", *QUICK).ended(0)
    assert "of an older version" not in (workspace / "reports/site/index.html").read_text()


@pytest.mark.parametrize("command", WRITE)
def test_a_folder_that_is_a_link_is_not_written_through(workspace, tmp_path, command):
    arguments, name = WRITE[command]
    (tmp_path / "theirs").mkdir()
    folder = (workspace / name).parent
    folder.parent.mkdir(exist_ok=True)
    folder.symlink_to(tmp_path / "theirs", target_is_directory=True)
    migrate(workspace, *arguments).ended(4)
    assert list((tmp_path / "theirs").iterdir()) == []


def test_what_is_made_no_longer_goes_unless_it_was_changed(tmp_path):
    put(tmp_path / "made", {"a": "1", "b": "1", "team/c": "1"}, by="x")
    (tmp_path / "made/b").write_text("mine")
    done = put(tmp_path / "made", {"a": "2"}, by="x")
    assert (done.written, done.removed, [one.path for one in done.left]) == (("a",), ("team/c",), ["b"])
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["a", "b"]


OWN = ("inventory.json", "migrate.toml", "dags/source/d.py", "dags/../dags/source/new.py", ".migrate/identity.txt")


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("command", [("assess", *QUICK), ("plan",), ("rewrite", "--dry-run")])
def test_an_output_never_takes_the_place_of_the_workspaces_own(workspace, name, command):
    path = workspace / name
    before = path.read_bytes() if path.exists() else None
    ran = migrate(workspace, *command, "-o", str(path)).ended(4)
    assert "the workspace's own" in ran.err
    assert (path.read_bytes() if path.exists() else None) == before


def test_an_output_that_is_a_device_or_a_link(workspace, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    migrate(workspace, "plan", "-o", str(tmp_path / "pipe")).ended(0)
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)
    assert b"wave" in os.read(reader, 1 << 16).lower()
    os.close(reader)
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    migrate(workspace, "plan", "-o", str(tmp_path / "link.txt")).ended(0)
    assert (tmp_path / "link.txt").is_symlink()
    assert "old" not in (tmp_path / "real.txt").read_text()


def test_the_demo_takes_no_place_of_another_migration(workspace):
    from migrator.errors import RefusedError
    from migrator.lab.workspace import write_workspace

    before = (workspace / "migrate.toml").read_bytes()
    with pytest.raises(RefusedError, match="of another migration"):
        write_workspace(None, workspace)
    assert (workspace / "migrate.toml").read_bytes() == before


@pytest.mark.parametrize(
    "name", ["migrate.toml", "secrets.age", "plan.json", "dags/source/d.py", ".migrate/identity.txt"]
)
def test_an_inventory_is_written_over_no_other_file_of_the_workspace(workspace, tmp_path, name):
    (workspace / name).parent.mkdir(exist_ok=True)
    (workspace / name).touch()
    before = (workspace / name).read_bytes()
    reading = ("inventory", "--from-folder", str(tmp_path / "copy"), "-o")
    assert "is the workspace's own" in migrate(workspace, *reading, str(workspace / name)).ended(4).err
    assert (workspace / name).read_bytes() == before
    migrate(workspace, *reading, str(workspace / "inventory.json")).ended(0)
    migrate(workspace, *reading, str(tmp_path / "elsewhere.json")).ended(0)


def everything(*roots):
    """Each file below the folders, and its bytes."""
    return {path: path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}


OWN = ("dags/source", "dags/target", "plugins/source", "dags", ".migrate", "dags/source/below", "plan.json")


@pytest.mark.parametrize("folder", OWN)
@pytest.mark.parametrize("command", [*(words for words, _ in WRITE.values()), ("local", "init", "--no-packages")])
def test_pages_go_into_no_folder_of_the_workspaces_own(workspace, command, folder):
    migrate(workspace, "rewrite").ended(0)
    (workspace / "dags/source/mine.py").write_text(CODE)
    before = everything(workspace / "dags")
    migrate(workspace, *command, "-o", str(workspace / folder)).ended(4)
    assert everything(workspace / "dags") == before


@pytest.mark.parametrize("first", WRITE)
@pytest.mark.parametrize("second", WRITE)
def test_what_one_command_wrote_is_not_another_ones_to_remove(workspace, tmp_path, first, second):
    there = tmp_path / "site"
    migrate(workspace, *WRITE[first][0], "-o", str(there)).ended(0)
    before = everything(there)
    ran = migrate(workspace, *WRITE[second][0], "-o", str(there)).ended(0 if first == second else 4)
    assert everything(there) == before
    assert first == second or f"`migrate {first}` wrote" in ran.err


FILES = ("inventory", "--format", "json"), ("plan", *QUICK), ("assess", *QUICK), ("rewrite", "--dry-run")


@pytest.mark.parametrize("command", FILES)
def test_no_result_goes_over_code_or_a_record_of_ours(workspace, tmp_path, command):
    copy = tmp_path / "copy"
    words = [*command, *(["--from-folder", str(copy)] if command[0] == "inventory" else [])]
    before = everything(copy, workspace / "dags")
    manifest = workspace / "dags/.source.manifest.json"
    for place in (copy / "d.py", manifest, workspace / "dags/source/new.txt", workspace / "secrets.age"):
        migrate(workspace, *words, "-o", str(place)).ended(4)
    assert everything(copy, workspace / "dags") == before
    assert not (workspace / "secrets.age").exists()


def test_an_inventory_is_written_nowhere_into_the_folder_it_reads(workspace, tmp_path):
    copy = tmp_path / "copy"
    (copy / "notes.txt").write_text("mine\n")
    for name in ("notes.txt", "new.json", "below/new.json"):
        migrate(workspace, "inventory", "--from-folder", str(copy), "-o", str(copy / name)).ended(4)
    assert sorted(path.name for path in copy.iterdir()) == ["d.py", "notes.txt"]
    assert (copy / "notes.txt").read_text() == "mine\n"
