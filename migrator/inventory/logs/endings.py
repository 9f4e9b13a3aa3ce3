"""How a try ended, as the last lines of its log say; the lines are those of 1.10.15, 2.2.5 and 2.10.5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ENDS = (1 << 16, 1 << 20)
"""How much of a log's end is read; more only where the first part does not tell."""
_LINE = re.compile(
    r"Starting attempt (?P<attempt>\d+) of "
    r"|(?:Marking|marking|Pausing) task as (?P<mark>[A-Z_]+)(?:\. ?dag_id=(?P<dag>[^,\s]+), "
    r"task_id=(?P<task>[^,\s]+), (?P<more>[^\n]*))?"
    r"|externally set to (?P<set>[a-z_]+)"
    r"|Task exited with return code (?P<code>-?\w+)"
    r"|Following branch (?P<branch>[^\n]*)"
    r"|(?P<skips>[Ss]kipping downstream( tasks)?)"
)
_DATE = re.compile(r"(?:execution|logical)_date=(\d{8}T\d{6})")
_NAME = re.compile(r"'([^']+)'|([\w.-]+)")
_KNOWN = frozenset({"success", "failed", "skipped", "up_for_retry", "up_for_reschedule", "deferred", "removed"})


@dataclass(frozen=True, slots=True)
class Ending:
    """``state`` is ``running`` where no line tells how the try ended.

    ``follows``: the tasks that a branch chose; ``skips``: ``all`` that is behind the task, ``next`` to it, or nothing.
    ``logical_date`` is to the second.
    """

    state: str
    follows: frozenset[str] | None = None
    skips: str = ""
    logical_date: datetime | None = None


def ending_of(text: str, dag_id: str, task_id: str) -> Ending:
    """What the end of a log says; marks of other tasks, which a task may print, do not count."""
    state, follows, skips, date, ended = "running", None, "", None, False
    for found in _LINE.finditer(text):
        if found["attempt"]:
            state, follows, skips, ended = "running", None, "", False
        elif found["mark"] and (found["dag"], found["task"]) in {(dag_id, task_id), (None, None)}:
            mark = _known(found["mark"])
            # 1.10.15 marks a task that skipped itself as SUCCESS too, right behind, and stores that it was skipped
            state, ended = ("skipped" if (state, mark) == ("skipped", "success") else mark), True
            date = _date_in(found["more"]) or date
        elif found["set"]:
            state, ended = _known(found["set"]), True
        elif found["code"] and not ended:
            state, ended = "success" if found["code"] == "0" else "running", True
        elif found["branch"]:
            follows = frozenset(quoted or plain for quoted, plain in _NAME.findall(found["branch"]))
        elif found["skips"]:
            skips = "all" if found["skips"].endswith("tasks") else "next"
    return Ending(state, follows, skips, date)


def read_ending(log: Path, dag_id: str, task_id: str) -> Ending:
    """How the try ended whose log this is; running where it can't be read."""
    found = Ending("running")
    for size in ENDS:
        try:
            with log.open("rb") as handle:
                length = handle.seek(0, 2)
                handle.seek(max(length - size, 0))
                found = ending_of(handle.read().decode("utf-8", "replace"), dag_id, task_id)
        except OSError:
            return found
        if found.state != "running" or length <= size:
            break
    return found


def _known(word: str) -> str:
    return word.lower() if word.lower() in _KNOWN else "running"


def _date_in(more: str | None) -> datetime | None:
    found = _DATE.search(more or "")
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
