"""The reference is the program's own help, and what the documents link to is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import markdown, reference

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = sorted([*reference.ROOT.glob("*.md"), *(reference.ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", reference.pages(), ids=lambda path: path.name)
def test_the_reference_is_up_to_date(path):
    assert reference.pages()[path] == path.read_text("utf-8"), "run: python -m tests.reference"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert list(dead(path)) == []


def dead(path: Path):
    """Each link within the documents that leads to no file, or to no heading of it."""
    for link in markdown.links(path.read_text("utf-8")):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        there = path.parent / name if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield link


def anchors(path: Path) -> set[str]:
    return {heading.anchor for heading in markdown.headings(path.read_text("utf-8"))}


def test_the_contents_name_each_heading_and_no_other():
    text = reference.RUNBOOK.read_text("utf-8")
    found = {link[1:] for link in markdown.links(text.split(reference.END)[0]) if link.startswith("#")}
    assert found == {one.anchor for one in markdown.headings(text) if 1 < one.level <= 3}


def test_a_new_heading_enters_the_contents():
    text = f"# Book\n{reference.BEGIN}{reference.END}\n## One `part`?\n### One `part`?\n#### deep\n"
    assert "- [One `part`?](#one-part)\n  - [One `part`?](#one-part-1)\n" in reference.runbook(text)
    assert "deep" not in reference.runbook(text).split(reference.END)[0]


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](#here) [b](#there) [c](gone.md) ![d](gone.png) [e](https://x.org) | `[f](no)`\n")
    assert list(dead(page)) == ["#there", "gone.md", "gone.png"]
