"""Files are written whole or not at all."""

from __future__ import annotations

import os

import pytest

from migrator.workspace.files import write_atomic, write_private


def test_folders_are_made_and_no_partial_file_is_left(tmp_path):
    write_atomic(tmp_path / "a" / "b", b"\r\n")
    assert (tmp_path / "a" / "b").read_bytes() == b"\r\n"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_private_file_is_its_owners_only(tmp_path):
    write_private(tmp_path / "key", b"k")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x"
    write_atomic(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
