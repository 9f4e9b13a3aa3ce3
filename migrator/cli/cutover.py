"""``migrate cutover``, ``migrate resume`` and ``migrate rollback``: move a wave, go on with it, take it back."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from migrator.cli.context import Context
    from migrator.cutover.context import CutoverContext
    from migrator.cutover.excerpt import Excerpt
    from migrator.cutover.journal import Journal
    from migrator.cutover.machine import Record
    from migrator.cutover.offer import Files
    from migrator.cutover.sides import Settings
    from migrator.cutover.taking_back import TakingBack
    from migrator.model.plan import PlannedDag, Wave
    from migrator.workspace.workspace import Workspace

WaveOption = Annotated[int, typer.Option("--wave", help="The wave's number, as migrate plan shows it.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for automation.")]
UnlockOption = Annotated[
    str | None, typer.Option("--force-unlock", metavar="ID", help="Remove the lock of that id first.")
]
FlightOption = Annotated[
    int | None,
    typer.Option("--max-in-flight", min=1, help="DAGs that may be paused on both sides at once."),
]
MissedOption = Annotated[
    bool, typer.Option("--run-missed", help="Also run intervals that v1 skipped where catchup is off, oldest first.")
]
UnverifiedOption = Annotated[bool, typer.Option("--unverified", help="Also move DAGs that differ between v1 and v2.")]
OutsideOption = Annotated[
    bool, typer.Option("--outside-window", help="Go ahead although a maintenance window is closed.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the log: migrate status --log shows it.")]
INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(cutover)
    app.command()(resume)
    app.command()(rollback)


def cutover(
    ctx: typer.Context,
    wave: WaveOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")] = False,
    max_in_flight: FlightOption = None,
    run_missed: MissedOption = False,
    unverified: UnverifiedOption = False,
    outside_window: OutsideOption = False,
    reason: ReasonOption = "",
    yes: YesOption = False,
    force_unlock: UnlockOption = None,
) -> None:
    """Cut a wave over: each DAG is drained and paused in v1, carried over, and unpaused in v2."""
    from dataclasses import replace

    from migrator.cutover.offer import find_wave, offer
    from migrator.cutover.trip import asked, read_files, settings, sides
    from migrator.cutover.wave import cut_over

    shared, workspace = _open(ctx)
    files = read_files(workspace)
    chosen = find_wave(files.plan, wave)
    files.check(wave)
    _heed_hours(shared, workspace, chosen, free=outside_window or dry_run)
    wanted = asked(
        settings(workspace.config), max_in_flight=max_in_flight, run_missed=run_missed, unverified=unverified
    )
    if dry_run:
        _rehearse(shared, workspace, files, wanted, wave)
        return
    shown = offer(files, wave, wanted, _moved(workspace), sides(workspace))
    _confirm(shared, workspace, f"{_describe(shown)}{_backlog(files, shown)}", yes=yes)
    with _opened(shared, workspace, f"wave {wave}", force_unlock, reason) as found:
        _finish(shared, cut_over(replace(found, settings=wanted), wave, shown), wave)


def resume(ctx: typer.Context, reason: ReasonOption = "", force_unlock: UnlockOption = None) -> None:
    """Go on with the wave that was interrupted, from where each DAG stands."""
    from migrator.cutover.wave import resume as go_on

    shared, workspace = _open(ctx)
    with _opened(shared, workspace, "resume", force_unlock, reason) as found:
        attempt = found.journal.open_attempt()
        _finish(shared, go_on(found), attempt.wave if attempt else 0)


def rollback(
    ctx: typer.Context,
    wave: WaveOption,
    reason: ReasonOption = "",
    yes: YesOption = False,
    force_unlock: UnlockOption = None,
) -> None:
    """Take a wave back to v1, from whatever state it is in."""
    from migrator.cutover.taking_back import taking_back
    from migrator.cutover.wave import roll_back

    shared, workspace = _open(ctx)
    with _journal(workspace) as journal:
        shown = taking_back(journal, wave)
        known = journal.last(wave) is not None
    if not known:
        _require_planned(workspace, wave)
    _confirm(shared, workspace, _describe_back(shown), yes=yes)
    with _opened(shared, workspace, f"rollback of wave {wave}", force_unlock, reason) as found:
        _finish(shared, roll_back(found, wave, shown), wave)


def _open(ctx: typer.Context) -> tuple[Context, Workspace]:
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    return shared, open_workspace(shared.workspace, shared.config)


def _heed_hours(shared: Context, workspace: Workspace, wave: Wave, *, free: bool) -> None:
    """Refuse outside the maintenance windows; with ``free`` only say so."""
    from datetime import UTC, datetime

    from migrator.cutover.hours import require_open

    try:
        words = require_open(wave, workspace.config.plan.spelled_windows, datetime.now(UTC))
    except RefusedError as error:
        if not free:
            raise
        words = f"{error.what}: {error.why}"
    if words:
        shared.say(words)


@contextmanager
def _opened(
    shared: Context, workspace: Workspace, what: str, force_unlock: str | None, reason: str
) -> Iterator[CutoverContext]:
    """What a wave needs, that can be stopped and looked at."""
    from dataclasses import replace

    from migrator.cli.eyes import eyes
    from migrator.cli.metrics import kept
    from migrator.cutover.trip import opened

    with (
        _stoppable(shared, workspace) as stop,
        opened(workspace, what, shared.say, stop, force_unlock, reason) as found,
        eyes(shared) as show,
    ):
        yield replace(found, eyes=kept(workspace, show))


def _journal(workspace: Workspace) -> closing[Journal]:
    """The journal, to look at; an empty one while there is none."""
    from migrator.cutover.journal import Journal

    return closing(Journal(workspace.journal, read_only=True) if workspace.journal.exists() else Journal(None))


def _moved(workspace: Workspace) -> frozenset[str]:
    from migrator.cutover.whereabouts import on_target

    with _journal(workspace) as journal:
        return frozenset(on_target(journal))


def _require_planned(workspace: Workspace, wave: int) -> None:
    """A wave that was begun is known, even when a later plan numbers its waves anew; any other is the plan's."""
    from migrator.cutover.offer import find_wave
    from migrator.plan.store import load as load_plan

    find_wave(load_plan(workspace.plan), wave)


def _finish(shared: Context, records: Mapping[str, Record], wave: int) -> None:
    from migrator.cutover.endings import raise_for

    _summary(shared, records)
    raise_for(records, wave)


def _summary(shared: Context, records: Mapping[str, Record]) -> None:
    counts = Counter(record.state.name for record in records.values())
    shared.say(", ".join(f"{count} {name.lower().replace('_', ' ')}" for name, count in sorted(counts.items())))


def _describe(shown: Excerpt) -> str:
    from migrator.model.table import table as tabulated

    rows = [(dag.dag_id, _what(dag, shown), dag.risk) for dag in shown.planned]
    return f"Wave {shown.wave}: {shown.title}\n" + tabulated(rows, ("DAG", "what", "risk"))


def _backlog(files: Files, shown: Excerpt) -> str:
    """What the DAGs left undone in a source that no longer runs, and that there is nothing to pause."""
    if files.rules is None or shown.outage is None:
        return ""
    from datetime import UTC, datetime

    from migrator.cutover.backlog.missed import backlogs
    from migrator.report.backlog import as_table

    now = datetime.now(UTC)
    found = [one for one in backlogs(files.inventory, files.rules, now) if one.dag_id in shown.moving]
    table = as_table(found, shown.outage.last_seen, now)
    told = "v1 no longer runs: nothing to pause or to drain there. A rollback pauses in v2 and undoes the carry-over."
    return f"\n\n{told}\n{table}"


def _what(dag: PlannedDag, shown: Excerpt) -> str:
    from migrator.model.readiness import HELD

    if dag.dag_id not in shown.moving:
        return "is in v2 already"
    moves = "stays paused" if dag.paused_in_source else "moves"
    return f"{moves}; {dag.verdict}" if dag.readiness in HELD or dag.review else moves


def _describe_back(shown: TakingBack) -> str:
    from migrator.model.table import table as tabulated

    rows = dict.fromkeys(shown.unfinished, "was interrupted: goes on in v1")
    rows |= dict.fromkeys(shown.there, "is paused in v2 and unpaused in v1")
    table = tabulated(sorted(rows.items()), ("DAG", "what"))
    return f"Take wave {shown.wave} back: pause its DAGs in v2 and unpause them in v1.\n{table}"


def _confirm(shared: Context, workspace: Workspace, what: str, *, yes: bool) -> None:
    shared.say(what)
    if yes:
        return
    target = workspace.config.target.environment.rpartition("/")[2] if workspace.config.target else ""
    if not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal on which to confirm.",
            why="This changes production, so it is confirmed by a person or by --yes.",
            fix="add --yes",
        )
    print(f"Type the target's name ({target}) to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != target:
        raise RefusedError("Nothing was changed.", why="The name did not match.", fix="run it again to go on")


def _rehearse(shared: Context, workspace: Workspace, files: Files, wanted: Settings, wave: int) -> None:
    from dataclasses import replace

    from migrator.cutover.trip import rehearsed
    from migrator.cutover.wave import cut_over
    from migrator.model.table import table as tabulated

    noted: list[tuple[str, str, str]] = []
    with rehearsed(workspace, files, shared.say, noted) as found:
        records = cut_over(replace(found, settings=wanted), wave)
    print(tabulated(noted, ("in", "would", "DAG")))
    _finish(shared, records, wave)
    shared.say("Dry run: nothing was changed.")


@contextmanager
def _stoppable(shared: Context, workspace: Workspace) -> Iterator[Callable[[], bool]]:
    """A first Ctrl-C, SIGTERM or ``.migrate/stop`` stops at the next safe point; a second Ctrl-C stops at once."""
    from migrator.cutover.executor import StoppedError

    asked: list[int] = []
    stop_file = workspace.private / "stop"

    def on_signal(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        shared.say("stopping at the next safe point; again to stop at once")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked) or stop_file.exists()
    except StoppedError:
        stop_file.unlink(missing_ok=True)
        print("stopped at a safe point; nothing is lost. Go on with: migrate resume", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    except KeyboardInterrupt:
        print("stopped at once; the journal knows what was under way. Go on with: migrate resume", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
