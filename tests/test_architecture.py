"""ARCHITECTURE.md draws what the code is, and CONTRIBUTING.md and it name files that are there."""

from __future__ import annotations

import re

import pytest

from tests import architecture

PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "docs/airflow.md")


def test_the_drawn_parts_are_up_to_date():
    assert architecture.page() == architecture.PAGE.read_text("utf-8"), "run: python -m tests.architecture"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page):
    named = re.findall(r"`((?:migrator|codemods|templates|tests|docs|\.ci)/[\w./-]*)`", _text(page))
    assert named
    assert [name for name in named if not (architecture.ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    folder = (architecture.ROOT / page).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", _text(page))
    assert [link for link in links if not (folder / link).exists()] == []


def _text(page: str) -> str:
    return (architecture.ROOT / page).read_text("utf-8")
