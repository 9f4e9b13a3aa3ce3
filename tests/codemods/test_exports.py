"""What a module exports stays there, whatever a rule does with the import that it comes from."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.engine.bindings import Bindings
from codemods.engine.registry import all_rules
from codemods.engine.report import Options
from codemods.engine.rewrite import REFUSED, rewrite
from codemods.engine.undefined import undefined_names


def imported(source: str) -> list[str]:
    """The names that the module's own imports bind."""
    return sorted(Bindings(cst.parse_module(source)).top.imports)


EXPORTING = [
    pytest.param(example, names, id=f"{rule.code}-{at}")
    for rule in all_rules()
    for at, example in enumerate(rule.examples)
    if example.after != example.before and (names := imported(example.before))
]


@pytest.mark.parametrize(("example", "names"), EXPORTING)
def test_every_name_that_is_exported_is_still_bound(example, names: list[str]) -> None:
    source = f"{example.before}\n\n__all__ = {names!r}\n"
    assert undefined_names(source) == undefined_names(example.before)
    result = rewrite(source.encode(), Options(unsafe=example.unsafe))
    top = Bindings(cst.parse_module(result.source.decode())).top
    assert {name for name in names if name not in top.imports and not top.rebinds(name)} == set()
    assert REFUSED not in {finding.code for finding in result.findings}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("__all__ = ['gone', 'here']\nhere = 1\n", {"gone"}),
        ("__all__: list[str] = ['gone']\n", {"gone"}),
        ("__all__ = ('here',)\nfrom a import b as here\n__all__ += ['gone']\n", {"gone"}),
        ("from a import *\n__all__ = ['may_be_there']\n", set()),
        ("def f():\n    __all__ = ['local']\n", set()),
    ],
)
def test_a_name_that_is_exported_and_bound_nowhere_is_undefined(source: str, names: set[str]) -> None:
    assert undefined_names(source) == names
