"""What is to become of the intervals that nobody ran: what somebody decided, and what goes without a decision.

A rule names DAGs by a pattern of their ids, or by ``tag:`` and a tag; the first that fits counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - pydantic reads it at run time
from enum import StrEnum
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.model.dag import Dag

TAG = "tag:"
BY_CATCHUP = {"yes": "its catchup is on", "no": "its catchup is off", "unknown": "its catchup is unknown"}


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
    ``decided``: False where neither does, because the catchup is unknown. ``may_fit``: patterns of tags of which it is
    unknown whether they fit, and which would count before what was chosen.
    """

    policy: Policy
    why: str
    since: datetime | None = None
    at_once: int = 16
    hours: float | None = None
    half_done: HalfDone | None = None
    by_rule: bool = True
    decided: bool = True
    may_fit: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.decided:
            return "unknown"
        return f"from {self.since:%Y-%m-%d %H:%M}" if self.since else self.policy.value


def choose(dag: Dag, rules: Rules) -> Choice:
    """The choice for a DAG: the first rule that fits, else what its catchup means."""
    half = next((one.policy for one in rules.half_done if fits(one.pattern, dag)), None)
    found = next((one for one in rules.missed if fits(one.pattern, dag)), None)
    doubtful = _may_fit(dag, takewhile(lambda one: one is not found, rules.missed)) + _may_fit(dag, rules.half_done)
    if found is None:
        decided = dag.knows("catchup")
        policy = Policy.RUN_ALL if decided and dag.catchup else Policy.RUN_LATEST
        why = BY_CATCHUP[dag.catches_up]
        return Choice(
            policy, why, None, rules.at_once, rules.hours, half, by_rule=False, decided=decided, may_fit=doubtful
        )
    at_once = min(found.at_once or rules.at_once, rules.at_once)
    hours = rules.hours if found.hours is None else found.hours
    return Choice(found.policy, found.pattern, found.since, at_once, hours, half, may_fit=doubtful)


def _may_fit(dag: Dag, rules: Iterable[Rule | HalfDoneRule]) -> tuple[str, ...]:
    """The patterns of tags among the rules, where the DAG's tags are unknown."""
    return () if dag.knows("tags") else tuple(one.pattern for one in rules if one.pattern.startswith(TAG))


def fits(pattern: str, dag: Dag) -> bool:
    """Whether a pattern of ids, or ``tag:`` and a tag, is one of the DAG's."""
    if pattern.startswith(TAG):
        return dag.knows("tags") and pattern.removeprefix(TAG) in dag.tags
    return fnmatchcase(dag.dag_id, pattern)


def unused(rules: Rules, dags: Iterable[Dag]) -> list[str]:
    """The patterns that fit no DAG: a mistyped one would leave a decision without effect."""
    known = list(dags)
    patterns = [*(one.pattern for one in rules.missed), *(one.pattern for one in rules.half_done)]
    return [pattern for pattern in dict.fromkeys(patterns) if not any(_could_fit(pattern, dag) for dag in known)]


def _could_fit(pattern: str, dag: Dag) -> bool:
    return fits(pattern, dag) or (pattern.startswith(TAG) and not dag.knows("tags"))
