"""Every example of every rule: output, parses, stable, comments survive."""

from __future__ import annotations

import ast
import io
import tokenize
from typing import TYPE_CHECKING

import pytest

from codemods.engine.registry import all_rules
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

if TYPE_CHECKING:
    from codemods.engine.rule import Example, Rule

CASES = [pytest.param(r, e, id=f"{r.code}-{e.about}".replace(" ", "-")) for r in all_rules() for e in r.examples]


def comments(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return sorted(t.string for t in tokens if t.type == tokenize.COMMENT)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: type[Rule], example: Example) -> None:
    options = Options(unsafe=example.unsafe, select=frozenset({rule.code}))
    result = rewrite(example.before.encode(), options)
    after = result.source.decode()
    assert after == example.expected, [f.message for f in result.findings]
    ast.parse(after)
    assert rewrite(result.source, options).source == result.source
    assert set(comments(example.before)) <= set(comments(after))
    assert bool(result.changes) == (example.after is not None)
    assert bool(result.findings) == example.flagged, result.findings
    assert {f.code for f in result.findings} <= {rule.code}


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_documented(rule: type[Rule]) -> None:
    assert rule.summary().endswith(".")
    assert rule.name == rule.name.lower().replace(" ", "-")
    assert rule.url.startswith("https://")
    assert rule.examples


def test_four_cases_in_ten_say_leave_this_alone() -> None:
    every = [example for rule in all_rules() for example in rule.examples]
    alone = [example for example in every if example.after is None]
    assert len(alone) >= 0.4 * len(every)
