"""What an estate holds is text in Markdown: the page has the same elements whatever it says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from migrator.cutover.ledger import DagLedger, Entry, Ledger, Window
from migrator.report.escape import code, escaped
from migrator.report.ledger import as_markdown

HARMLESS = "plain"
HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/a.png)",
    "\n# A heading\n",
    "\n\n- a list\n1. another\n",
    "a | b | c",
    "`code` ``more`` `",
    "``",
    "**bold** __bold__ ~~gone~~ _it_",
    "&lt;b&gt; <b>",
    "\x1b[31mred\x07",
    "<http://evil.example>",
    "\\",
    "a\\|b",
    "```\nfence",
    "</details>",
    "\u202egnp.exe",
)
NO_SPAN = "\\|"
"""What a code span can hold outside a table or inside one, and not in both: it is text."""
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def skeleton(page: str) -> list[str]:
    """The elements of a page in order, without its texts."""
    found = []
    for token in PARSER.parse(page):
        found.append(f"{token.type} {token.tag}")
        found += [f"  {one.type} {one.tag}" for one in token.children or () if one.type not in {"text", "softbreak"}]
    return [one for one in found if "text_special" not in one]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["{}", "word {} word", "- {}", "# {}", "| a | b |\n|---|---|\n| {} | {} |"])
def test_an_escaped_text_is_nothing_but_text(hostile: str, form: str) -> None:
    plain, given = escaped(HARMLESS), escaped(hostile)
    assert skeleton(form.replace("{}", f"x {given}")) == skeleton(form.replace("{}", f"x {plain}"))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["word {} word", "- {}", "| a | b |\n|---|---|\n| {} | {} |"])
def test_a_code_span_holds_whatever_it_is_given(hostile: str, form: str) -> None:
    like = escaped if NO_SPAN in hostile else code
    assert skeleton(form.replace("{}", code(hostile))) == skeleton(form.replace("{}", like(HARMLESS)))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_the_ledger_s_page_has_the_same_elements(hostile: str) -> None:
    spans = "  code_inline code"
    found, like = ([one for one in skeleton(page(text)) if one != spans] for text in (hostile, HARMLESS))
    assert found == like
    assert (spans in skeleton(page(hostile))) == (NO_SPAN not in hostile)
    assert not any(one in page(hostile) for one in ("\x1b", "\x07", "\u202e"))


def page(text: str) -> str:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    dag = DagLedger(dag_id=text, duplicates=(Entry(at, (f"v1 {text}", f"v2 {text}")),), note=text)
    return as_markdown(Ledger(Window(at, at), (dag,)))
