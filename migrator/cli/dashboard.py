"""``migrate dashboard``: a wave as it moves, in the browser."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrator.cli.context import of
from migrator.errors import MigrateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from migrator.report.live.server import Live, Server
    from migrator.workspace.workspace import Workspace

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: any that is free.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(dashboard)


def dashboard(ctx: typer.Context, port: Port = 0) -> None:
    """Serve a page on this machine that follows the journal and the ledger, read-only, until it is interrupted."""
    from migrator.report.live.server import Live
    from migrator.workspace.workspace import open_workspace

    context = of(ctx)
    workspace = open_workspace(context.workspace, context.config)
    late = workspace.config.cutover.observe_seconds
    name, verdicts = workspace.root.resolve().name, partial(_verdicts, workspace)
    told = _Outage(workspace).told
    live = Live(workspace.journal, partial(_ledger, workspace), name, late, verdicts=verdicts, outage=told)
    server = _listening(live, port)
    print(server.url, flush=True)
    context.say("open that address in a browser; whoever has it can look. Ctrl+C ends it")
    try:
        server.serve_forever()
    finally:
        server.ending.set()
        server.server_close()


def _ledger(workspace: Workspace) -> dict[str, Any] | None:
    """The last ledger; None where none can be read, since the page looks again while ``migrate audit`` mends it."""
    from dataclasses import asdict

    from migrator.cli.report import ledger_of
    from migrator.errors import WorkspaceError

    try:
        found = ledger_of(workspace)
    except WorkspaceError:
        return None
    return asdict(found) if found else None


def _verdicts(workspace: Workspace) -> Mapping[str, str]:
    """The readiness of each planned DAG, in words; none before there is a plan, or while none can be read."""
    try:
        return _planned(workspace.plan, workspace.plan.stat().st_mtime_ns)
    except (OSError, MigrateError):
        return {}


@lru_cache(maxsize=1)
def _planned(path: Path, _written: int) -> Mapping[str, str]:
    from migrator.plan.store import load

    return {dag.dag_id: dag.verdict for wave in load(path).waves for dag in wave.dags if dag.verdict}


class _Outage:
    """Looks at the backlog once a minute, and whenever the inventory is another."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.seen: tuple[object, ...] = ()
        self.last: dict[str, Any] | None = None

    def told(self) -> dict[str, Any] | None:
        """What is known of a source that no longer runs; None while it runs, or while nothing can be read."""
        from contextlib import suppress
        from datetime import UTC, datetime

        now, path = datetime.now(UTC).replace(second=0, microsecond=0), self.workspace.inventory
        with suppress(MigrateError, OSError):
            seen = (now, path.stat().st_mtime_ns)
            if seen != self.seen:
                self.seen, self.last = seen, self._look(path, now)
        return self.last

    def _look(self, path: Path, now: datetime) -> dict[str, Any] | None:
        from migrator.cutover.backlog.configured import rules_of
        from migrator.inventory import store
        from migrator.report.live.outage import outage

        return outage(store.load(path), rules_of(self.workspace.config.cutover.backlog), now)


def _listening(live: Live, port: int) -> Server:
    from migrator.report.live.server import Server

    try:
        return Server(live, port)
    except OSError as error:
        raise UsageError(
            f"Nothing can listen on port {port} of 127.0.0.1.", why=str(error), fix="migrate dashboard --port 0"
        ) from error
