"""The files of ``migrate transfer``: from v1's bucket while it is there, else from a copy of it."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.inventory.copied import copy_of
from migrator.transfer.copy import carry_files, from_bucket, from_folder
from migrator.transfer.resources import Kind
from migrator.transfer.unknown import no_files
from migrator.workspace.connect import target_bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrator.cli.context import Context
    from migrator.environments.ports import Environment
    from migrator.transfer.resources import Item, Order
    from migrator.workspace.workspace import Workspace

BUCKET = "gs://"


def carried_files(
    shared: Context, workspace: Workspace, sides: tuple[Environment | None, Environment], order: Order, copy: str
) -> list[Item]:
    """What becomes of the files of ``copy`` where one is named, else of the source, or of what is left of it."""
    if Kind.FILES not in order.policies:
        return []
    source, target = sides
    policy, tell = order.policies[Kind.FILES], progress(shared, "files")
    carry = partial(carry_files, target=target.bucket, policy=policy, dry_run=order.dry_run, tell=tell)
    if copy.startswith(BUCKET):
        with closing(target_bucket(workspace, copy.removeprefix(BUCKET).strip("/"))) as bucket:
            return carry(bucket, put=from_bucket(bucket, target.bucket))
    if source is not None and source.last_seen is None and not copy:
        return carry(source.bucket, put=from_bucket(source.bucket, target.bucket))
    folder = copy_of(workspace, Path(copy) if copy else None)
    if folder is None or not (folder.has_folders and folder.place("data").is_dir()):
        return [no_files()]
    return carry(folder, put=from_folder(folder, target.bucket))


def progress(shared: Context, what: str) -> Callable[[int, int], None]:
    """Tell every hundred, and the last."""

    def tell(done: int, of: int) -> None:
        if done % 100 == 0 or done == of:
            shared.say(f"{what}: {done} of {of}")

    return tell
