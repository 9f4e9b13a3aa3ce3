"""A wave on its way, for a terminal: its DAGs by stage, and what is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from migrator.cutover.progress import Stage
from migrator.model.text import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from migrator.cutover.progress import Progress

MOST = 8
"""How many waiting DAGs are shown; the others are counted."""
WIDTH = 30


def as_renderable(progress: Progress) -> RenderableType:
    """The panel that is drawn again and again."""
    return Group(_head(progress), _bar(progress), *_waits(progress))


def clock(seconds: float) -> str:
    """A duration to read: ``0:45``, ``12:03``, ``3:05:00``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _head(progress: Progress) -> Text:
    attempt = progress.attempt
    text = Text(f"wave {attempt.wave} {attempt.direction}", style="bold")
    text.append(f"   {clock(progress.elapsed)} elapsed   about {clock(progress.eta)} left", style="not bold")
    if progress.off_seconds:
        text.append(f"   paused on both sides for {clock(progress.off_seconds)}", style="not bold yellow")
    if progress.alarms:
        text.append(f"   {progress.alarms} ALARM(S)", style="bold red")
    return text


def _bar(progress: Progress) -> Text:
    styles = {Stage.OBSERVED: "green", Stage.ON: "cyan", Stage.OFF: "yellow", Stage.FAILED: "red"}
    counts, total = progress.counts, max(len(progress.records), 1)
    text = Text()
    for each in (Stage.OBSERVED, Stage.ON, Stage.OFF, Stage.FAILED):
        text.append("█" * round(WIDTH * counts[each] / total), style=styles[each])
    text.append("░" * max(WIDTH - len(text), 0), style="dim")
    for each, count in counts.items():
        text.append(f"  {count} {each}", style=styles.get(each, "") if count else "dim")
    return text


def _waits(progress: Progress) -> list[RenderableType]:
    if not progress.waiting:
        return []
    table = Table.grid(padding=(0, 2))
    longest = sorted(progress.waiting, key=lambda dag_id: (-progress.draining.get(dag_id, 0.0), dag_id))
    for dag_id in longest[:MOST]:
        waited = progress.draining.get(dag_id)
        cells = (dag_id, "" if waited is None else clock(waited), progress.waiting[dag_id])
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    more = len(longest) - MOST
    return [table, Text(f"and {more} more", style="dim")] if more > 0 else [table]
