"""A desk at a terminal: every command of the planted estate's walk is shown there, and judged by what is seen."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING
from unittest import mock

from tests.planted.desk import Desk
from tests.walk.screen import SETTINGS, Shown, faults, show
from tests.workspace.users import Ran, migrate_here

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class AtTerminal(Desk):
    """``settings``: names of where one command after the other runs; ``here``: in this process, by width alone."""

    settings: Iterator[str] = field(default_factory=lambda: cycle(SETTINGS))
    here: bool = False
    faults: list[str] = field(default_factory=list)
    lines: int = 0

    def run(self, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
        """Run it in the next setting."""
        name = next(self.settings)
        setting, words = SETTINGS[name], (*before, *arguments)
        ran = self._shown_here(words, setting.columns) if self.here else show(self.root, setting, words)
        found = faults(ran, setting.columns, words, plain="NO_COLOR" in setting.more)
        self.faults += [f"{name}: {' '.join(words)}: {one}" for one in found]
        self.lines += len(ran.text.splitlines())
        return Ran(words, ran.code, ran.text, ran.text)

    def _shown_here(self, words: tuple[str, ...], columns: int | None) -> Shown:
        told = {"COLUMNS": str(columns)} if columns else {}
        with mock.patch("migrator.cli.app.terminal_width", return_value=columns), mock.patch.dict(os.environ, told):
            ran = migrate_here(self.root, *words)
        return Shown(ran.code, ran.out + ran.err)
