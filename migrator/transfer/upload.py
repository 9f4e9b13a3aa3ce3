"""Upload files to a bucket: only those that differ, several at once, and never delete another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace.own import md5_of_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from migrator.environments.ports import Bucket

THREADS = 8


class Change(StrEnum):
    """What happens to one object of the bucket."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OBSOLETE = "obsolete"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the workspace and the object it becomes; ``md5`` is base64."""

    path: Path
    to: str
    md5: str


@dataclass(frozen=True, slots=True)
class Step:
    """One object and what happens to it; ``file`` is None when it is deleted, ``there`` the md5 that it has now."""

    to: str
    change: Change
    file: LocalFile | None = None
    there: str = ""


def compare(files: Iterable[LocalFile], there: Mapping[str, str], uploaded: Mapping[str, str]) -> list[Step]:
    """What makes the bucket hold ``files``, sorted by object.

    ``there`` maps the bucket's objects to their md5, ``uploaded`` those of the last manifest. Only an object that
    the manifest names and that is still as it was uploaded is obsolete; anything else is not ours to delete.
    """
    wanted = {file.to: file for file in files}
    steps = [Step(to, _change(file, there), file, there.get(to, "")) for to, file in wanted.items()]
    steps += [
        Step(to, Change.OBSOLETE, there=md5)
        for to, md5 in uploaded.items()
        if to not in wanted and there.get(to) == md5
    ]
    return sorted(steps, key=lambda step: step.to)


def _change(file: LocalFile, there: Mapping[str, str]) -> Change:
    if file.to not in there:
        return Change.NEW
    return Change.SAME if there[file.to] == file.md5 else Change.CHANGED


def apply(bucket: Bucket, steps: Sequence[Step], tell: Callable[[Step], None] = lambda _: None) -> None:
    """Do the steps in no order and tell each; the first error stops what has not begun and is raised.

    RefusedError when an object is not the one any more that was seen: somebody else's upload is not overwritten.
    """

    def do(step: Step) -> None:
        if not _done(bucket, step):
            raise RefusedError(
                f"gs://{bucket.name}/{step.to} was changed by somebody else just now",
                why="it is not the object any more that was compared, and was left as it is",
                fix="look at it, then run it again: migrate deploy",
            )

    pending = [step for step in steps if step.change is not Change.SAME]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        futures = [pool.submit(do, step) for step in pending]
        try:
            for step, future in zip(pending, futures, strict=True):
                future.result()
                tell(step)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _done(bucket: Bucket, step: Step) -> bool:
    """Upload over, or delete, exactly what was seen, nothing or an object; False when another is there."""
    if step.file is None:
        return bucket.remove(step.to, step.there)
    data = step.file.path.read_bytes()
    if md5_of_bytes(data) != step.file.md5:
        raise RefusedError(
            f"{step.file.path} was changed while it was to be deployed",
            why="it is not the file any more that was compared and shown, so it was not uploaded",
            fix="look at what changed it, then run it again: migrate deploy",
        )
    return bucket.replace(step.to, data, step.there) if step.there else bucket.create(step.to, data)
