"""No text that a person reads has a word of the list in `tests/words.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.words import GONE, Said, gone, said

if TYPE_CHECKING:
    from pathlib import Path

PHRASES = (
    "a run by hand", "catchup is not said; it is taken as True", "nobody can tell how often unknown runs",
    "breaks 8 rules of the house", "this machine refused terraform", "1 need something of you before they move",
    "it is a wave alone", "paused before it is switched on in v2", "the DAG is on in v2", "never on on both",
    "start_date moves", "and it is in no wave", "it is on and scheduled", "somebody switched it on again",
    "mend what it names", "is | takes | because", "is written anew",
)  # fmt: skip


def test_no_text_has_a_word_that_is_to_go() -> None:
    found = [f"{one.path}:{one.line}: {one.text}: write {instead}" for one, instead in gone(said())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("phrase", PHRASES)
def test_the_list_knows_a_phrase(phrase: str) -> None:
    assert any(re.search(pattern, phrase) for pattern in GONE)


def test_messages_docstrings_and_templates_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "codemods").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "migrator").mkdir()
    for name in ("README.md", "MIGRATION.md", "CONTRIBUTING.md"):
        (tmp_path / name).write_text("")
    (tmp_path / "migrator" / "a.py").write_text('"""Says a thing."""\n\nprint(f"wave {1} runs\\n by hand")\n')
    (tmp_path / "templates" / "a.md.j2").write_text("one\n\nof the house\n")
    texts = list(said(tmp_path))
    assert texts == [
        Said("migrator/a.py", 1, "Says a thing.", docstring=True),
        Said("migrator/a.py", 3, "wave {} runs by hand"),
        Said("templates/a.md.j2", 1, "one"),
        Said("templates/a.md.j2", 3, "of the house"),
    ]
    assert [one.path for one, _ in gone(texts)] == ["migrator/a.py", "templates/a.md.j2"]
