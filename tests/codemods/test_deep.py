"""Code that is nested deeper than is read is a finding at once; no parser is left alone with it."""

from __future__ import annotations

import pytest

from codemods.engine.deep import LEVELS, deep, too_deep
from codemods.engine.rewrite import rewrite

HEAD = b"from airflow import DAG\n"
CHAINS = {
    "sums": b"x = a" + b"+1" * 50_000,
    "attributes": b"x = a" + b".b" * 50_000,
    "calls": b"x = a" + b"()" * 20_000,
}


@pytest.mark.parametrize("code", CHAINS.values(), ids=CHAINS)
def test_a_chain_without_end_is_told_and_left(code: bytes) -> None:
    result = rewrite(HEAD + code + b"\n")
    assert result.source == HEAD + code + b"\n"
    assert [(one.code, "too deep" in one.message) for one in result.findings] == [("CM001", True)]


def test_many_operators_that_do_not_nest_are_read() -> None:
    assert not too_deep(b"\n".join([b"x = a + b * c"] * LEVELS))
    assert not too_deep(b"x = [" + b"a.b, " * LEVELS + b"]")
    assert deep(lambda: too_deep(b"x = a" + b"+1" * (LEVELS + 1)))
