"""What is to become of the intervals that nobody ran: what somebody decided, and what goes without a decision.

A rule names DAGs by a pattern of their ids, or by ``tag:`` and a tag; the first that fits counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - pydantic reads it at run time
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.model.dag import Dag

TAG = "tag:"
BY_CATCHUP = {True: "its catchup is on", False: "its catchup is off"}


class Policy(StrEnum):
    """``run-all``: each interval; ``run-latest``: the newest; ``skip``: none; ``from``: those of a date on."""

    RUN_ALL = "run-all"
    RUN_LATEST = "run-latest"
    SKIP = "skip"
    FROM = "from"


class HalfDone(StrEnum):
    """What becomes of a run that was under way: ``continue`` behind the tasks that ended, ``rerun`` whole, ``skip``."""

    CONTINUE = "continue"
    RERUN = "rerun"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of the missed intervals of the DAGs that fit ``pattern``.

    ``since``: of ``from``, the logical date of the first that is run; ``at_once``, ``hours``: how many of their runs
    may be at work at once, and how long all of them may take; None: what holds for every DAG.
    """

    pattern: str
    policy: Policy
    since: datetime | None = None
    at_once: int | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class HalfDoneRule:
    """What becomes of the runs that were under way, of the DAGs that fit ``pattern``."""

    pattern: str
    policy: HalfDone


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, in its order; ``at_once``: how many runs of all backlogs may be at work at once."""

    missed: tuple[Rule, ...] = ()
    half_done: tuple[HalfDoneRule, ...] = ()
    at_once: int = 16
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided for one DAG, and ``why``: the pattern that fits, or what goes without one.

    ``half_done`` is None where nobody decided. ``by_rule``: whether somebody's rule says so, not the DAG's catchup.
    """

    policy: Policy
    why: str
    since: datetime | None = None
    at_once: int = 16
    hours: float | None = None
    half_done: HalfDone | None = None
    by_rule: bool = True

    def __str__(self) -> str:
        return f"from {self.since:%Y-%m-%d %H:%M}" if self.since else self.policy.value


def choose(dag: Dag, rules: Rules) -> Choice:
    """The choice for a DAG: the first rule that fits, else what its catchup means."""
    half = next((one.policy for one in rules.half_done if fits(one.pattern, dag)), None)
    found = next((one for one in rules.missed if fits(one.pattern, dag)), None)
    if found is None:
        policy = Policy.RUN_ALL if dag.catchup else Policy.RUN_LATEST
        return Choice(policy, BY_CATCHUP[dag.catchup], None, rules.at_once, rules.hours, half, by_rule=False)
    at_once = min(found.at_once or rules.at_once, rules.at_once)
    hours = rules.hours if found.hours is None else found.hours
    return Choice(found.policy, found.pattern, found.since, at_once, hours, half)


def fits(pattern: str, dag: Dag) -> bool:
    """Whether a pattern of ids, or ``tag:`` and a tag, is one of the DAG's."""
    if pattern.startswith(TAG):
        return pattern.removeprefix(TAG) in dag.tags
    return fnmatchcase(dag.dag_id, pattern)


def unused(rules: Rules, dags: Iterable[Dag]) -> list[str]:
    """The patterns that fit no DAG: a mistyped one would leave a decision without effect."""
    known = list(dags)
    patterns = [*(one.pattern for one in rules.missed), *(one.pattern for one in rules.half_done)]
    return [pattern for pattern in dict.fromkeys(patterns) if not any(fits(pattern, dag) for dag in known)]
