"""The rules of ``[cutover.backlog]`` in migrate.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.cutover.backlog.rules import HalfDone, HalfDoneRule, Policy, Rule, Rules

if TYPE_CHECKING:
    from migrator.workspace.wave_config import BacklogSection


def rules_of(section: BacklogSection) -> Rules:
    """The rules as the section has them, in its order."""
    missed = (
        Rule(pattern, Policy(one.policy), one.since, one.runs_at_once, one.hours)
        for pattern, one in section.dags.items()
    )
    half = (HalfDoneRule(pattern, HalfDone(policy)) for pattern, policy in section.half_done.items())
    return Rules(tuple(missed), tuple(half), section.runs_at_once, section.hours)
