"""``migrate rewrite --verify-import``: what a real interpreter says of the files, as they will be deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.model.count import several

if TYPE_CHECKING:
    from pathlib import Path

    from codemods.engine.report import Options
    from migrator.cli.context import Context
    from migrator.cli.rewrite_selected import Selected
    from migrator.rewrite.result import TreeResult
    from migrator.workspace.workspace import Workspace


def imported(
    context: Context,
    result: TreeResult,
    python: Path,
    paths: list[Path] | None,
    options: Options,
    workspace: Workspace | None,
    *,
    dry: bool,
    some: Selected | None,
) -> tuple[TreeResult, bool]:
    """The result with what a real interpreter said of each file, and whether one could not be imported.

    Of a workspace, the files are loaded as they will be deployed; what was said is kept, for the assessment.
    """
    from codemods.engine.report import IMPORT_FAILED
    from migrator.rewrite import loads
    from migrator.rewrite.estate import PLUGINS
    from migrator.rewrite.mended import as_deployed
    from migrator.rewrite.plugins import beside
    from migrator.rewrite.verify import failures, with_imports
    from migrator.workspace.tree import files

    others: dict[str, bytes] = {}
    loaded = result
    if workspace is None:
        plugins = [(folder, name) for folder in beside(paths or []) for name in files(folder)]
        others = {f"{PLUGINS}{name}": (folder / name).read_bytes() for folder, name in plugins}
    else:
        for prefix, source in (("", workspace.source_dags), (PLUGINS, workspace.source_plugins)):
            plain = [name for name in files(source) if not name.endswith(".py")]
            others |= {f"{prefix}{name}": (source / name).read_bytes() for name in plain}
        loaded = as_deployed(workspace, result, options)
    if some:
        others |= {file.path: file.after.encode("utf-8", "surrogateescape") for file in loaded.files}
        loaded = some.of(loaded)
    context.say(f"importing {several(len(loaded.files), 'file')} with {python}")
    loaded = with_imports(loaded, python, others)
    if workspace and not dry:
        loads.save(loaded, workspace.reports, partial=some is not None)
    result = failures(loaded, result)
    return result, any(finding.code == IMPORT_FAILED for file in result.files for finding in file.findings)
