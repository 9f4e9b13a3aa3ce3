"""Waivers hold findings back until their day, and are findings when they are of no use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from migrator.assess.model import Finding, Severity
from migrator.assess.waivers import apply
from migrator.errors import UsageError
from migrator.workspace.config import Waiver

TODAY = date(2026, 6, 1)
ON_DAG = Finding("GV103", "dags/shop/a.py", 4, ("shop_a",), "it has no tags", Severity.NOTE)
OF_HELPER = Finding("GV110", "dags/common/h.py", 2, ("shop_a", "stock_b"), "Variable.get()", Severity.WARNING)
OF_ENVIRONMENT = Finding("CP206", "", 0, (), "the override cli-x is blocked", Severity.ERROR)
ALL = [OF_ENVIRONMENT, ON_DAG, OF_HELPER]


def waiver(code: str, where: str = "*", expires: date = TODAY, **more: Any) -> Waiver:
    return Waiver(code=code, where=where, reason="agreed", expires=expires, **more)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (waiver("GV103", "shop_*"), [OF_ENVIRONMENT, OF_HELPER]),
        (waiver("GV1*", "dags/shop/*"), [OF_ENVIRONMENT, OF_HELPER]),
        (waiver("GV110", "dags/common/*"), [OF_ENVIRONMENT, ON_DAG]),
        (waiver("GV1*"), [OF_ENVIRONMENT]),
        (waiver("CP206", "*cli-x*"), [ON_DAG, OF_HELPER]),
    ],
)
def test_what_a_waiver_covers_is_waived_until_the_end_of_its_day(given: Waiver, left: list[Finding]) -> None:
    ruled = apply(ALL, [given], TODAY)
    assert list(ruled.findings) == left
    assert {one.reason for one in ruled.waived} == {"agreed"}
    assert len(ruled.findings) + len(ruled.waived) == len(ALL)


def test_a_helper_s_finding_is_not_waived_for_one_of_its_dags() -> None:
    ruled = apply(ALL, [waiver("GV110", "shop_*")], TODAY)
    assert OF_HELPER in ruled.findings
    assert [one.code for one in ruled.findings if one.code.startswith("WV")] == ["WV002"]


def test_a_waiver_that_ran_out_covers_nothing_and_is_a_finding() -> None:
    ruled = apply(ALL, [waiver("GV103", "shop_*", date(2026, 5, 31))], TODAY)
    assert ON_DAG in ruled.findings
    assert ruled.waived == ()
    [one] = [one for one in ruled.findings if one.code == "WV001"]
    assert one.message == "waiver 1 (GV103 for shop_*) ran out on 2026-05-31: agreed"
    assert one.severity is Severity.ERROR


def test_a_waiver_that_fits_nothing_is_a_finding_even_when_it_ran_out() -> None:
    for expires in (TODAY, date(2020, 1, 1)):
        ruled = apply(ALL, [waiver("GV105", expires=expires)], TODAY)
        assert [one.code for one in ruled.findings if one.code.startswith("WV")] == ["WV002"]


def test_a_code_that_no_check_has_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"no check 'GV130'.*\n.*\n.*did you mean GV1"):
        apply(ALL, [waiver("GV130")], TODAY)


def test_without_waivers_nothing_changes() -> None:
    assert apply(ALL, [], TODAY).findings == tuple(sorted(ALL))


def test_a_waiver_takes_the_codes_of_the_rewrite() -> None:
    of_rewrite = Finding("CM102", "dags/shop/a.py", 1, ("shop_a",), "no successor", Severity.WARNING)
    ruled = apply([of_rewrite], [waiver("CM102", "shop_a")], TODAY)
    assert (ruled.findings, [one.finding for one in ruled.waived]) == ((), [of_rewrite])
    with pytest.raises(UsageError):
        apply([], [waiver("CM999")], TODAY)
