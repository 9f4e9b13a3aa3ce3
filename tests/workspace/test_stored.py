"""Files and objects of ours that somebody damaged: named with what to do, never a bug, never taken for less."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pytest

from codemods.engine.report import Change, Finding, Result
from migrator.cutover.lock import Owner, holder, locked
from migrator.errors import LockedError, MigrateError, RefusedError, WorkspaceError
from migrator.inventory import drift
from migrator.rewrite.cache import Cache
from migrator.transfer import kept
from migrator.transfer import manifest as uploaded
from migrator.workspace import manifest
from tests.odd import ODD, paths, with_odd, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MD5 = "XUFAKrxLKna5cZ2REBfFkg=="


class OneObject:
    """A bucket that holds the same bytes under any name."""

    name = "b"

    def __init__(self, data: bytes | None = None) -> None:
        self.data = data

    def read(self, _path: str) -> bytes | None:
        return self.data

    def write(self, _path: str, data: bytes) -> None:
        self.data = data

    def create(self, _path: str, data: bytes) -> bool:
        self.data = self.data or data
        return self.data is data


@dataclass(frozen=True)
class Kind:
    """One kind of file: what it holds, what reads it, and the error of a bad one."""

    content: dict[str, Any]
    read: Callable[[bytes, Path], object]
    error: type[MigrateError]


def _form(form: Any) -> Callable[[bytes, Path], object]:
    return lambda data, _: form.decode(data, "reports/x.json")


def _manifest(data: bytes, folder: Path) -> object:
    manifest.place_of(folder / "docs").write_bytes(data)
    return manifest.read(folder / "docs")


EARLIER = {"to": "dags/a.py", "before": MD5, "after": "", "listed": MD5, "ours": "", "dag_ids": ["a"]}
KINDS = {
    "undo": Kind(
        {
            "schema_version": 1,
            "at": "2026-01-01T00:00:00+00:00",
            "objects": [EARLIER],
            "finished": True,
            "undone": False,
        },
        lambda data, _: kept.read_record(OneObject(data)),
        RefusedError,
    ),
    "deploy": Kind(
        {"schema_version": 1, "files": {"dags/a.py": MD5}, "before": {}},
        lambda data, _: uploaded.read_manifest(OneObject(data)),
        RefusedError,
    ),
    "manifest": Kind({"schema_version": 2, "files": {"a.md": [MD5]}}, _manifest, WorkspaceError),
    "drift": Kind(
        {"schema_version": 1, "changes": [{"kind": "dag", "name": "a", "what": "new"}]},
        _form(drift.FORM),
        WorkspaceError,
    ),
}


def bad(content: dict[str, Any]) -> Iterator[bytes]:
    """The content with each key of the top gone, each place of another type, cut, nested, and of a newer version."""
    text = json.dumps(content)
    yield from (json.dumps(without(content, name)).encode() for name in content)
    yield from (text[:size].encode() for size in range(0, len(text), 7))
    yield from (b"[" * 100_000, b"\xff\xfe", b'{"schema_version": Infinity}', text.replace("1", "9", 1).encode())
    for number, where in enumerate(paths(content)):
        for odd in ODD[number % 3 :: 3]:
            yield json.dumps(with_odd(content, where, odd)).replace('"\\u0000"', '"\\ud800"').encode()


@pytest.mark.parametrize("name", KINDS)
def test_a_bad_file_is_named_or_says_the_same(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    kind.read(json.dumps(kind.content).encode(), tmp_path)
    told = [said for data in bad(kind.content) if (said := refusal(kind, data, tmp_path))]
    assert len(told) >= 25
    assert [one for one in told if "json" not in f"{one.what} {one.why}" or not one.fix] == []


def refusal(kind: Kind, data: bytes, folder: Path) -> MigrateError | None:
    try:
        kind.read(data, folder)
    except kind.error as error:
        return error
    return None


@pytest.mark.parametrize("name", ["schema_version", "objects", "files", "at"])
def test_what_lacks_something_is_not_taken_for_empty(name: str, tmp_path: Path) -> None:
    for kind in KINDS.values():
        if name in kind.content:
            with pytest.raises(kind.error):
                kind.read(json.dumps(without(kind.content, name)).encode(), tmp_path)


OWNER = Owner("id", "anna", "vm", 7, "/ws", "wave 1", "2026-03-10T12:00:00+00:00")


def test_a_lock_of_another_form_is_held_by_somebody() -> None:
    content = asdict(OWNER)
    assert holder(OneObject(json.dumps(content).encode())) == OWNER
    for data in bad(content):
        held = holder(OneObject(data))
        assert held is not None
        with pytest.raises(LockedError), locked(OneObject(data), OWNER, print):
            pass


def test_an_outcome_of_another_form_is_made_again(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path), "ab" * 20
    result = Result(b"new", (Change(1, "CM101", "m"),), (Finding(2, "CM901", "f"),))
    cache.put(key, b"old", result)
    assert cache.get(key, b"old") == result
    place = next(tmp_path.rglob("*.json"))
    content = json.loads(place.read_bytes())
    missed = 0
    for data in bad(content):
        place.write_bytes(data)
        got = cache.get(key, b"old")
        missed += got is None
        if got is not None:
            assert all(isinstance(one.line, int) and isinstance(one.message, str) for one in got.changes + got.findings)
    assert missed > 30


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large"])
def test_what_is_no_file_is_named_and_not_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as handle:
            handle.truncate(2 << 30)
    with pytest.raises(WorkspaceError) as caught:
        drift.FORM.load(path)
    assert "x.json cannot be read" in caught.value.what
    assert caught.value.why
