"""Which DAGs the target's bucket must not change under: those that cutovers took there, or are taking just now."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from migrator.cutover.context import JOURNAL_COPY
from migrator.cutover.journal import Journal
from migrator.cutover.whereabouts import on_target

if TYPE_CHECKING:
    from migrator.environments.ports import Bucket
    from migrator.workspace.workspace import Workspace


def at_work(workspace: Workspace, bucket: Bucket) -> dict[str, str]:
    """DAG id to why, from the workspace's journal, or its copy in the bucket where there is none."""
    here = workspace.journal.exists()
    with closing(Journal(workspace.journal if here else None, None if here else bucket.read(JOURNAL_COPY))) as journal:
        attempt = journal.open_attempt()
        moving = journal.records(attempt) if attempt else {}
        found = dict.fromkeys(moving, f"is being moved by wave {attempt.wave}") if attempt else {}
        return found | {dag_id: f"was cut over in wave {wave}" for dag_id, wave in on_target(journal).items()}
