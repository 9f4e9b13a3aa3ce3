"""What the report says of a code: why it matters, how to mend it, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from migrator.assess.check import GROUPS
from migrator.assess.registry import all_checks
from migrator.assess.waivers import ABOUT
from migrator.report.rewrite.rules import rule_text

REWRITE_FIX = "See the file in the report of the rewrite: migrate rewrite --dry-run --format html -o rewrite.html."


@dataclass(frozen=True, slots=True)
class CheckText:
    """One check for a reader; ``severity`` is empty where it hangs on the finding."""

    code: str
    name: str
    group: str
    severity: str
    summary: str
    why: str
    fix: str
    link: str

    @property
    def title(self) -> str:
        """The name as words."""
        return self.name.replace("-", " ")


@cache
def _catalogue() -> dict[str, CheckText]:
    checks = [
        CheckText(c.code, c.name, c.group, c.severity, _plain(c.summary), _plain(c.why), c.fix, c.link)
        for c in all_checks()
    ]
    waivers = [
        CheckText(code, name, GROUPS["WV"], "", summary, why, "Correct [[assess.waivers]] in migrate.toml.", "")
        for code, (name, summary, why) in ABOUT.items()
    ]
    return {one.code: one for one in [*checks, *waivers]}


def check_text(code: str) -> CheckText:
    """The text for a code: a check's, a waiver's or a rewrite rule's."""
    if code in _catalogue():
        return _catalogue()[code]
    rule = rule_text(code)
    why = _plain(" ".join(rule.explanation.removeprefix(rule.summary).split()))
    return CheckText(code, rule.name, GROUPS["CM"], "", _plain(rule.summary), why, REWRITE_FIX, rule.url)


def _plain(text: str) -> str:
    """The text of a docstring without the marks around its literals."""
    return text.replace("``", "")
