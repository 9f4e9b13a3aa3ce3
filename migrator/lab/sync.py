"""Play the bucket mount of Composer: ``python -m migrator.lab.sync``.

``dags/`` and ``plugins/`` come from the bucket only. ``data/`` goes both ways, deletions too; when both
sides changed an object since the last pass, the bucket wins, as the later reader of a mount sees it.
"""

from __future__ import annotations

import argparse
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.lab import bucket
from migrator.lab.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_WAY = ("dags/", "plugins/")
BOTH_WAYS = "data/"
SETTLE = 0.05
"""Seconds for which a local file must not change before it is uploaded."""

Stamp = tuple[int, int, int]
"""Inode, size and time of change of a local file."""


@dataclass(slots=True)
class Mount:
    """One bucket and the folder it is mounted on, with what the last pass left in both."""

    bucket: Any
    root: Path
    remote: dict[str, int] = field(default_factory=dict)
    local: dict[str, Stamp] = field(default_factory=dict)

    def pass_once(self) -> None:
        """Bring both in line; an error of one object leaves the others done."""
        blobs = {blob.name: blob for blob in self.bucket.list_blobs() if _is_file(blob.name)}
        errors = [*self._pull(blobs), *self._push(blobs)]
        for error in errors:
            _log(f"{self.bucket.name}: {error}")

    def _pull(self, blobs: dict[str, Any]) -> list[str]:
        """Fetch what changed in the bucket, drop what was deleted there."""
        errors = []
        for name, blob in blobs.items():
            if self.remote.get(name) != blob.generation:
                errors += _tolerant(name, partial(self._fetch, name, blob))
        for name in self.remote.keys() - blobs.keys():
            errors += _tolerant(name, partial(self._drop, name))
        return errors

    def _fetch(self, name: str, blob: Any) -> None:  # noqa: ANN401
        path = self.root / name
        write_atomic(path, blob.download_as_bytes())
        self.remote[name] = blob.generation
        self.local[name] = _stamp(path)

    def _drop(self, name: str) -> None:
        """Delete locally what was deleted in the bucket, unless it was written again since."""
        path = self.root / name
        if path.exists() and (not name.startswith(BOTH_WAYS) or _stamp(path) == self.local.get(name)):
            path.unlink()
        self.remote.pop(name)
        self.local.pop(name, None)

    def _push(self, blobs: dict[str, Any]) -> list[str]:
        """Upload what tasks wrote under ``data/``, delete from the bucket what they deleted."""
        errors = []
        there = _files(self.root, BOTH_WAYS)
        changed = {name: stamp for name, stamp in there.items() if self.local.get(name) != stamp}
        if changed:
            time.sleep(SETTLE)
        for name, stamp in changed.items():
            errors += _tolerant(name, partial(self._upload, name, stamp))
        gone = {name for name in self.local if name.startswith(BOTH_WAYS)} - there.keys()
        for name in gone & blobs.keys():
            errors += _tolerant(name, partial(self._delete, name))
        return errors

    def _upload(self, name: str, stamp: Stamp) -> None:
        path = self.root / name
        if not path.exists() or _stamp(path) != stamp:
            return  # still being written, or gone again: the next pass sees it
        blob = self.bucket.blob(name)
        blob.upload_from_string(path.read_bytes(), content_type="application/octet-stream")
        self.remote[name] = blob.generation
        self.local[name] = stamp

    def _delete(self, name: str) -> None:
        self.bucket.blob(name).delete()
        self.remote.pop(name, None)
        self.local.pop(name, None)


def _is_file(name: str) -> bool:
    return not name.endswith("/") and name.startswith((*ONE_WAY, BOTH_WAYS))


def _files(root: Path, prefix: str) -> dict[str, Stamp]:
    """The files under ``prefix`` with their stamps; half-written ones of ours are not among them."""
    found = {}
    for path in (root / prefix).rglob("*"):
        try:
            if path.is_file() and not path.name.startswith(".partial-"):
                found[path.relative_to(root).as_posix()] = _stamp(path)
        except FileNotFoundError:
            continue
    return found


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _tolerant(name: str, act: Callable[[], None]) -> list[str]:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - one object must not stop the mount
        return [f"{name}: {type(error).__name__}: {error}"]
    return []


def _log(message: str) -> None:
    print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), message, flush=True)


def serve(endpoint: str, name: str, root: Path, interval: float, beat: Path) -> None:
    """Pass after pass, for ever; ``beat`` holds the time at which the last whole pass began."""
    mount = Mount(bucket.client(endpoint).bucket(name), root, remote=left_over(root))
    while True:
        began = time.time()
        errors = _tolerant(name, mount.pass_once)
        if errors:
            _log(f"pass given up: {errors[0]}")
        else:
            write_atomic(beat, repr(began).encode())
        time.sleep(interval)


def left_over(root: Path) -> dict[str, int]:
    """What an earlier mount left in the one-way folders, of no generation: fetched anew, or dropped."""
    return {name: -1 for prefix in ONE_WAY for name in _files(root, prefix) if "__pycache__" not in name}


def beat_file(root: Path) -> Path:
    """Where the mount of ``root`` says when its last whole pass began."""
    return root / ".sync-beat"


def settle(root: Path, timeout: float = 20.0) -> bool:
    """Wait until a pass that began after this call is done, so that both sides agree; False on timeout."""
    asked = time.time()
    while time.time() < asked + timeout:
        try:
            if float(beat_file(root).read_text()) > asked:
                return True
        except (FileNotFoundError, ValueError):
            pass
        time.sleep(0.05)
    return False


def main() -> None:
    """Mount every ``--mount BUCKET=FOLDER``, one thread each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--mount", action="append", required=True, metavar="BUCKET=FOLDER")
    parser.add_argument("--interval", type=float, default=0.4)
    options = parser.parse_args()
    for mount in options.mount:
        name, _, folder = mount.partition("=")
        root = Path(folder)
        args = (options.endpoint, name, root, options.interval, beat_file(root))
        threading.Thread(target=serve, args=args, name=name).start()


if __name__ == "__main__":
    main()
