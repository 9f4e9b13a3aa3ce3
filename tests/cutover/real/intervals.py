"""What the real Airflows answered, read from the file in which it is kept.

``python -m tests.cutover.real.intervals`` asks both again and writes the file anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrator.lab import installs
from migrator.model.dag import PRESETS, Schedule, ScheduleKind
from tests.cutover.real.cases import cases

if TYPE_CHECKING:
    from collections.abc import Sequence

Span = tuple[datetime, datetime]
FILE = Path(__file__).with_name("intervals.json")
INSIDE = Path(__file__).with_name("inside.py")
RELEASES = (installs.SOURCE, installs.TARGET)
V1, V2 = (release.airflow for release in RELEASES)


@dataclass(frozen=True, slots=True)
class Real:
    """One schedule from its start date on: all its intervals up to a moment, by version."""

    schedule: Schedule
    start: datetime
    until: datetime
    found: dict[str, tuple[Span, ...]]

    def __str__(self) -> str:
        return f"{self.schedule} {self.schedule.timezone} {self.start:%Y-%m-%d}"

    def intervals(self, version: str, since: datetime, until: datetime) -> list[Span]:
        """Those whose end lies in ``(since, until]``, oldest first. LookupError for what was not asked for."""
        if until > self.until:
            raise LookupError(f"{self.schedule} is known up to {self.until}, not at {until}: see cases.py")
        found = self.found[version]
        first, last = (bisect_right(found, moment, key=itemgetter(1)) for moment in (since, until))
        return list(found[first:last])


def asked(release: installs.Release, given: Sequence[dict[str, Any]]) -> list[list[Span]]:
    """The intervals of each case as that real Airflow has them."""
    python = installs.ensure(release, print) / "bin" / "python"
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        done = subprocess.run(
            [str(python), str(INSIDE)], env=env, cwd=home, input=json.dumps(given), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [
        [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in spans]
        for spans in json.loads(done.stdout.splitlines()[-1])
    ]


def packed(spans: Sequence[Span]) -> str:
    """Each point at which there is no interval before, and how long those are that follow it.

    ``2026-03-10T11:40:00+00:00 3*60 1*120`` are three of a minute and one of two.
    """
    words: list[str] = []
    for at, (start, end) in enumerate(spans):
        length = f"{(end - start) / timedelta(seconds=1):.12g}"
        if at == 0 or spans[at - 1][1] != start:
            words += [start.isoformat(), f"1*{length}"]
        elif words[-1].endswith(f"*{length}"):
            words[-1] = f"{int(words[-1].split('*')[0]) + 1}*{length}"
        else:
            words.append(f"1*{length}")
    return " ".join(words)


def unpacked(text: str) -> tuple[Span, ...]:
    """The intervals that :func:`packed` packed."""
    spans: list[Span] = []
    at = datetime.min.replace(tzinfo=UTC)
    for word in text.split():
        if "*" not in word:
            at = datetime.fromisoformat(word)
            continue
        count, length = word.split("*")
        points = [at + n * timedelta(seconds=float(length)) for n in range(int(count) + 1)]
        spans += pairwise(points)
        at = points[-1]
    return tuple(spans)


def answers() -> list[dict[str, Any]]:
    """Every case with what both real Airflows say now; takes some seconds."""
    given = cases()
    found = [asked(release, given) for release in RELEASES]
    return [{**one, V1: packed(old), V2: packed(new)} for one, old, new in zip(given, *found, strict=True)]


def schedule_of(given: dict[str, Any]) -> Schedule:
    """The schedule as the model has it: what has no fixed length is known to Airflow only."""
    match given["kind"]:
        case "cron":
            return Schedule(
                ScheduleKind.CRON,
                PRESETS.get(given["expression"], given["expression"]),
                timezone=given["timezone"],
            )
        case "once":
            return Schedule(ScheduleKind.ONCE, timezone=given["timezone"])
        case _ if "months" in given["length"]:
            return Schedule(ScheduleKind.OTHER, "relativedelta(months=+1)", timezone=given["timezone"])
        case _:
            seconds = timedelta(**given["length"]).total_seconds()
            return Schedule(ScheduleKind.DELTA, seconds=seconds, timezone=given["timezone"])


@cache
def known() -> tuple[Real, ...]:
    """All that is in the file."""
    return tuple(
        Real(
            schedule_of(one), *(datetime.fromisoformat(one[name]) for name in ("start", "until")),
            {version: unpacked(one[version]) for version in (V1, V2)},
        )
        for one in json.loads(FILE.read_text("utf-8"))
    )  # fmt: skip


@cache
def real(schedule: Schedule, start: datetime) -> Real:
    """What is known of a schedule from that start date on. LookupError when nobody asked for it."""
    for one in known():
        if one.schedule == schedule and one.start <= start < one.until and _same_grid(one, start):
            return one
    raise LookupError(f"no real Airflow was asked for {schedule} from {start} on: see cases.py")


def _same_grid(one: Real, start: datetime) -> bool:
    if one.schedule.kind is not ScheduleKind.DELTA:
        return True
    return (start - one.start) % timedelta(seconds=one.schedule.seconds or 0) == timedelta(0)


def lines(found: Sequence[dict[str, Any]]) -> str:
    """The file's text: one line a schedule."""
    return "[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(lines(answers()), encoding="utf-8")
    print(f"{FILE}: {len(known())} schedules, {FILE.stat().st_size} bytes")
