"""Keep the file of metrics up to date, where ``cutover.metrics_file`` names one."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from migrator.cutover.progress import Progress
    from migrator.workspace.workspace import Workspace

EVERY = 5.0


def kept(
    workspace: Workspace, show: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
) -> Callable[[Progress], None]:
    """Shows progress as ``show`` does, and writes the file every few seconds and at the end.

    A file that can't be written stops no wave; ``migrate_written_seconds`` in it shows how old it is.
    """
    if workspace.config.cutover.metrics_file is None:
        return show
    written: list[float] = []

    def both(progress: Progress) -> None:
        show(progress)
        if not written or clock() - written[-1] >= EVERY or progress.attempt.ended:
            written.append(clock())
            with suppress(OSError):
                write(workspace, progress)

    return both


def refresh(workspace: Workspace) -> None:
    """Write the file from the journal and the last audit."""
    from contextlib import closing

    from migrator.cutover.look import local, newest

    if workspace.config.cutover.metrics_file is not None:
        standing = local(workspace)
        with closing(standing.journal) as journal:
            write(workspace, newest(workspace, journal))


def write(workspace: Workspace, progress: Progress | None) -> None:
    """Replace the file in one step."""
    from migrator.cutover.trip import utc_now
    from migrator.report.openmetrics import Metrics, as_openmetrics
    from migrator.workspace.files import write_atomic

    path = workspace.config.cutover.metrics_file
    if path is not None:
        summary, audited = _audited(workspace.reports / "audit.json")
        text = as_openmetrics(Metrics(utc_now(), progress, summary, audited))
        write_atomic(workspace.root / path, text.encode())


def _audited(path: Path) -> tuple[Mapping[str, float], datetime | None]:
    """What the last audit counted, and when; nothing where there was none that can be read: metrics stop no wave."""
    from dataclasses import asdict
    from datetime import datetime

    from migrator.errors import WorkspaceError
    from migrator.report.audited import FORM

    try:
        told = FORM.load(path)
    except WorkspaceError:
        return {}, None
    return asdict(told.summary), datetime.fromisoformat(told.window.until)
