"""One cutover at a time, on a real bucket server."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from migrator.cutover.lock import LOCK_PATH, Owner, _encode, locked
from migrator.errors import LockedError

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.environments.bucket import GcsBucket

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    return Owner.here(tmp_path, "wave 1", NOW)


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_the_lock_is_there_while_it_is_held_and_gone_afterwards(bucket: GcsBucket, owner: Owner) -> None:
    with locked(bucket, owner, print):
        assert owner.id.encode() in (bucket.read(LOCK_PATH) or b"")
    assert bucket.read(LOCK_PATH) is None


def test_it_is_let_go_when_the_work_fails(bucket: GcsBucket, owner: Owner) -> None:
    with pytest.raises(ZeroDivisionError), locked(bucket, owner, print):
        _ = 1 / 0
    assert bucket.read(LOCK_PATH) is None


def test_a_second_one_is_told_who_holds_it_and_how_to_go_on(bucket: GcsBucket, owner: Owner, tmp_path: Path) -> None:
    other = Owner.here(tmp_path, "wave 2", NOW)
    with locked(bucket, owner, print):
        with pytest.raises(LockedError, match="wave 1") as caught, locked(bucket, other, print):
            pytest.fail("it must not get in")
        assert owner.user in caught.value.why
        assert f"--force-unlock {owner.id}" in caught.value.fix
        assert owner.id.encode() in (bucket.read(LOCK_PATH) or b""), "the refused one leaves the lock alone"


def test_the_lock_of_a_dead_process_of_this_workspace_is_taken_over(bucket: GcsBucket, owner: Owner) -> None:
    bucket.write(LOCK_PATH, _encode(replace(owner, id="old", pid=dead_pid())))
    said: list[str] = []
    with locked(bucket, owner, said.append):
        assert owner.id.encode() in (bucket.read(LOCK_PATH) or b"")
    assert "which is gone" in said[0]


@pytest.mark.parametrize("other", [{"host": "elsewhere"}, {"workspace": "/another"}])
def test_a_lock_from_elsewhere_is_never_taken_over(bucket: GcsBucket, owner: Owner, other: dict[str, str]) -> None:
    bucket.write(LOCK_PATH, _encode(replace(owner, id="old", pid=dead_pid(), **other)))
    with pytest.raises(LockedError), locked(bucket, owner, print):
        pytest.fail("it must not get in")
    with pytest.raises(LockedError), locked(bucket, owner, print, "wrong"):
        pytest.fail("it must not get in with a wrong id")
    with locked(bucket, owner, print, "old"):
        assert owner.id.encode() in (bucket.read(LOCK_PATH) or b"")


def test_a_lock_that_cannot_be_read_is_still_a_lock(bucket: GcsBucket, owner: Owner) -> None:
    bucket.write(LOCK_PATH, b"{not json")
    with pytest.raises(LockedError) as caught, locked(bucket, owner, print):
        pytest.fail("it must not get in")
    assert "--force-unlock unreadable" in caught.value.fix


def test_a_lock_that_was_forced_away_is_not_deleted_by_its_old_owner(bucket: GcsBucket, owner: Owner) -> None:
    newer = _encode(replace(owner, id="newer"))
    with locked(bucket, owner, print):
        bucket.write(LOCK_PATH, newer)
    assert bucket.read(LOCK_PATH) == newer


class Behind:
    """A bucket that at the first looks still shows what was there before."""

    def __init__(self, real: GcsBucket, *before: bytes) -> None:
        self.real, self.before = real, [*before]

    def read(self, path: str) -> bytes | None:
        return self.before.pop() if self.before else self.real.read(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def test_two_that_take_over_the_same_dead_lock_do_not_both_get_it(
    bucket: GcsBucket, owner: Owner, tmp_path: Path
) -> None:
    dead = _encode(replace(owner, id="old", pid=dead_pid()))
    other = Owner.here(tmp_path, "wave 2", NOW)
    bucket.write(LOCK_PATH, dead)
    with locked(bucket, owner, print):
        with pytest.raises(LockedError, match="wave 1"), locked(Behind(bucket, dead), other, print):  # type: ignore[arg-type]
            pytest.fail("it must not get in")
        assert owner.id.encode() in (bucket.read(LOCK_PATH) or b"")
    with locked(Behind(bucket, dead), other, print):  # type: ignore[arg-type]
        assert other.id.encode() in (bucket.read(LOCK_PATH) or b""), "what it would replace is gone: it makes its own"
    with pytest.raises(LockedError, match="changed hands"), locked(Behind(bucket, *[dead] * 9), other, print):  # type: ignore[arg-type]
        pytest.fail("it must not get in")
    assert bucket.read(LOCK_PATH) is None
