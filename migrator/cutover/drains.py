"""What to do with a DAG that does not become idle: who is waited for, for how long, and what then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta  # noqa: TC003 - pydantic reads it at run time
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Policy(StrEnum):
    """``wait`` for ever; ``give-up``: leave it on where it is; ``freeze``: leave its run behind, and run it anew."""

    WAIT = "wait"
    GIVE_UP = "give-up"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class DrainRule:
    """For the DAGs whose id fits a pattern such as ``nightly_*``: what to do, and after how long."""

    pattern: str
    policy: Policy
    after: timedelta


def rule_for(dag_id: str, rules: Iterable[DrainRule], after: timedelta) -> DrainRule:
    """The first rule that fits; without one it is given up after the time that all have."""
    found = (rule for rule in rules if fnmatchcase(dag_id, rule.pattern))
    return next(found, DrainRule("*", Policy.GIVE_UP, after))
