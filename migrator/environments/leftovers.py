"""Requests of a process that is gone: taken back, so that no agent acts on them once somebody else decides."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from migrator.environments.agent_client import ANSWERS, REQUESTS
from migrator.environments.retry import Deadline
from migrator.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.environments.ports import Bucket

ACTING = frozenset(
    {"pause_if_idle", "set_paused", "carry_over", "remove_carried", "remove_waiting", "switch_on", "fill_held"}
)
"""What only the holder of the lock asks for; others may be reading just now."""
AT_WORK = 15.0
"""Seconds in which an agent that has read a request already answers it."""


def withdraw(bucket: Bucket, sleep: Callable[[float], None] = time.sleep, seconds: float = AT_WORK) -> list[str]:
    """Delete every request that would change something, and its answer; their actions. Only the lock's holder may.

    One without an answer may be at work: its answer is waited for, at most so many ``seconds``.
    """
    left = {
        file.path.removeprefix(f"{REQUESTS}/"): action
        for file in bucket.files(f"{REQUESTS}/")
        if (action := _action(bucket.read(file.path))) in ACTING
    }
    for name in left:
        bucket.delete(f"{REQUESTS}/{name}")
    until = Deadline.after(seconds)
    for name in left:
        while bucket.read(f"{ANSWERS}/{name}") is None and not until.passed:
            sleep(0.5)
        bucket.delete(f"{ANSWERS}/{name}")
    return sorted(left.values())


def _action(request: bytes | None) -> str:
    try:
        return str(read_json(request or b"{}").get("action", ""))
    except (ValueError, AttributeError):
        return ""
