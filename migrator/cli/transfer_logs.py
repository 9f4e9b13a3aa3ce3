"""The logs of ``migrate transfer --only logs``: from v1's bucket while it is there, else from a copy of it."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.inventory.copied import copy_of
from migrator.inventory.store import load
from migrator.model.count import several
from migrator.transfer.copy import from_bucket
from migrator.transfer.logs import Tries, carry_logs, show_old_logs
from migrator.transfer.resources import Item, Kind, Status
from migrator.workspace.connect import connect_source, target_bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from migrator.cli.context import Context
    from migrator.environments.ports import Bucket, Environment
    from migrator.transfer.resources import Order
    from migrator.workspace.workspace import Workspace

BUCKET = "gs://"
NO_LOGS = "there is no copy of them here: migrate transfer --only logs --from DIR (or gs://BUCKET)"


def carried_logs(
    shared: Context, workspace: Workspace, target: Environment, order: Order, copy: str, since: datetime | None
) -> list[Item]:
    """What becomes of each DAG's logs: those of ``copy`` where one is named, else the source's or what is left."""
    carry = partial(_carry, shared, workspace, target, order, since)
    if copy.startswith(BUCKET):
        with closing(target_bucket(workspace, copy.removeprefix(BUCKET).strip("/"))) as bucket:
            return carry(_names(bucket), from_bucket(bucket, target.bucket))
    if workspace.config.source is not None and not copy:
        with closing(connect_source(workspace)) as source:
            return carry(_names(source.bucket), from_bucket(source.bucket, target.bucket))
    folder = copy_of(workspace, Path(copy) if copy else None)
    logs = folder.logs if folder else None
    if logs is None:
        return [Item(Kind.LOGS, "(all)", Status.FAILED if copy else Status.KEPT, NO_LOGS)]
    root = logs.parent
    return carry(lambda prefix: _below(root, prefix), lambda path: target.bucket.upload(path, root / path))


def _carry(
    shared: Context,
    workspace: Workspace,
    target: Environment,
    order: Order,
    since: datetime | None,
    names: Callable[[str], Iterable[str]],
    put: Callable[[str], None],
) -> list[Item]:
    dags = sorted(dag.dag_id for dag in load(workspace.inventory).dags)
    items: list[Item] = []
    tries: dict[str, Tries] = {}
    found = carry_logs(dags, names, target.bucket, put, since=since, dry_run=order.dry_run)
    for done, logs in enumerate(found, 1):
        shared.say(f"logs: {logs.dag_id}: {logs.item.why} ({done} of {several(len(dags), 'DAG')})")
        items.append(logs.item)
        tries[logs.dag_id] = logs.tries
    if not order.dry_run:
        shown = show_old_logs(target.agent, tries)
        runs = sum(len(dates) for dates in shown.values())
        shared.say(f"{runs} carried run(s) of {len([one for one in shown.values() if one])} DAG(s) show their old logs")
    return items


def _names(bucket: Bucket) -> Callable[[str], Iterable[str]]:
    return lambda prefix: [file.path for file in bucket.files(prefix)]


def _below(root: Path, prefix: str) -> list[str]:
    """The files of a folder, by their names in a bucket; links are not followed."""
    found = (path for path in (root / prefix).rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path.relative_to(root).as_posix() for path in found)
