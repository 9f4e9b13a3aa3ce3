"""Which class of Airflow gets a keyword."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.engine.file import File
from codemods.support.constructing import constructs

BASH = "airflow.operators.bash.BashOperator"
HEAD = (
    "from functools import partial\nfrom airflow.operators.bash_operator import BashOperator\nfrom ours import Mixin\n"
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("BashOperator(x=1)", BASH),
        ("partial(BashOperator, x=1)", BASH),
        ("BashOperator.partial(x=1)", BASH),
        ("class A(BashOperator): pass\nA(x=1)", BASH),
        ("class A(Mixin, BashOperator): pass\nclass B(A): pass\nB(x=1)", BASH),
        ("class A(BashOperator):\n  def __init__(self, **k): super().__init__(x=1, **k)", BASH),
        ("class A(BashOperator):\n  def __init__(self, **k): super(A, self).__init__(x=1, **k)", BASH),
        ("class A(BashOperator):\n  def __init__(self, **k): BashOperator.__init__(self, x=1, **k)", BASH),
        ("class A(BashOperator):\n  def __init__(self, y, **k): super().__init__(**k)\nA(x=1)", BASH),
        ("class A(BashOperator):\n  def __init__(self, x, **k): super().__init__(**k)\nA(x=1)", ""),
        ("class A(BashOperator):\n  def __init__(self, **k): super().__init__()\nA(x=1)", ""),
        ("class A(BashOperator):\n  def __init__(self, **k):\n    k.pop('x')\n    super().__init__(**k)\nA(x=1)", ""),
        ("class A(BashOperator):\n  def __init__(self, y): pass\nA(x=1)", ""),
        ("class A(Mixin): pass\nA(x=1)", ""),
        ("class A(A): pass\nA(x=1)", ""),
        ("if y:\n  class A(BashOperator): pass\nelse:\n  class A(Mixin): pass\nA(x=1)", ""),
        ("partial(*BashOperator, x=1)", ""),
        ("partial(x=1)", ""),
        ("other(x=1)", ""),
        ("make()(x=1)", ""),
    ],
)
def test_the_class_behind_a_call(code: str, expected: str) -> None:
    file = File(cst.parse_module(f"{HEAD}{code}\n"))
    calls = [node for node in file.bindings.nodes[cst.Call] if isinstance(node, cst.Call)]
    (call,) = [one for one in calls if any(arg.keyword is not None and arg.keyword.value == "x" for arg in one.args)]
    assert constructs(call, file, "x") == expected
