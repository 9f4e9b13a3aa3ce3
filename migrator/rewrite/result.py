"""What a rewrite did: plain values in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codemods.engine.report import Change, Finding


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file: its text before and after (undecodable bytes are escaped), and what was said about it."""

    path: str
    changed: bool
    before: str
    after: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class TreeResult:
    """Every Python file that was read, by path."""

    files: tuple[FileResult, ...]

    @property
    def changed(self) -> tuple[FileResult, ...]:
        """The files whose text is another."""
        return tuple(file for file in self.files if file.changed)

    @property
    def findings(self) -> int:
        """How many things are left to a person."""
        return sum(len(file.findings) for file in self.files)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result and the exact bytes to write."""

    result: FileResult
    content: bytes
