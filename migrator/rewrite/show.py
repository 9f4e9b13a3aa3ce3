"""Show what a rewrite did, in the least form: a patch, and one line that counts."""

from __future__ import annotations

from difflib import unified_diff
from io import StringIO
from typing import TYPE_CHECKING

from migrator.model.count import several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.rewrite.result import FileResult, TreeResult


def summary(result: TreeResult, *, dry_run: bool) -> str:
    """One line that counts."""
    verb = "would change" if dry_run else "changed"
    waiting = sum(finding.unsafe for file in result.files for finding in file.findings)
    fixable = f" ({waiting} with a fix behind --unsafe)" if waiting else ""
    read, found = several(len(result.files), "file"), several(result.findings, "finding")
    return f"{read} read, {len(result.changed)} {verb}, {found}{fixable}"


def diff(file: FileResult) -> Iterator[str]:
    """The unified diff of one file, as `patch` takes it; empty when it did not change."""
    for line in unified_diff(_lines(file.before), _lines(file.after), f"a/{file.path}", f"b/{file.path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    r"""Lines with their ends; only ``\n`` ends one, as for `patch`: a form feed in a line does not."""
    return list(StringIO(text, newline="\n"))
