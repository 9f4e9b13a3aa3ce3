"""Large files: no question walks the whole file again for each node, and long chains are read."""

from __future__ import annotations

import sys
import threading

import pytest

from codemods.engine.deep import deep
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.bench.large_files import chain, operators

ALL = Options(unsafe=True)


def steps(source: bytes) -> int:
    """How many lines of our own code a rewrite runs: what a clock would say, without the machine's noise."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if "/codemods/" not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    sys.settrace(trace)
    try:
        rewrite(source, ALL)
    finally:
        sys.settrace(None)
    return count


def test_twice_the_operators_are_twice_the_work():
    rewrite(operators(8), ALL)
    few, many = steps(operators(100)), steps(operators(200))
    assert many < 2.2 * few


def test_constants_that_name_each_other_are_followed_once():
    names = [f"a{n} = [a{n + 1}, a{n + 1}]\n" for n in range(40)]
    head = b"from airflow.operators.bash_operator import BashOperator\n"
    rewrite(head + "".join([*names, "a40 = '{{ params.x }}'\n"]).encode() + b"BashOperator(env=a0)\n", ALL)
    rewrite(head + b"a = ['{{ params.x }}', a]\nBashOperator(env=a)\n", ALL)


def test_a_long_chain_is_rewritten_like_a_short_one():
    assert len(rewrite(chain(600), ALL).changes) == len(rewrite(chain(3), ALL).changes) > 0


def test_what_is_nested_too_deep_is_a_finding():
    source = b"import airflow\nx = " + b"-" * 100_000 + b"1\n"
    result = rewrite(source, ALL)
    assert result.source == source
    assert [finding.code for finding in result.findings] == ["CM001"]


def test_deep_work_leaves_the_limits_as_they_were():
    before = sys.getrecursionlimit(), threading.stack_size()

    def down(n):
        return down(n - 1) + 1 if n else 0

    assert deep(lambda: down(3 * before[0])) == 3 * before[0]
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_an_error_in_deep_work_is_raised_here():
    def down(n):
        return down(n - 1) + 1 if n else 1 // 0

    depth = 3 * sys.getrecursionlimit()
    with pytest.raises(ZeroDivisionError):
        deep(lambda: down(depth))
