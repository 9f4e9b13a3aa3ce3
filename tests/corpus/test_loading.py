"""Public example DAGs of 1.10 and of early providers load on the real target after a rewrite, and lose nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from codemods.engine.rewrite import rewrite
from tests.corpus import corpus, loading, measure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corpus.measure import Measured

AT_LEAST = 0.95
"""Of the files that can load on the target, those that do after ``--unsafe``."""

pytestmark = pytest.mark.airflow


def chosen(name: str) -> list[corpus.Source]:
    """The whole corpus; or all of 1.10.15's own examples, and of the others every twelfth."""
    every = corpus.sources()
    if name == "whole":
        return every
    others = [one for one in every if one.origin != "airflow-1.10.15"]
    return [one for one in every if one.origin == "airflow-1.10.15"] + others[::12]


@pytest.fixture(scope="module", params=["slice", pytest.param("whole", marks=pytest.mark.soak)])
def measured(request: pytest.FixtureRequest) -> list[Measured]:
    found = measure.measure(chosen(request.param))
    print(f"\n{measure.table(found)}")
    return found


def test_nearly_all_that_can_load_do(measured: list[Measured]) -> None:
    assert measure.share(measured, "unsafe") >= AT_LEAST, "\n".join(measure.failures(measured, "unsafe"))
    assert measure.share(measured, "safe") > measure.share(measured, "untouched")


def test_what_does_not_load_has_a_finding_that_names_the_reason(measured: list[Measured]) -> None:
    failed = [one for one in measured if not one.loads("unsafe")]
    assert failed, "some services were switched off"
    ours = [one for one in failed if one.apart is None or one.apart.name == "switched off"]
    assert [one.source.path for one in ours if not measure.explained(one)] == []


def test_nothing_that_loaded_stops_loading(measured: list[Measured]) -> None:
    assert measure.regressions(measured) == []


def test_a_file_without_changes_is_the_same_to_the_byte(measured: list[Measured]) -> None:
    for one in measured:
        for result in one.results.values():
            assert bool(result.changes) == (result.source != one.source.content), one.source.path


def test_a_second_pass_changes_nothing(measured: list[Measured]) -> None:
    again = {
        (one.source.path, variant): rewrite(one.results[variant].source, options).source
        for one in measured
        for variant, options in measure.VARIANTS.items()
    }
    changed = [where for where, source in again.items() if source != _after(measured, *where)]
    assert changed == []


def _after(measured: list[Measured], path: str, variant: str) -> bytes:
    return next(one.results[variant].source for one in measured if one.source.path == path)


@pytest.mark.parametrize("variant", list(measure.VARIANTS))
def test_no_name_becomes_undefined(measured: list[Measured], variant: str, tmp_path: Path) -> None:
    """Counted by another program than the engine's own check."""
    loading.write({one.source.path: one.source.content for one in measured}, tmp_path / "before")
    loading.write({one.source.path: one.results[variant].source for one in measured}, tmp_path / "after")
    before, after = undefined(tmp_path / "before"), undefined(tmp_path / "after")
    assert not after - before


def undefined(folder: Path) -> Counter[tuple[str, str]]:
    """The undefined names of each file, as ruff finds them."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821"]
    done = subprocess.run(
        [*command, "--output-format", "json", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    found = [one for one in json.loads(done.stdout) if one["code"] == "F821"]
    return Counter((one["filename"].removeprefix(str(folder)), one["message"]) for one in found)


def test_the_other_program_finds_undefined_names(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print(nowhere)\n")
    assert sum(undefined(tmp_path).values()) == 1
