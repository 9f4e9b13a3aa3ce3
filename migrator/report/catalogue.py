"""Every code that a finding can bear, whoever found it: what it means, why, how to mend it and how to answer for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from codemods.engine.registry import all_rules, near
from migrator.assess.registry import all_checks
from migrator.assess.waivers import ABOUT
from migrator.errors import UsageError
from migrator.report.assess.checks import check_text
from migrator.report.rewrite.rules import catalogue as rewrite_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codemods.engine.rule import Example
    from migrator.assess.check import Check

_WAIVER = """\
[[assess.waivers]]            # in migrate.toml
code = "{}"
where = "DAG_ID"               # or a file, such as "dags/team/*"
reason = "why it may stay"
expires = 2027-01-31
"""
_COMMENT = "# migrate: ignore[{}]    at the end of its line; or: migrate rewrite --ignore {}\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. ``level`` is a rule's safety or a check's severity; ``since``: the Airflow that a rule is for.

    ``options``: a check's options in migrate.toml with their defaults; ``examples`` are ready to print.
    """

    code: str
    name: str
    group: str
    level: str
    since: str
    summary: str
    why: str
    fix: str
    url: str
    waive: str
    options: tuple[tuple[str, str], ...] = ()
    examples: tuple[str, ...] = ()


@cache
def entries() -> Mapping[str, Entry]:
    """Every code of the checks, the waivers, the rules and the engine, in their order."""
    examples = {rule.code: tuple(_shown(example) for example in rule.examples) for rule in all_rules()}
    found = [_of_check(check) for check in all_checks()]
    found += [_entry(code, waive="") for code in ABOUT]
    for code, rule in rewrite_catalogue().items():
        waive = _COMMENT.format(code, code) + _WAIVER.format(code) if code in examples else _WAIVER.format(code)
        found.append(_entry(code, rule.safety, rule.since, waive, examples=examples.get(code, ())))
    return {one.code: one for one in sorted(found, key=lambda one: one.code)}


def matching(codes: Iterable[str]) -> list[Entry]:
    """The entries with these codes, or beginnings of codes, in any case; all of them without any.

    UsageError for one that is neither.
    """
    wanted = [code.strip().upper() for code in codes]
    for code in wanted:
        if not code or not any(known.startswith(code) for known in entries()):
            raise unknown(code)
    return [one for one in entries().values() if not wanted or one.code.startswith(tuple(wanted))]


def unknown(code: str) -> UsageError:
    """The error for a code that nothing bears."""
    found = near(code, list(entries()))
    fix = f"migrate explain {found[0]}" if found else "migrate rules"
    return UsageError(f"There is no rule or check {code!r}.", why="Codes look like CM101 or GV101.", fix=fix)


def _of_check(check: Check) -> Entry:
    options = tuple((name, _toml(value)) for name, value in check.options.items())
    examples = tuple(f"{'a finding' if one.found else 'left alone'}: {one.about}\n" for one in check.examples)
    return _entry(check.code, check.severity.value, "", _WAIVER.format(check.code), options, examples)


def _entry(
    code: str,
    level: str = "",
    since: str = "",
    waive: str = "",
    options: tuple[tuple[str, str], ...] = (),
    examples: tuple[str, ...] = (),
) -> Entry:
    text = check_text(code)
    return Entry(
        code, text.name, text.group, level, since, text.summary, text.why, text.fix, text.link, waive, options, examples
    )


def _toml(value: object) -> str:
    """A default as TOML has it: a truth value, a number, a text, a list, or a table in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {_toml(one)}' for key, one in value.items())}}}"
    if isinstance(value, tuple | list | frozenset | set):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return json.dumps(value)


def _shown(example: Example) -> str:
    note = " (with --unsafe)" if example.unsafe and example.after is not None else ""
    note = " (a finding)" if example.flagged and example.after is None else note
    body = f"{example.about}{note}:\n{_marked('  - ' if example.after is not None else '    ', example.before)}"
    return body if example.after is None else body + _marked("  + ", example.after)


def _marked(mark: str, source: str) -> str:
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in source.splitlines())
