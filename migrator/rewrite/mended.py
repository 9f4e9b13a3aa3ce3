"""What people mended in the targets of a workspace: such a file is deployed as it is, so its findings count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.engine.lines import lines_before
from codemods.engine.report import Finding
from migrator.rewrite.cache import Cache
from migrator.rewrite.estate import PLUGINS
from migrator.rewrite.pool import run
from migrator.rewrite.result import TreeResult
from migrator.workspace import manifest
from migrator.workspace.own import md5_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codemods.engine.report import Options
    from migrator.rewrite.result import FileResult
    from migrator.workspace.workspace import Workspace

YOURS = "the file in the target is yours, so the rewrite leaves it"


def as_deployed(workspace: Workspace, result: TreeResult, options: Options, *, cache: Path | None = None) -> TreeResult:
    """The result of `rewrite_estate` with the findings of each mended file, at the lines of its source.

    A file is mended when the target has another than this tool wrote, and than it would write.
    """
    mended = {file.path: content for file, content in _mended(workspace, result)}
    outcomes = run(list(mended.items()), options, jobs=1, cache=Cache.of(cache))
    made = {outcome.result.path: outcome.result for outcome in outcomes}
    return TreeResult(tuple(_with(file, made[file.path]) if file.path in made else file for file in result.files))


def _mended(workspace: Workspace, result: TreeResult) -> Iterator[tuple[FileResult, bytes]]:
    targets = {"": workspace.target_dags, PLUGINS: workspace.target_plugins}
    written = {prefix: manifest.read(target) for prefix, target in targets.items()}
    for file in result.files:
        prefix = PLUGINS if file.path.startswith(PLUGINS) else ""
        name = file.path.removeprefix(prefix)
        path = targets[prefix] / name
        if not written[prefix].there or not name.endswith(".py") or path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        ours = written[prefix].ours(name, md5_of_bytes(content))
        if not ours and content != file.after.encode("utf-8", "surrogateescape"):
            yield file, content


def _with(file: FileResult, mended: FileResult) -> FileResult:
    """The file with what is left in the mended one; a change that the rewrite would make is left too."""
    lines = lines_before(file.before, mended.before)
    left = [Finding(one.line, one.code, f"{one.message}: {YOURS}", unsafe=True) for one in mended.changes]
    findings = (replace(one, line=lines(one.line)) for one in (*mended.findings, *left))
    return replace(file, changed=True, after=mended.before, findings=tuple(sorted(findings)))
