"""How the waves stand, for whoever looks: from the workspace's journal, or from its copy in the target's bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.cutover.context import JOURNAL_COPY
from migrator.cutover.journal import Journal
from migrator.cutover.lock import holder
from migrator.cutover.progress import Pace, usual_seconds
from migrator.cutover.pulse import seen
from migrator.cutover.trip import settings, utc_now
from migrator.inventory.store import load

if TYPE_CHECKING:
    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Attempt
    from migrator.cutover.lock import Owner
    from migrator.cutover.progress import Progress
    from migrator.environments.ports import Bucket
    from migrator.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Standing:
    """A journal to read, the attempt that is open (None: none), and who holds the lock (None: nobody, or not asked)."""

    journal: Journal
    progress: Progress | None
    owner: Owner | None = None
    remote: bool = False


def local(workspace: Workspace) -> Standing:
    """As this workspace's own journal has it; close its journal afterwards."""
    journal = Journal(workspace.journal if workspace.journal.exists() else None)
    return Standing(journal, _progress(workspace, journal))


def remote(workspace: Workspace, bucket: Bucket) -> Standing:
    """As the copy in the target's bucket has it, a few seconds old at most; close its journal afterwards."""
    journal = Journal(None, bucket.read(JOURNAL_COPY))
    return Standing(journal, _progress(workspace, journal), holder(bucket), remote=True)


def newest(workspace: Workspace, journal: Journal) -> Progress | None:
    """The progress of the newest attempt, open or ended; None before the first."""
    attempts = journal.attempts()
    return _of(workspace, journal, attempts[-1]) if attempts else None


def _progress(workspace: Workspace, journal: Journal) -> Progress | None:
    attempt = journal.open_attempt()
    return _of(workspace, journal, attempt) if attempt else None


def _of(workspace: Workspace, journal: Journal, attempt: Attempt) -> Progress:
    return seen(journal, attempt, utc_now(), journal.waits(attempt), _pace(workspace, journal.excerpt(attempt)))


def _pace(workspace: Workspace, excerpt: Excerpt | None) -> Pace:
    """What the attempt was begun with; of one that a journal of version 1 began, what the workspace says now."""
    if excerpt:
        return Pace(excerpt.seconds, excerpt.settings.settle, excerpt.settings.observe)
    times = settings(workspace.config)
    runs = load(workspace.inventory).runs if workspace.inventory.is_file() else ()
    return Pace(usual_seconds(runs), times.settle, times.observe)
