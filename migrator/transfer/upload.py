"""Upload files to a bucket: only those that differ, several at once, and never delete another's."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migrator.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from migrator.environments.ports import Bucket

MANIFEST = "data/migrate/deploy.json"
SCHEMA_VERSION = 1
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
    """One object and what happens to it; ``file`` is None when it is deleted."""

    to: str
    change: Change
    file: LocalFile | None = None


def compare(files: Iterable[LocalFile], there: Mapping[str, str], uploaded: Mapping[str, str]) -> list[Step]:
    """What makes the bucket hold ``files``, sorted by object.

    ``there`` maps the bucket's objects to their md5, ``uploaded`` those of the last manifest. Only an object that
    the manifest names and that is still as it was uploaded is obsolete; anything else is not ours to delete.
    """
    wanted = {file.to: file for file in files}
    steps = [Step(to, _change(file, there), file) for to, file in wanted.items()]
    steps += [Step(to, Change.OBSOLETE) for to, md5 in uploaded.items() if to not in wanted and there.get(to) == md5]
    return sorted(steps, key=lambda step: step.to)


def _change(file: LocalFile, there: Mapping[str, str]) -> Change:
    if file.to not in there:
        return Change.NEW
    return Change.SAME if there[file.to] == file.md5 else Change.CHANGED


def apply(bucket: Bucket, steps: Sequence[Step], tell: Callable[[Step], None] = lambda _: None) -> None:
    """Do the steps in no order and tell each; the first error stops what has not begun and is raised."""

    def do(step: Step) -> None:
        if step.file is None:
            bucket.delete(step.to)
        else:
            bucket.write(step.to, step.file.path.read_bytes())

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


def read_manifest(bucket: Bucket) -> dict[str, str]:
    """Object to md5 of what deploys uploaded so far; empty before the first. RefusedError when it cannot be read."""
    data = bucket.read(MANIFEST)
    if data is None:
        return {}
    try:
        content = json.loads(data)
        version = int(content["schema_version"])
        files = {str(to): str(md5) for to, md5 in content["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(
            f"gs://{bucket.name}/{MANIFEST} cannot be read", why=str(error), fix=f"look at {MANIFEST}, then delete it"
        ) from error
    if version > SCHEMA_VERSION:
        raise RefusedError(
            f"gs://{bucket.name}/{MANIFEST} has schema version {version}",
            why=f"this version of migrate reads schema versions up to {SCHEMA_VERSION}",
            fix="pip install --upgrade composer-migrator",
        )
    return files


def write_manifest(bucket: Bucket, files: Mapping[str, str]) -> None:
    """Keep what was uploaded, object to md5."""
    content = {"schema_version": SCHEMA_VERSION, "files": dict(sorted(files.items()))}
    bucket.write(MANIFEST, json.dumps(content, indent=1).encode())
