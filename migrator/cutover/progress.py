"""How far a wave is: its DAGs by state, what they wait for, and how long it may still take. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean, median
from typing import TYPE_CHECKING

from migrator.cutover.machine import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrator.cutover.journal import Attempt
    from migrator.cutover.machine import Record
    from migrator.model.run import Run


class Stage(StrEnum):
    """Where a DAG is, in a word: each is in one stage."""

    PLANNED = "planned"
    WAITING = "waiting"
    OFF = "off"
    ON = "on"
    OBSERVED = "observed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pace:
    """What an estimate starts from: v1's median run in seconds, by DAG, and the times that the settings give."""

    usual: Mapping[str, float] = field(default_factory=dict)
    settle: timedelta = timedelta(seconds=20)
    observe: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """One attempt at one moment; ``waiting``: what each DAG waits for, by id; ``alarms``: the watchdog's, in all."""

    attempt: Attempt
    now: datetime
    records: Mapping[str, Record]
    waiting: Mapping[str, str] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    alarms: int = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the attempt began, until it ended."""
        end = datetime.fromisoformat(self.attempt.ended) if self.attempt.ended else self.now
        return (end - datetime.fromisoformat(self.attempt.started)).total_seconds()

    @property
    def counts(self) -> dict[Stage, int]:
        """How many DAGs are in each stage; together all of them."""
        found = Counter(stage(record) for record in self.records.values())
        return {each: found[each] for each in Stage}

    @property
    def off_seconds(self) -> float:
        """For how long the DAG that is off on both sides longest is so; 0 when none is."""
        return max((_since(r, "paused_at", self.now) for r in self._in(Stage.OFF) if not _kept(r)), default=0.0)

    @property
    def draining(self) -> dict[str, float]:
        """How many seconds each DAG that is to be paused has waited for it."""
        return {r.dag_id: _since(r, "quiescing_since", self.now) for r in self._in(Stage.WAITING) if not _kept(r)}

    @property
    def eta(self) -> float:
        """Seconds until the last DAG is observed: what the slowest still has before it, or the pace so far."""
        move = _mean(self.records.values(), "paused_at", "switched_at")
        look = _mean(self.records.values(), "switched_at", "observed_at")
        move = self.pace.settle.total_seconds() + 30 if move is None else move
        look = self.pace.observe.total_seconds() / 2 if look is None else look
        rests = [self._rest(record, move, look) for record in self.records.values()]
        return max([*rests, self._by_pace()])

    def _rest(self, record: Record, move: float, look: float) -> float:
        usual = self.pace.usual.get(record.dag_id, 0.0)
        match stage(record):
            case Stage.PLANNED:
                return usual + move + look
            case Stage.WAITING:
                return max(usual - _since(record, "quiescing_since", self.now), 0.0) + move + look
            case Stage.OFF:
                return max(move - _since(record, "paused_at", self.now), 0.0) + look
            case Stage.ON:
                return max(look - _since(record, "switched_at", self.now), 0.0)
            case Stage.OBSERVED | Stage.FAILED:
                return 0.0

    def _by_pace(self) -> float:
        counts = self.counts
        arrived = counts[Stage.ON] + counts[Stage.OBSERVED]
        return self.elapsed * (counts[Stage.PLANNED] + counts[Stage.WAITING]) / arrived if arrived else 0.0

    def _in(self, which: Stage) -> list[Record]:
        return [record for record in self.records.values() if stage(record) is which]


def stage(record: Record) -> Stage:
    """The stage of a record's state."""
    if record.state in {State.BACKED_OUT, State.NEEDS_PERSON}:
        return Stage.FAILED
    ends = ((State.QUIESCING, Stage.PLANNED), (State.PAUSED, Stage.WAITING), (State.UNPAUSED, Stage.OFF))
    early = next((each for end, each in ends if record.state < end), None)
    return early or (Stage.ON if record.state is State.UNPAUSED else Stage.OBSERVED)


def usual_seconds(runs: Iterable[Run]) -> dict[str, float]:
    """The median duration of each DAG's finished runs, by id."""
    found: dict[str, list[float]] = {}
    for run in runs:
        if run.seconds is not None and not run.carried:
            found.setdefault(run.dag_id, []).append(run.seconds)
    return {dag_id: median(seconds) for dag_id, seconds in found.items()}


def status_line(progress: Progress) -> str:
    """One line to grep: ``wave=3 dir=forward elapsed=84s planned=0 ... failed=0 alarms=0 eta=95s``."""
    counts = " ".join(f"{each}={count}" for each, count in progress.counts.items())
    about = f"wave={progress.attempt.wave} dir={progress.attempt.direction} elapsed={progress.elapsed:.0f}s"
    return f"{about} {counts} alarms={progress.alarms} eta={progress.eta:.0f}s"


def _kept(record: Record) -> bool:
    return bool(record.facts.get("kept_paused"))


def _since(record: Record, fact: str, now: datetime) -> float:
    at = record.facts.get(fact)
    return (now - datetime.fromisoformat(at)).total_seconds() if at else 0.0


def _mean(records: Iterable[Record], first: str, last: str) -> float | None:
    both = [(r.facts[first], r.facts[last]) for r in records if r.facts.get(first) and r.facts.get(last)]
    spans = [(datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() for start, end in both]
    return fmean(spans) if spans else None
