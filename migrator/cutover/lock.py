"""One cutover at a time: an object in the target's bucket, made only if it is not there."""

from __future__ import annotations

import getpass
import json
import os
import socket
import uuid
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from migrator.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from migrator.environments.ports import Bucket

LOCK_PATH = "data/migrate/lock.json"
TRIES = 3
"""How often it is tried while the lock changes hands, or while what is read of it is of a while ago."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock, since when and for what."""

    id: str
    user: str
    host: str
    pid: int
    workspace: str
    reason: str
    since: str

    @classmethod
    def here(cls, workspace: Path, reason: str, now: datetime) -> Owner:
        """The lock as the running process holds it."""
        return cls(
            id=uuid.uuid4().hex[:12],
            user=getpass.getuser(),
            host=socket.gethostname(),
            pid=os.getpid(),
            workspace=str(workspace.resolve()),
            reason=reason,
            since=now.isoformat(timespec="seconds"),
        )

    def is_dead_twin(self, held: Owner) -> bool:
        """Whether ``held`` was a process of this workspace on this machine that is gone."""
        return (held.host, held.workspace) == (self.host, self.workspace) and not _alive(held.pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def locked(bucket: Bucket, owner: Owner, say: Callable[[str], None], force_unlock: str | None = None) -> Iterator[None]:
    """Hold the lock while the block runs.

    A lock left by a dead process of this same workspace and machine is taken over; any other needs ``force_unlock``
    with its id. LockedError otherwise.
    """
    for _ in range(TRIES):
        if _taken(bucket, owner, say, force_unlock):
            break
        held = holder(bucket)
        if held and not owner.is_dead_twin(held):
            raise _refusal(held)
    else:
        raise _refusal(None)
    try:
        yield
    finally:
        held = holder(bucket)
        if held and held.id == owner.id:
            bucket.delete(LOCK_PATH)


def _taken(bucket: Bucket, owner: Owner, say: Callable[[str], None], force_unlock: str | None) -> bool:
    """Make the lock, or put ours in place of one that may go: of just that one, since another may do so now."""
    raw = bucket.read(LOCK_PATH)
    if raw is None:
        return bucket.create(LOCK_PATH, _encode(owner))
    held = _decode(raw)
    if owner.is_dead_twin(held):
        say(f"taking over the lock of process {held.pid}, which is gone")
    elif force_unlock == held.id:
        say(f"lock {held.id} of {held.user}@{held.host} removed, as asked")
    else:
        return False
    return bucket.exchange(LOCK_PATH, raw, _encode(owner))


def holder(bucket: Bucket) -> Owner | None:
    """Who holds the lock just now; an owner of id ``unreadable`` where the object makes no sense."""
    raw = bucket.read(LOCK_PATH)
    return None if raw is None else _decode(raw)


def _decode(raw: bytes) -> Owner:
    try:
        return _adapter().validate_json(raw, strict=True)
    except ValueError:
        return Owner("unreadable", "unknown", "unknown", 0, "unknown", "unknown", "unknown")


@cache
def _adapter() -> TypeAdapter[Owner]:
    return TypeAdapter(Owner)


def _refusal(held: Owner | None) -> LockedError:
    """Who holds it; None: nobody, and yet it could not be had."""
    if held is None:
        return LockedError(
            "The lock changed hands just now.", why="Another cutover ended or began at this moment.", fix="run it again"
        )
    return LockedError(
        f"Another cutover is running: {held.reason}.",
        why=f"{held.user} on {held.host} (process {held.pid}) holds lock {held.id} since {held.since}.",
        fix=f"wait for it; if that process is certainly gone: migrate resume --force-unlock {held.id}",
    )


def _encode(owner: Owner) -> bytes:
    return json.dumps(asdict(owner), indent=2, sort_keys=True).encode()
