"""What a rewrite did: plain values in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codemods.engine.report import Change, Finding

LEFT = "CM003"
"""The code of what is told of a file that was left as it is, whatever the rules say of it."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file: its text before and after (undecodable bytes are escaped), and what was said about it.

    ``failed``: it could not be read or written, so that the rewrite is not whole.
    """

    path: str
    changed: bool
    before: str
    after: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    failed: bool = False

    @classmethod
    def unread(cls, path: str, why: str, *, failed: bool) -> FileResult:
        """The result of a file that was not read."""
        told = Finding(1, LEFT, f"{path} was left as it is: {why}")
        return cls(path, changed=False, before="", after="", changes=(), findings=(told,), failed=failed)

    def left(self, why: str) -> FileResult:
        """The result when the file was left as it is after all."""
        told = Finding(1, LEFT, f"{self.path} was left as it is: {why}")
        return replace(self, changed=False, after=self.before, changes=(), findings=(told,), failed=True)

    def below(self, prefix: str) -> FileResult:
        """The result of the same file by a longer path; what is told of one that was left names it so too."""
        whose = f"{self.path} was left"
        told = (replace(f, message=f.message.replace(whose, f"{prefix}{whose}", 1)) for f in self.findings)
        return replace(self, path=f"{prefix}{self.path}", findings=tuple(told))


@dataclass(frozen=True, slots=True)
class TreeResult:
    """Every Python file that was read, by path."""

    files: tuple[FileResult, ...]

    @property
    def changed(self) -> tuple[FileResult, ...]:
        """The files whose text is another."""
        return tuple(file for file in self.files if file.changed)

    @property
    def failed(self) -> tuple[FileResult, ...]:
        """The files that could not be read or written."""
        return tuple(file for file in self.files if file.failed)

    @property
    def findings(self) -> int:
        """How many things are left to a person."""
        return sum(len(file.findings) for file in self.files)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result and the exact bytes to write."""

    result: FileResult
    content: bytes
