"""Fragments combined at random: the engine never crashes, changes what it has no rule for, or writes half a file."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.engine.registry import all_rules
from codemods.engine.report import Options
from codemods.engine.rewrite import REFUSED, rewrite
from codemods.engine.undefined import undefined_names

EXAMPLES = sorted({example.before for rule in all_rules() for example in rule.examples})
pytestmark = pytest.mark.no_cover  # tracing is most of its time

ODD = [
    "",
    "\n\n",
    "# coding: latin-1\n",
    "\ufeff",
    "#!/usr/bin/env python\n",
    '"""A docstring: BashOperator, airflow.operators.bash_operator."""\n',
    "from __future__ import annotations\n",
    "x = 1; y = 2\n",
    "if x:\n\tpass\n",
    "print 'python 2'\n",
    "exec 'x'\n",
    "def f(:\n",
    "\x0c\n",
    "x = '\\\n'\n",
    "class A:\n    x: 'DummyOperator' = None\n",
    "try:\n    import airflow.operators.dummy_operator\nexcept ImportError:\n    pass\n",
    "if True:\n    from airflow.operators.dummy_operator import DummyOperator\n",
    "lambda: (yield)\n",
    "async def g():\n    async with a as b:\n        await b\n",
    "match x:\n    case {'dag': DAG(a=1)}:\n        pass\n",
    "DummyOperator = None\n",
    "del BashOperator\n",
    "global_ = [DAG for DAG in ()]\n",
    "with DAG('a') as dag, open('b') as c:\n    t = DummyOperator(task_id='t')\n",
    "t = (\n    # above\n    DummyOperator(  # beside\n        task_id='t',  # last\n        # below\n    )\n)\n",
    "from airflow.operators.bash_operator import (BashOperator as B,\n    )\n",
    "import airflow.contrib.operators.gcs_to_bq as g, os\ng.GoogleCloudStorageToBigQueryOperator(bucket='b')\n",
]
FRAGMENTS = st.sampled_from([*EXAMPLES, *ODD])
BELOW = st.builds(
    lambda head, text: head + textwrap.indent(text, "    "),
    st.sampled_from(["def below():\n", "if True:\n", "class Below:\n", "try:\n    pass\nfinally:\n", "while 0:\n"]),
    FRAGMENTS.filter(str.strip),
)
SOURCES = st.lists(FRAGMENTS | FRAGMENTS | BELOW, max_size=5).map("".join)
NEWLINES = st.sampled_from(["\n", "\r\n"])


def compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def check(text: str, newline: str, *, unsafe: bool) -> None:
    source = text.replace("\n", newline).encode("utf-8", "surrogatepass")
    options = Options(unsafe=unsafe)
    result = rewrite(source, options, path="dags/a.py")
    refused = [
        f.message
        for f in result.findings
        if f.code == REFUSED and "it does not compile, so it was left unchanged" not in f.message
    ]
    assert refused == []
    assert bool(result.changes) == (result.source != source)
    if result.source == source:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(result.source)
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    before, after = source.decode(encoding), result.source.decode(encoding)
    if compiles(before):  # what Python 2 alone reads has no names to compare
        assert not undefined_names(after) - undefined_names(before)
    assert rewrite(result.source, options, path="dags/a.py").source == result.source
    assert (newline == "\r\n") == (b"\r\n" in result.source) or b"\n" not in source


@given(SOURCES, NEWLINES, st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_combined_fragments(text: str, newline: str, unsafe: bool) -> None:
    check(text, newline, unsafe=unsafe)


@pytest.mark.soak
@given(SOURCES, NEWLINES, st.booleans())
@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_combined_fragments(text: str, newline: str, unsafe: bool) -> None:
    check(text, newline, unsafe=unsafe)


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: ("import airflow\n" + text).encode("utf-8", "replace"))
)
@settings(max_examples=200, deadline=None)
def test_any_bytes(source: bytes) -> None:
    result = rewrite(source)
    assert result.source == source or result.changes
