"""Each way in of MIGRATION.md is walked from its first command to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.documents import estate
from tests.documents.desk import beside, desk
from tests.documents.lines import ROOT, Line, blocks

if TYPE_CHECKING:
    from tests.documents.desk import Desk

TEXT = (ROOT / "MIGRATION.md").read_text("utf-8")
WAYS = {"I have a v1 that runs": "live", "I have a snapshot": "snapshot", "I have only a folder": "folder"}
ENDS = {"cutover": {0, 3}, "complete": {4}, "audit": {0, 1}, "transfer": {0, 1}}
"""How a command may end that is not done with 0: the played agents unpause no DAG, so its wave is not complete, and
what a folder does not tell stays unknown."""
BEFORE = ("init", "inventory", "assess", "rewrite", "plan", "docs", "provision")
AFTER = ("doctor", "transfer", "deploy", "cutover", "status", "audit", "complete", "report")


def of(title: str) -> list[Line]:
    """This program's lines of a way in, in order."""
    section = TEXT.split(f"### {title}\n")[1].split("\n##")[0]
    return [line for block in blocks(section, "MIGRATION.md") for line in block if line.ours]


@pytest.mark.parametrize("title", WAYS)
def test_a_way_in_has_each_part_in_order(title):
    names = list(dict.fromkeys(line.words[1] for line in of(title)))
    assert [name for name in names if name in (*BEFORE, *AFTER)] == [*BEFORE, *AFTER]
    assert ("--backlog" in {word for line in of(title) for word in line.words}) == (WAYS[title] != "live")


@pytest.mark.parametrize("title", WAYS)
def test_a_way_in_can_be_walked(title, composer, tmp_path, monkeypatch):
    left = {"snapshot": estate.snapshot, "folder": estate.copied}.get(WAYS[title])
    words = {"N": "1", "OWNER": "team", "P": "p", "L": "l", "V1": "v1"}
    if left:
        words["DIR"] = str(left(tmp_path / "left"))
    with desk(tmp_path / "ws", composer, words) as walked:
        walked.root.mkdir()
        monkeypatch.chdir(walked.root)
        for line in of(title):
            walk(walked, line, live=left is None)


def walk(walked: Desk, line: Line, *, live: bool) -> None:
    """Run one line, and do what its reader does beside it: fill in the configuration and the forms, say yes."""
    name, *more = walked.filled(line.words[1:])
    if "--history" in more:
        form = walked.root / more[-1]
        form.write_text(form.read_text("utf-8").replace("stock,,", f"stock,{estate.DUE.isoformat()},"), "utf-8")
    ran = walked.run(name, *more, *beside(name, more))
    assert ran.code in ENDS.get(name, {0}), f"{line} ended {ran.code}\n{ran.out}\n{ran.err}"
    if name == "init":
        walked.configure(live=live)
        walked.play()
