"""The operator's own commands: what they are told, how they veto, and what happens when they break."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from migrator.cutover.hooks import Hooks

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"wave": "3", "direction": "forward", "dag": "etl", "state": "PLANNED"}


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_none_says_nothing() -> None:
    assert Hooks().run("before_dag", ABOUT) == ""


def test_it_is_told_where_it_is(tmp_path: Path) -> None:
    code = f"import os; open({str(tmp_path / 'told')!r}, 'w').write(repr(sorted(k for k in os.environ.items() if "
    hooks = Hooks(before_dag=python(code + "k[0].startswith('MIGRATE_'))))"))
    assert hooks.run("before_dag", ABOUT) == ""
    wanted = {"HOOK": "before_dag", **{key.upper(): value for key, value in ABOUT.items()}}
    assert (tmp_path / "told").read_text() == repr(sorted((f"MIGRATE_{key}", value) for key, value in wanted.items()))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; print('frozen', file=sys.stderr); sys.exit(4)", r"before_wave said no \(exit 4\): frozen"),
        ("import sys; print('a'); print('b'); sys.exit(1)", "said no .*: b"),
        ("import sys; sys.exit(1)", "it said nothing"),
        ("import time; time.sleep(9)", "did not end within 0.5 s"),
    ],
)
def test_it_says_no(code: str, reason: str) -> None:
    import re

    assert re.search(reason, Hooks(before_wave=python(code), seconds=0.5).run("before_wave", ABOUT))


def test_a_command_that_is_not_there() -> None:
    assert "can't be started" in Hooks(after_wave=("/no/such/command",)).run("after_wave", ABOUT)


def test_what_a_hook_says_is_shown_without_secrets():
    said = Hooks(before_dag=python("raise SystemExit('no: password=hunter2-Zebra')")).run("before_dag", ABOUT)
    assert said.endswith("no: password=(redacted)")
