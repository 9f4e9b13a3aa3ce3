"""Copy the files under data/ into the target's bucket, from a bucket or from a copy of one, only what changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from migrator.errors import MigrateError
from migrator.transfer.resources import Item, Kind, Policy, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.environments.folder import FolderBucket
    from migrator.environments.ports import Bucket, Files

FOLDER = "data/"
OURS = "data/migrate/"
THREADS = 8


def from_bucket(source: Files, target: Bucket) -> Callable[[str], None]:
    """Copies an object of a bucket, without its bytes passing through here."""
    return lambda path: target.copy_from(source.name, path)


def from_folder(source: FolderBucket, target: Bucket) -> Callable[[str], None]:
    """Uploads a file of a copy."""
    return lambda path: target.upload(path, source.place(path))


def carry_files(
    source: Files,
    target: Bucket,
    policy: Policy,
    put: Callable[[str], None],
    *,
    dry_run: bool,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Item]:
    """What becomes of each object below data/, as ``put`` brings it; one that fails hides no other.

    Plugins go with the DAGs.
    """
    there = {file.path: file.md5 for file in target.files(FOLDER)}
    fates = {
        file.path: _fate(file.md5, there.get(file.path), policy)
        for file in source.files(FOLDER)
        if not file.path.startswith(OURS)
    }
    pending = [path for path, fate in fates.items() if fate in {Status.CREATED, Status.REPLACED}]
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        copies = pool.map(lambda path: copied(put, path), () if dry_run else pending)
        for done, (path, why) in enumerate(zip(pending, copies, strict=False), 1):
            tell(done, len(pending))
            if why:
                failed[path] = why
    return [
        Item(Kind.FILES, path, Status.FAILED if path in failed else fate, failed.get(path, ""))
        for path, fate in fates.items()
    ]


def copied(put: Callable[[str], None], path: str) -> str:
    """Copy one object; why it could not be, or an empty text."""
    try:
        put(path)
    except MigrateError as error:
        return f"{error.what}: {error.why}".splitlines()[0]
    except OSError as error:
        return f"{error.filename or path} can't be read: {error.strerror or error}"
    return ""


def _fate(here: str, there: str | None, policy: Policy) -> Status:
    if there is None:
        return Status.CREATED
    if there == here:
        return Status.EQUAL
    return Status.REPLACED if policy is Policy.REPLACE else Status.KEPT
