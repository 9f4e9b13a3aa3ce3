"""``migrate bridge``: keep sensors in step while the DAGs that they wait for are in the other environment."""

from __future__ import annotations

import json
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import context
from migrator.errors import ItemsFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrator.cli.context import Context
    from migrator.cutover.bridge.mirror import Served

SLICE = 0.5


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(bridge)


def bridge(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One pass, then end; for cron.")] = False,
    every: Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Seconds between two passes.")] = 30,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Mirror finished runs to the sensors that wait for them in the other environment, until it is stopped."""
    from migrator.cli.formats import table_or_json
    from migrator.cutover.bridge.loop import estate_of, keep, one_pass, passes_of, split_now, waits_now
    from migrator.workspace.workspace import open_workspace

    shared = context.of(ctx)
    as_json = table_or_json(format_) == "json"
    workspace = open_workspace(shared.workspace, shared.config)
    estate = estate_of(workspace)
    waits = waits_now(workspace, estate)
    if not waits or (once and not split_now(workspace, estate)):
        shared.say(_nothing(len(waits)))
        _show((), as_json=as_json)
        return
    if once:
        served = one_pass(workspace, estate)
        _show(served, as_json=as_json)
        _raise_for(served)
        return
    with _until_asked(shared) as stop:
        tell = _Teller(shared, as_json=as_json)
        keep(lambda: passes_of(workspace, estate), every, lambda s: _sleep(s, stop), stop, tell, shared.say)
    shared.say("bridge status=stopped at a safe point; begin again whenever you like")


class _Teller:
    """Tells of each pass: a line on stderr, a line of JSON on stdout if asked for, and each new problem once."""

    def __init__(self, shared: Context, *, as_json: bool) -> None:
        self._shared = shared
        self._as_json = as_json
        self._told: dict[tuple[str, str], str] = {}

    def __call__(self, served: tuple[Served, ...]) -> None:
        from migrator.report.bridge import as_json, as_line

        for one in served:
            pair = one.split.wait.upstream, one.split.wait.consumer
            if one.note and self._told.get(pair) != one.note:
                self._shared.say(f"bridge edge={pair[0]}->{pair[1]} status={one.status.value} {one.note}")
            self._told[pair] = one.note
        self._shared.say(as_line(served))
        if self._as_json:
            print(json.dumps(as_json(served)), flush=True)


def _nothing(waits: int) -> str:
    why = "no sensor of the plan waits for another DAG" if not waits else "each waits in the environment of its DAG"
    return f"Nothing is split: {why}; there is nothing to mirror."


def _show(served: tuple[Served, ...], *, as_json: bool) -> None:
    from migrator.report.bridge import as_json as to_json
    from migrator.report.bridge import as_table

    if as_json:
        print(json.dumps(to_json(served), indent=2))
    elif served:
        print(as_table(served))


def _raise_for(served: tuple[Served, ...]) -> None:
    from migrator.cutover.bridge.loop import failed

    if problems := failed(served):
        why = "; ".join(f"{one.split.wait.upstream} -> {one.split.wait.consumer}: {one.note}" for one in problems)
        raise ItemsFailedError(
            f"Waits that the bridge could not serve: {len(problems)}.", why=why, fix="fix what it names; run it again"
        )


def _sleep(seconds: float, stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not stop() and (left := until - time.monotonic()) > 0:
        time.sleep(min(SLICE, left))


@contextmanager
def _until_asked(shared: Context) -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or SIGTERM asked to stop, which happens between two passes; a second Ctrl-C stops at once."""
    asked: list[int] = []

    def on_signal(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        shared.say("bridge status=stopping after this pass; again to stop at once")

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
