"""Show what a rewrite did: findings as text, a diff, JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from difflib import unified_diff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.rewrite.result import FileResult, TreeResult

SCHEMA_VERSION = 1


def as_json(result: TreeResult, *, target: str | None, dry_run: bool) -> str:
    """The result as versioned JSON; texts are given for changed files only, as a diff."""
    files = [
        {
            "path": file.path,
            "changed": file.changed,
            "changes": [asdict(change) for change in file.changes],
            "findings": [asdict(finding) for finding in file.findings],
            "diff": "".join(diff(file)),
        }
        for file in result.files
    ]
    counts = {"files": len(files), "changed": len(result.changed), "findings": result.findings}
    data = {"schema_version": SCHEMA_VERSION, "dry_run": dry_run, "target": target, "summary": counts, "files": files}
    return json.dumps(data, indent=2) + "\n"


def as_text(result: TreeResult) -> str:
    """The findings, one a line: ``file:line: CODE what to do``."""
    return "".join(f"{f.path}:{one.line}: {one.code} {one.message}\n" for f in result.files for one in f.findings)


def summary(result: TreeResult, *, dry_run: bool) -> str:
    """One line that counts."""
    verb = "would change" if dry_run else "changed"
    return f"{len(result.files)} files read, {len(result.changed)} {verb}, {result.findings} findings"


def diff(file: FileResult) -> Iterator[str]:
    """The unified diff of one file; empty when it did not change."""
    before, after = file.before.splitlines(keepends=True), file.after.splitlines(keepends=True)
    for line in unified_diff(before, after, f"a/{file.path}", f"b/{file.path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
