"""lab.json survives a round trip, and what is not a lab is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from migrator.errors import LabError
from migrator.lab import lab as labs
from migrator.lab import state
from migrator.lab.ports import allocate, answers, free_ports
from migrator.lab.processes import Started

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_read_as_it_was_written(dead_lab: state.State, tmp_path: Path) -> None:
    written = dead_lab
    state.write(written)
    assert state.read(tmp_path) == written
    assert "secret" not in (tmp_path / state.STATE).read_text()


def test_a_newer_schema_is_refused(dead_lab: state.State, tmp_path: Path) -> None:
    state.write(dead_lab)
    document = json.loads((tmp_path / state.STATE).read_text())
    (tmp_path / state.STATE).write_text(json.dumps(document | {"schema_version": 99}))
    with pytest.raises(LabError, match="schema 99"):
        state.read(tmp_path)


def test_a_process_takes_the_place_of_the_one_before_it(dead_lab: state.State, tmp_path: Path) -> None:
    again = Started("gcs", 7, 7.0, "log")
    assert dead_lab.with_process(again).processes == (again,)


def test_a_lab_whose_processes_are_gone_is_not_up(dead_lab: state.State, tmp_path: Path) -> None:
    state.write(dead_lab)
    with pytest.raises(LabError, match="not up"):
        labs.load(tmp_path)
    assert [row.alive for row in labs.status(tmp_path)] == [False]


def test_no_lab_is_not_up_and_down_has_nothing_to_do(tmp_path: Path) -> None:
    said: list[str] = []
    labs.down(tmp_path, said.append)
    assert said == [f"no lab in {tmp_path}"]
    assert labs.status(tmp_path) == []
    with pytest.raises(LabError, match="not up"):
        labs.load(tmp_path)


def test_reset_deletes_nothing_that_is_no_lab(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LabError, match="not a lab"):
        labs.reset(tmp_path, print)
    assert (tmp_path / "thesis.txt").exists()


def test_free_ports_differ_and_nothing_listens() -> None:
    assert len(set(free_ports(20))) == 20
    assert not answers(allocate().gcs)
