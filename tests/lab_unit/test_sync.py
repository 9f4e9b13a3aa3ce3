"""The bucket mount, against the real bucket server."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from migrator.lab import bucket, sync
from migrator.lab.ports import answers, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_ports(1)[0]
    command = bucket.command(tmp_path_factory.mktemp("gcs"), port)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        while not answers(port):
            time.sleep(0.02)
        yield bucket.endpoint(port)
        server.terminate()


@pytest.fixture
def mount(endpoint: str, tmp_path: Path) -> Iterator[sync.Mount]:
    name = f"b-{tmp_path.name.replace('_', '-').lower()[:40]}"
    bucket.create(endpoint, (name,))
    client = bucket.client(endpoint)
    yield sync.Mount(client.bucket(name), tmp_path)
    client.close()


def put(mount: sync.Mount, name: str, text: str) -> Any:
    blob = mount.bucket.blob(name)
    blob.upload_from_string(text)
    return blob


def names(mount: sync.Mount) -> set[str]:
    return {blob.name for blob in mount.bucket.list_blobs() if not blob.name.endswith("/")}


def test_what_is_in_the_bucket_appears_and_what_is_deleted_there_goes(mount: sync.Mount) -> None:
    blobs = [put(mount, name, "text") for name in ("dags/a/b.py", "plugins/p.py", "data/d.json", "logs/l.log")]
    mount.pass_once()
    paths = [mount.root / blob.name for blob in blobs]
    assert [path.exists() for path in paths] == [True, True, True, False]
    for blob in blobs:
        blob.delete()
    mount.pass_once()
    assert not any(path.exists() for path in paths)


def test_a_new_generation_replaces_the_file(mount: sync.Mount) -> None:
    put(mount, "dags/a.py", "one")
    mount.pass_once()
    put(mount, "dags/a.py", "two, longer")
    mount.pass_once()
    assert (mount.root / "dags/a.py").read_text() == "two, longer"


def test_data_goes_to_the_bucket_and_its_deletion_too(mount: sync.Mount) -> None:
    path = mount.root / "data/migrate/é ü.json"
    path.parent.mkdir(parents=True)
    path.with_suffix(".new").write_text("{}")
    path.with_suffix(".new").replace(path)
    mount.pass_once()
    assert names(mount) == {"data/migrate/é ü.json"}
    path.unlink()
    mount.pass_once()
    assert names(mount) == set()


def test_dags_never_go_to_the_bucket(mount: sync.Mount) -> None:
    (mount.root / "dags").mkdir()
    (mount.root / "dags/mine.py").write_text("")
    mount.pass_once()
    assert names(mount) == set()
    assert (mount.root / "dags/mine.py").exists()


def test_a_pass_with_no_change_moves_nothing(mount: sync.Mount) -> None:
    put(mount, "data/a.json", "1")
    (mount.root / "data").mkdir()
    (mount.root / "data/b.json").write_text("2")
    mount.pass_once()
    before = {blob.name: blob.generation for blob in mount.bucket.list_blobs()}
    stamp = (mount.root / "data/a.json").stat()
    mount.pass_once()
    assert {blob.name: blob.generation for blob in mount.bucket.list_blobs()} == before
    assert (mount.root / "data/a.json").stat().st_ino == stamp.st_ino


def test_a_file_that_is_still_written_waits(mount: sync.Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mount.root / "data/growing.bin"
    path.parent.mkdir()
    path.write_bytes(b"1")
    with monkeypatch.context() as patch:
        patch.setattr(sync.time, "sleep", lambda _: path.write_bytes(b"12"))
        mount.pass_once()
    assert names(mount) == set()
    mount.pass_once()
    assert mount.bucket.blob("data/growing.bin").download_as_bytes() == b"12"


def test_when_both_changed_the_bucket_wins(mount: sync.Mount) -> None:
    put(mount, "data/a.json", "old")
    mount.pass_once()
    put(mount, "data/a.json", "bucket")
    (mount.root / "data/a.json").write_text("local")
    mount.pass_once()
    assert (mount.root / "data/a.json").read_text() == "bucket"


def test_one_object_that_fails_does_not_stop_the_others(mount: sync.Mount, capsys: pytest.CaptureFixture[str]) -> None:
    (mount.root / "dags").mkdir()
    (mount.root / "dags/x").write_text("a file where a folder must be")
    put(mount, "dags/x/y.py", "")
    put(mount, "dags/z.py", "")
    mount.pass_once()
    assert (mount.root / "dags/z.py").exists()
    assert "dags/x/y.py" in capsys.readouterr().out


def test_what_an_earlier_mount_left_in_dags_is_dropped(mount: sync.Mount) -> None:
    (mount.root / "dags/__pycache__").mkdir(parents=True)
    (mount.root / "dags/old.py").write_text("")
    (mount.root / "dags/__pycache__/old.pyc").write_text("")
    again = sync.Mount(mount.bucket, mount.root, remote=sync.left_over(mount.root))
    again.pass_once()
    assert not (mount.root / "dags/old.py").exists()
    assert (mount.root / "dags/__pycache__/old.pyc").exists()


def test_settling_waits_for_a_pass_that_began_later(tmp_path: Path) -> None:
    sync.beat_file(tmp_path).write_text(repr(time.time() - 1))
    assert not sync.settle(tmp_path, timeout=0.1)
    sync.beat_file(tmp_path).write_text(repr(time.time() + 5))
    assert sync.settle(tmp_path, timeout=0.1)
    sync.beat_file(tmp_path).unlink()
    assert not sync.settle(tmp_path, timeout=0.1)
