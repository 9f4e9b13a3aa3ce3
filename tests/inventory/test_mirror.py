"""A local folder that equals the bucket's."""

from __future__ import annotations

import pytest

from migrator.errors import UnreachableError
from migrator.inventory.mirror import Mirrored, mirror
from migrator.model.resources import StoredFile


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_come_change_and_go(bucket, tmp_path):
    folder = tmp_path / "dags"
    for path, data in {"dags/a.py": b"a", "dags/team/b.py": b"b", "dags/x": b"x", "plugins/p.py": b"p"}.items():
        bucket.write(path, data)
    assert mirror(bucket, bucket.files(), "dags/", folder) == Mirrored(3, 0, 0, ())
    assert tree(folder) == {"a.py": b"a", "team/b.py": b"b", "x": b"x"}
    bucket.write("dags/a.py", b"A")
    bucket.delete("dags/team/b.py")
    assert mirror(bucket, bucket.files(), "dags/", folder) == Mirrored(1, 1, 1, ())
    assert tree(folder) == {"a.py": b"A", "x": b"x"}
    assert not (folder / "team").exists()


def test_a_file_that_became_a_folder(bucket, tmp_path):
    bucket.write("dags/x", b"x")
    mirror(bucket, bucket.files("dags/"), "dags/", tmp_path)
    bucket.delete("dags/x")
    bucket.write("dags/x/y", b"y")
    mirror(bucket, bucket.files("dags/"), "dags/", tmp_path)
    assert tree(tmp_path) == {"x/y": b"y"}


@pytest.mark.parametrize("path", ["dags/../../etc/passwd", "dags//etc/passwd", "dags/./a", "dags/a//b", "dags/a\0b"])
def test_names_that_leave_the_folder_are_refused(tmp_path, path):
    done = mirror(Nothing(), [StoredFile(path, 1, "m")], "dags/", tmp_path / "dags")
    assert done == Mirrored(0, 0, 0, (path,))
    assert list(tmp_path.iterdir()) == []


def test_a_name_below_a_file_is_refused(bucket, tmp_path):
    bucket.write("dags/x", b"x")
    files = [*bucket.files("dags/"), StoredFile("dags/x/y", 1, "m")]
    assert mirror(bucket, files, "dags/", tmp_path).refused == ("dags/x/y",)
    assert tree(tmp_path) == {"x": b"x"}


def test_what_vanished_in_between_is_an_error(tmp_path):
    with pytest.raises(UnreachableError, match="dags/a is gone"):
        mirror(Nothing(), [StoredFile("dags/a", 1, "m")], "dags/", tmp_path)


class Nothing:
    name = "b"

    def read(self, path):
        return None
