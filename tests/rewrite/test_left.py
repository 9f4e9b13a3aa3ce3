"""A rewrite never costs anybody an edit: what changed meanwhile, cannot be written, or lies elsewhere is left."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrator.rewrite import tree
from tests.rewrite.test_datasets import DOWN, UP
from tests.workspace.users import migrate_here as migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = "from airflow.operators.bash_operator import BashOperator\n"
NEW = "from airflow.operators.bash import BashOperator\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "dags"
    place.mkdir()
    for name in ("a.py", "b.py"):
        (place / name).write_text(OLD)
    return place


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen between the reading and the writing of the real rewrite."""

    def arrange(happens: Callable[[], object]) -> None:
        real = tree.run

        def run(*args: object, **more: object) -> object:
            found = real(*args, **more)  # type: ignore[arg-type]
            happens()
            return found

        monkeypatch.setattr(tree, "run", run)

    return arrange


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def becomes_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def becomes_a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere.txt"))
    path.symlink_to(path.with_name("elsewhere.txt"))


HAPPENINGS = {
    "an edit": (lambda path: path.write_text("x = 1\n"), "changed while the rewrite ran"),
    "a deletion": (lambda path: path.unlink(), "deleted while the rewrite ran"),
    "its folder's deletion": (lambda path: shutil.rmtree(path.parent), "deleted while the rewrite ran"),
    "a folder of its name": (becomes_a_folder, "no file any more"),
    "a link of its name": (becomes_a_link, "no file any more"),
    "read-only": (lambda path: path.chmod(0o444), "read-only"),
}


def state(path: Path) -> object:
    if path.is_symlink():
        return "link", path.readlink(), path.read_text()
    return path.read_text() if path.is_file() else path.is_dir()


@pytest.mark.parametrize("what", HAPPENINGS)
def test_what_happens_meanwhile_is_left_and_named(folder: Path, meanwhile: Callable[..., None], what: str) -> None:
    happens, words = HAPPENINGS[what]
    victim = folder / "sub" / "a.py"
    victim.parent.mkdir()
    victim.write_text(OLD)
    seen = []
    meanwhile(lambda: (happens(victim), seen.append(state(victim))))
    ran = migrate(folder, "rewrite", str(folder), "--format", "json").ended(3)
    assert state(victim) == seen[0]
    assert (folder / "b.py").read_text() == NEW
    assert words in ran.err
    assert "sub/a.py" in ran.err
    assert ran.out.count('"CM003"') == ran.out.count(words) + 1  # the rule, and one finding
    assert not list(folder.rglob(".partial-*"))


@pytest.fixture
def everybodys() -> Iterator[Path]:
    """A folder that anybody reaches: pytest closes its own to others."""
    with tempfile.TemporaryDirectory(prefix="rewrite-") as name:
        place = Path(name)
        place.chmod(0o777)
        for one in ("a.py", "b.py"):
            (place / one).write_text(OLD)
        yield place


def test_what_cannot_be_read_or_written_is_one_finding(everybodys: Path) -> None:
    folder = everybodys
    closed = folder / "closed"
    closed.mkdir()
    (closed / "c.py").write_text(OLD)
    (folder / "secret.py").write_text(OLD)
    (folder / "secret.py").chmod(0)
    closed.chmod(0o755)
    with as_nobody():
        result = tree.rewrite_in_place([folder], jobs=1)
    left = {Path(file.path).name: file.findings[0].message for file in result.failed}
    assert set(left) == {"c.py", "secret.py"}
    assert all("Permission denied" in message for message in left.values())
    assert (folder / "a.py").read_text() == NEW
    assert (closed / "c.py").read_text() == OLD


def test_a_folder_that_is_closed_is_told(everybodys: Path) -> None:
    folder = everybodys
    (folder / "closed").mkdir(mode=0)
    with as_nobody():
        result = tree.rewrite_in_place([folder], jobs=1)
    assert [Path(file.path).name for file in result.failed] == ["closed"], result.failed


def test_links_out_are_left(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("out/x.py", "out/y.py"):
        (tmp_path / name).write_text(OLD)
    (folder / "link.py").symlink_to(tmp_path / "out/x.py")
    (folder / "linked").symlink_to(tmp_path / "out", target_is_directory=True)
    (folder / "again.py").symlink_to(folder / "a.py")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "nowhere.py").symlink_to(folder / "none.py")
    ran = migrate(folder, "rewrite", str(folder)).ended(0)
    assert {path.read_text() for path in (tmp_path / "out").iterdir()} == {OLD}
    assert (folder / "a.py").read_text() == NEW
    assert (folder / "again.py").is_symlink()
    assert ran.out.count("CM003") == 2
    assert "link.py was left as it is: it is a link that leads out" in ran.out
    assert "linked was left as it is" in ran.out


def test_a_file_that_is_named_is_rewritten_through_its_link(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "link.py").symlink_to(folder / "a.py")
    migrate(tmp_path, "rewrite", str(tmp_path / "link.py")).ended(0)
    assert (tmp_path / "link.py").is_symlink()
    assert (folder / "a.py").read_text() == NEW


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o4755])
def test_the_mode_and_the_owner_stay(folder: Path, mode: int) -> None:
    if os.geteuid() == 0:
        os.chown(folder / "a.py", 1234, 1235)
    (folder / "a.py").chmod(mode)
    before = (folder / "a.py").stat()
    migrate(folder, "rewrite", str(folder)).ended(0)
    after = (folder / "a.py").stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert (folder / "a.py").read_text() == NEW


@pytest.fixture
def workspace(tmp_path: Path, folder: Path) -> Path:
    migrate(tmp_path / "ws", "init").ended(0)
    shutil.copytree(folder, tmp_path / "ws/dags/source")
    return tmp_path / "ws"


def test_an_edit_in_the_target_is_left(workspace: Path) -> None:
    target = workspace / "dags/target"
    migrate(workspace, "rewrite").ended(0)
    (target / "a.py").write_text("# mended by hand\n")
    (target / "mine.py").write_text("# put here\n")
    for name in ("a.py", "b.py"):
        (workspace / "dags/source" / name).write_text(OLD + "x = 1\n")
    ran = migrate(workspace, "rewrite").ended(3)
    assert "a.py was left as it is: in the target, it was changed here" in ran.err
    assert (target / "a.py").read_text() == "# mended by hand\n"
    assert (target / "mine.py").is_file()
    assert (target / "b.py").read_text() == NEW + "x = 1\n"
    (target / "a.py").unlink()
    migrate(workspace, "rewrite").ended(0)
    assert (target / "a.py").read_text() == NEW + "x = 1\n"


def test_an_edited_file_whose_source_is_gone_is_left(workspace: Path) -> None:
    target = workspace / "dags/target"
    migrate(workspace, "rewrite").ended(0)
    (target / "a.py").write_text("# mended by hand\n")
    for name in ("a.py", "b.py"):
        (workspace / "dags/source" / name).unlink()
    migrate(workspace, "rewrite").ended(3)
    assert [path.name for path in target.iterdir()] == ["a.py"]


def test_a_target_of_an_older_version_goes_on(workspace: Path) -> None:
    target = workspace / "dags/target"
    (workspace / "dags/source/data.csv").write_text("1\n")
    migrate(workspace, "rewrite").ended(0)
    (workspace / "dags/.target.manifest.json").write_text(
        '{"schema_version": 1, "files": ["a.py", "b.py", "data.csv"]}'
    )
    (target / "b.py").write_text("# mended by hand, or not\n")
    ran = migrate(workspace, "rewrite").ended(3)
    assert "b.py was left" in ran.err
    (target / "b.py").unlink()
    migrate(workspace, "rewrite").ended(0)
    (workspace / "dags/source/a.py").write_text(OLD + "x = 1\n")
    migrate(workspace, "rewrite").ended(0)


@pytest.mark.parametrize("link", ["dags/target", "dags"])
def test_a_target_that_is_a_link_is_not_written_through(workspace: Path, tmp_path: Path, link: str) -> None:
    theirs = tmp_path / "theirs"
    if link == "dags":
        (workspace / "dags").rename(theirs)
    else:
        theirs.mkdir()
    (workspace / link).symlink_to(theirs, target_is_directory=True)
    before = sorted(theirs.rglob("*"))
    migrate(workspace, "rewrite").ended(4)
    assert sorted(theirs.rglob("*")) == before


def test_a_link_in_the_source_is_not_read_through(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("of the machine")
    (workspace / "dags/source/out.txt").symlink_to(tmp_path / "secret.txt")
    (workspace / "dags/source/in.py").symlink_to(workspace / "dags/source/a.py")
    ran = migrate(workspace, "rewrite").ended(3)
    assert "out.txt was left as it is: it is a link that leads out" in ran.err
    assert not (workspace / "dags/target/out.txt").exists()
    assert (workspace / "dags/target/in.py").read_text() == NEW


def test_datasets_leave_an_edit_made_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from codemods.engine.report import Options
    from migrator.rewrite import datasets

    (folder / "up.py").write_text(UP)
    (folder / "down.py").write_text(DOWN)
    real = datasets.introduce

    def edited(*args: object) -> object:
        found = real(*args)  # type: ignore[arg-type]
        (folder / "up.py").write_text("# edited\n")
        return found

    monkeypatch.setattr(datasets, "introduce", edited)
    _, result = datasets.introduced(folder, Options(unsafe=True), dry_run=False)
    assert [file.path for file in result.failed] == ["up.py"]
    assert (folder / "up.py").read_text() == "# edited\n"
