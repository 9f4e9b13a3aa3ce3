"""The findings by check, and other tables that more than one format shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.assess.model import Severity
from migrator.report.assess.checks import check_text

if TYPE_CHECKING:
    from migrator.assess.model import Assessment, Finding, Step
    from migrator.model.usage import User
    from migrator.report.assess.checks import CheckText

UNLISTED = "ES315"
EVENTS = 6
"""How many kinds of events are named of a user."""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one check, at least one."""

    check: CheckText
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> Severity:
        """Of the gravest finding."""
        return min((one.severity for one in self.findings), key=list(Severity).index)

    @property
    def dags(self) -> int:
        """How many DAGs they touch."""
        return len({dag_id for one in self.findings for dag_id in one.dags})


def groups_of(assessment: Assessment) -> list[Group]:
    """Files whose DAGs are in no list first, then the gravest checks, then by code."""
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        by_code[finding.code].append(finding)
    groups = [Group(check_text(code), tuple(found)) for code, found in by_code.items()]
    order = list(Severity).index
    return sorted(groups, key=lambda one: (one.check.code != UNLISTED, order(one.severity), one.check.code))


def place(finding: Finding) -> str:
    """Where a finding is, as ``path:line``; "environment" where no file says it."""
    if not finding.file:
        return "environment"
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def mended(step: Step) -> tuple[str, str]:
    """The codes of a step, and what is to be mended: a module, or one kind of finding."""
    return ", ".join(step.codes), step.file or check_text(step.code).title


def hours(minutes: int) -> str:
    """Minutes as a person says them."""
    return f"{minutes} min" if minutes < 60 else f"{minutes / 60:,.1f} h"


def used(user: User) -> str:
    """What somebody did, most often first, such as ``trigger 3, clear 1``; unknown where nobody read it."""
    if user.events is None:
        return "unknown"
    counted = sorted(user.events.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{event} {count}" for event, count in counted[:EVENTS]) or "nothing"
