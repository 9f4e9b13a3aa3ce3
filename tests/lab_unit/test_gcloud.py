"""The stand-in for gcloud takes and refuses what gcloud does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migrator.errors import LabError
from migrator.lab import gcloud, state, sync
from migrator.lab.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

WHERE = ["--project", "lab", "--location", "local"]


@pytest.fixture
def home(dead_lab: state.State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab whose airflow prints its arguments and fails when told to."""
    script = tmp_path / "airflow"
    write_atomic(script, b'#!/bin/sh\necho "ran $*"\nfor word; do last=$word; done\nexit "${last#exit}"\n', mode=0o755)
    sides = {name: replace(getattr(dead_lab.lab, name), airflow=script) for name in ("source", "target")}
    state.write(replace(dead_lab, lab=replace(dead_lab.lab, **sides)))
    monkeypatch.setattr(sync, "settle", lambda _: True)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["v1", *WHERE, "list_dags", "--", "-r", "exit0"],
        [*WHERE, "v1", "list_dags", "--", "-r", "exit0"],
        ["v1", "list_dags", *WHERE, "--", "-r", "exit0"],
    ],
)
def test_options_stand_anywhere(home: Path, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert gcloud.run(home, ["composer", "environments", "run", *words]) == 0
    out, err = capfd.readouterr()
    assert out == "ran list_dags -r exit0\n"
    assert err.splitlines()[0].startswith("Executing within the following Kubernetes cluster namespace: composer-1-20")


def test_nested_words_come_before_arguments(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["composer", "environments", "run", "v2", *WHERE, "tasks", "test", "--", "agent", "-t", '{"a": 1}', "exit0"]
    assert gcloud.run(home, words) == 0
    assert capfd.readouterr().out == 'ran tasks test agent -t {"a": 1} exit0\n'


def test_a_failure_ends_as_gcloud_ends(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert gcloud.run(home, ["composer", "environments", "run", "v2", *WHERE, "dags", "--", "exit3"]) == 1
    assert capfd.readouterr().err.splitlines()[-2:] == [
        "command terminated with exit code 3",
        "ERROR: (gcloud.composer.environments.run) kubectl returned non-zero status code.",
    ]


@pytest.mark.parametrize(("side", "word"), [("v1", "resetdb"), ("v2", "list_dags"), ("v2", "db"), ("v1", "shell")])
def test_a_subcommand_beyond_the_list_is_refused(
    home: Path, side: str, word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert gcloud.run(home, ["composer", "environments", "run", side, *WHERE, word]) == 2
    out, err = capfd.readouterr()
    assert "ran" not in out
    assert f"Invalid choice: '{word}'" in err


def test_another_environment_is_not_found(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    elsewhere = ["--project", "other", "--location", "local"]
    assert gcloud.run(home, ["composer", "environments", "run", "v1", *elsewhere, "version"]) == 1
    assert "NOT_FOUND" in capfd.readouterr().err


def test_other_commands_of_gcloud_are_not_played(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        gcloud.run(home, ["compute", "instances", "run", *WHERE, "v1", "version"])
    assert stop.value.code == 2
    assert "invalid choice" in capfd.readouterr().err


def test_without_a_lab_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="not up"):
        gcloud.run(tmp_path, ["composer", "environments", "run", "v1", *WHERE, "version"])
