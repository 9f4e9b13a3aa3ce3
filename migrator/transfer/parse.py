"""Wait until the target's Airflow has parsed what was deployed, and say what it could not import."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrator.transfer.seen import Seen


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: ``deadline`` for all, ``poll`` between looks.

    An import error that was there before the upload and has not changed counts after ``stale`` seconds.
    """

    deadline: float = 600.0
    poll: float = 5.0
    stale: float = 120.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A deployed file that Airflow cannot import, or whose DAGs did not come."""

    to: str
    message: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """Objects and the DAGs expected of them.

    Those in ``changed`` must be parsed anew: ``sync`` seconds, the time a file needs to reach Airflow's disk, after
    ``uploaded``, which is what Airflow showed when all was uploaded.
    """

    dag_ids: Mapping[str, tuple[str, ...]]
    changed: frozenset[str]
    uploaded: Seen
    sync: float = 20.0


def wait_parsed(
    awaited: Awaited,
    look: Callable[[], Seen],
    patience: Patience,
    tell: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Problem]:
    """Look until every file is parsed or has an import error of its own; what is wrong then, by object."""
    started, seen = clock(), awaited.uploaded
    while True:
        elapsed = clock() - started
        late = [to for to in sorted(awaited.dag_ids) if not _settled(to, awaited, seen, early=elapsed < patience.stale)]
        if not late or elapsed >= patience.deadline:
            return _problems(awaited, seen, late)
        tell(f"parsed {len(awaited.dag_ids) - len(late)} of {len(awaited.dag_ids)} DAG files")
        sleep(patience.poll)
        seen = look()


def _settled(to: str, awaited: Awaited, seen: Seen, *, early: bool) -> bool:
    """Whether Airflow has made up its mind about the file as it is now."""
    if to in seen.errors:
        same = to in awaited.changed and seen.errors[to] == awaited.uploaded.errors.get(to)
        return not (same and early)
    return not _unparsed(to, awaited, seen)


def _unparsed(to: str, awaited: Awaited, seen: Seen) -> list[str]:
    """The DAGs of the file that are missing, or were last parsed before the new file can have arrived."""
    return [dag_id for dag_id in awaited.dag_ids[to] if not _parsed(dag_id, to, awaited, seen)]


def _parsed(dag_id: str, to: str, awaited: Awaited, seen: Seen) -> bool:
    last, since = seen.parsed.get(dag_id), awaited.uploaded.newest
    if to not in awaited.changed or since is None:
        return dag_id in seen.parsed
    return last is not None and last > since + timedelta(seconds=awaited.sync)


def _problems(awaited: Awaited, seen: Seen, late: list[str]) -> list[Problem]:
    failed = [Problem(to, message) for to, message in seen.errors.items() if to in awaited.dag_ids]
    missing = [
        Problem(to, f"not parsed within the deadline: {', '.join(_unparsed(to, awaited, seen))}")
        for to in late
        if to not in seen.errors
    ]
    return sorted([*failed, *missing], key=lambda problem: problem.to)
