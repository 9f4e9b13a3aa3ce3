"""What the report says of a rule: its name, why it exists, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from codemods.datasets.rule import CODE as DATASETS
from codemods.datasets.rule import ToDatasets
from codemods.engine.registry import all_rules
from codemods.engine.rewrite import PORTED, REFUSED, UNREADABLE
from migrator.rewrite.result import LEFT

if TYPE_CHECKING:
    from codemods.engine.rule import Rule

_PORTING = "https://docs.python.org/3/howto/pyporting.html"


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule for a reader; ``safety`` is the value of `Safety`."""

    code: str
    name: str
    summary: str
    explanation: str
    url: str
    safety: str
    since: str

    @property
    def title(self) -> str:
        """The name as words."""
        return self.name.replace("-", " ")


# What the engine itself says, before and after the rules.
_ENGINE = (
    RuleText(
        UNREADABLE,
        "unreadable",
        "Tell which files cannot be read as Python 3.",
        "Tell which files cannot be read as Python 3.\n\nAirflow 2 runs on Python 3 only. The file is left as it is.",
        _PORTING,
        "flag",
        "2.0",
    ),
    RuleText(
        REFUSED,
        "refused",
        "Refuse a result that would not load.",
        "Refuse a result that would not load.\n\nWhat the rules made would not parse, or would use a name that nothing "
        "defines, so the file was left as it is.",
        _PORTING,
        "flag",
        "2.0",
    ),
    RuleText(
        LEFT,
        "left",
        "Name the files that were left as they are.",
        "Name the files that were left as they are.\n\nA file that was changed while the rewrite ran, that cannot be "
        "read or written, or that lies behind a link out of the folder is yours: it is named, and stays.",
        _PORTING,
        "flag",
        "2.0",
    ),
    RuleText(
        PORTED,
        "ported",
        "Carry files of Python 2 over to Python 3.",
        "Carry files of Python 2 over to Python 3.\n\nWhere only the syntax of a file is Python 2's, it is written as "
        "Python 3's, and then rewritten: print, exec, raise, except, backticks, <>, octal numbers, has_key; what gave "
        "lists is made a list. Divisions that had no rest are told: whether whole numbers meet there, nobody can read.",
        _PORTING,
        "unsafe",
        "2.0",
    ),
)


@cache
def catalogue() -> dict[str, RuleText]:
    """Every rule, and what the engine itself reports, by code."""
    rules = [*(_text(rule.code, rule) for rule in all_rules()), _text(DATASETS, ToDatasets)]
    return {rule.code: rule for rule in sorted([*_ENGINE, *rules], key=lambda rule: rule.code)}


def _text(code: str, r: type[Rule]) -> RuleText:
    return RuleText(code, r.name, r.summary(), r.explanation(), r.url, r.safety.value, r.since)


def rule_text(code: str) -> RuleText:
    """The text for a code; a code that is not known stands for itself."""
    return catalogue().get(code) or RuleText(code, code.lower(), "", "", "", "flag", "")
