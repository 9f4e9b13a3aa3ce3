"""Files of Python 2: carried over where only their syntax is older, with --unsafe, and then rewritten as all others."""

from __future__ import annotations

import ast

import pytest

from codemods.engine.plugins import find_plugins
from codemods.engine.python2 import divisions, ported
from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite

UNSAFE = Options(unsafe=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print 'a', x  # why\n", "print('a', x)  # why\n"),
        ("import sys\nprint >> sys.stderr, 'b'\nprint 1\n", "import sys\nprint('b', file=sys.stderr)\nprint(1)\n"),
        ("print 'a'\nx = d.has_key('k')\n", "print('a')\nx = 'k' in d\n"),
        (
            "try:\n    f()\nexcept (A, B), e:\n    raise C, 'x'\n",
            "try:\n    f()\nexcept (A, B) as e:\n    raise C('x')\n",
        ),
        ("if a <> 0777: b = `a`\n", "if a != 0o777: b = repr(a)\n"),
        ("print d.keys()[0]\n", "print(list(d.keys())[0])\n"),
        ("exec 'x = 1' in d\n", "exec('x = 1', d)\n"),
        ("print 10L\n", "print(10)\n"),
        ("print 'no end'", "print('no end')"),
        ("print 'a'\r\nx = 1\r\n", "print('a')\r\nx = 1\r\n"),
        ("# coding: latin-1\nprint '\xe9'\n", "# coding: latin-1\nprint('\xe9')\n"),
    ],
)
def test_what_it_becomes(before: str, after: str) -> None:
    encoding = "latin-1" if "latin-1" in before else "utf-8"
    found = rewrite(before.encode(encoding), UNSAFE)
    assert found.source == after.encode(encoding)
    assert "CM004" in {one.code for one in found.changes}
    assert rewrite(found.source, UNSAFE).source == found.source
    ast.parse(found.source)


def test_then_it_is_rewritten() -> None:
    before = (
        b"import urllib2\nfrom airflow.operators import BashOperator\n\nprint 'x'\n"
        b"t = BashOperator(task_id='t', bash_command='x', start_date=unicode('2'))\n"
    )
    found = rewrite(before, UNSAFE)
    assert found.source == (
        b"import urllib.request\nfrom airflow.operators.bash import BashOperator\n\nprint('x')\n"
        b"t = BashOperator(task_id='t', bash_command='x', start_date=str('2'))\n"
    )
    assert {one.code: one.line for one in found.changes} == {"CM004": 4, "CM101": 2, "CM140": 1, "CM142": 5}


@pytest.mark.parametrize(
    ("source", "options"),
    [
        ("print 'x'\n", Options()),
        ("print 'x'\n", Options(unsafe=True, ignore=frozenset({"CM004"}))),
        ("def f(:\n", UNSAFE),
        ("print 'x'\nasync = 1\nf(async=2)\n", UNSAFE),
        ("print 'x\n", UNSAFE),
        ("\0print 'x'\n", UNSAFE),
    ],
)
def test_what_is_left(source: str, options: Options) -> None:
    found = rewrite(source.encode(), options)
    assert found.source == source.encode()
    assert [one.code for one in found.findings] == ["CM001"]
    assert ["--unsafe" in one.message for one in found.findings] == [options == Options()]


def test_python_3_is_left_alone() -> None:
    source = b"import airflow\n\nx = list(d.keys())\nfor k in d.keys():\n    print(k, map(f, d), 4 / 2)\n"
    found = rewrite(source, UNSAFE)
    assert (found.source, found.findings) == (source, ())


def test_divisions_are_told() -> None:
    source = b"print 'x'\na = b / 2\nc = b / 2.0\nd = b // 2\ne = float(b) / f\ng /= 3\n"
    told = [(one.line, one.code) for one in rewrite(source, UNSAFE).findings]
    assert told == [(2, "CM004"), (6, "CM004")]
    assert divisions(b"from __future__ import division\na = b / 2\n") == []


def test_a_plugin_of_python_2_is_known() -> None:
    plugin = b"""class Ours(BaseOperator):
    print 'x'


class P(AirflowPlugin):
    name = 'p'
    operators = [Ours]
"""
    assert find_plugins({"a.py": plugin})["airflow.operators.Ours"] == "a.Ours"
    assert ported(b"print('x')\n") is None
