"""Every check keeps the promises of its examples, and is written as checks are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from migrator.assess.examples import estate_of
from migrator.assess.options import options_of
from migrator.assess.registry import all_checks
from migrator.assess.run import findings_of

if TYPE_CHECKING:
    from migrator.assess.check import Check, Example

CASES = [
    pytest.param(check, example, id=f"{check.code}-{number}-{example.about[:40]}")
    for check in all_checks()
    for number, example in enumerate(check.examples, start=1)
]


@pytest.mark.parametrize(("check", "example"), CASES)
def test_an_example_has_as_many_findings_as_it_says(check: Check, example: Example) -> None:
    estate = estate_of(example)
    options = options_of(check, {check.code: example.options})
    found = list(findings_of(check, estate, options))
    assert len(found) == example.found, [f"{one.file}:{one.line} {one.message}" for one in found]
    for one in found:
        lines = estate.files[one.file].text.count("\n") if one.file in estate.files else 0
        assert 0 <= one.line <= lines, "a line that the file has"
        assert set(one.dags) <= {dag.dag_id for dag in estate.inventory.dags}


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.code)
def test_a_check_is_documented(check: Check) -> None:
    assert re.fullmatch(r"(GV1|CP2|ES3)\d\d", check.code)
    assert check.summary.startswith("Tell ")
    assert ":" in check.summary or check.summary.endswith(".")
    assert check.why.endswith(".")
    assert check.fix.endswith(".")
    assert check.link.startswith("https://")
    assert check.minutes > 0
    assert any(example.found for example in check.examples), "an example that it finds"
    alone = sum(not example.found for example in check.examples)
    assert alone / len(check.examples) >= 0.25, "examples that it leaves alone"


def test_in_all_four_in_ten_examples_are_left_alone() -> None:
    examples = [example for check in all_checks() for example in check.examples]
    assert sum(not example.found for example in examples) / len(examples) >= 0.4
