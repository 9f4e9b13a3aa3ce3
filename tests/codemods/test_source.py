"""The lines that the engine tells are those that LibCST's own provider tells."""

from __future__ import annotations

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from codemods.engine.source import Printed, printed

SOURCE = '''"""Several
lines."""
import a  # one


# before
@decorated
def f(
    x,  # x
    y=(1 +
       2),
):
    # inside
    return """
    text
    """.strip()


with f(
    1,
    2,
) as g:
    call(a=1,
         b="x" "y",
    ); call()
'''
KINDS = (
    cst.Call,
    cst.Name,
    cst.Attribute,
    cst.SimpleString,
    cst.FunctionDef,
    cst.With,
    cst.Expr,
    cst.Return,
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_are_those_of_the_position_provider(newline: str) -> None:
    wrapper = MetadataWrapper(cst.parse_module(SOURCE.replace("\n", newline)), unsafe_skip_copy=True)
    text = Printed(wrapper.module)
    seen = {n: text.lines(n) for n, _ in wrapper.resolve(PositionProvider).items() if isinstance(n, KINDS)}
    expected = {n: (r.start.line, r.end.line) for n, r in wrapper.resolve(PositionProvider).items() if n in seen}
    assert len(seen) > 20
    assert {n: first for n, (first, _) in seen.items()} == {n: first for n, (first, _) in expected.items()}
    simple = [n for n in seen if not isinstance(n, cst.FunctionDef | cst.With)]
    assert [seen[n] for n in simple] == [expected[n] for n in simple]


@pytest.mark.parametrize("source", [SOURCE, "", "\ufeff# bom\n", "# coding: latin-1\nx = 'é'\n", "x = 1"])
def test_printing_loses_nothing(source: str) -> None:
    data = source.encode("latin-1" if "latin" in source else "utf-8")
    module = cst.parse_module(data)
    assert printed(module) == module.bytes == Printed(module).text.encode(module.encoding)


@pytest.mark.parametrize(
    "source", [SOURCE, "# first\n" + SOURCE, "\n\nx = 1\ny = 2", "x = 1\n# last\n", "# alone\n", ""]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_kept_at_the_top_is_printed_as_it_was(source: str, newline: str) -> None:
    module = cst.parse_module(source.replace("\n", newline))
    before = Printed(module)
    for at in range(len(module.body) + 1):
        new = cst.parse_statement("if new:\n    pass  # here\n")
        added = module.with_changes(body=[*module.body[:at], new, *module.body[at:]])
        replaced = module.with_changes(body=[*module.body[:at], new, *module.body[at + 1 :]])
        gone = module.with_changes(body=[*module.body[:at], *module.body[at + 1 :]])
        for after in (module, added, replaced, gone):
            assert printed(after, before) == after.bytes
