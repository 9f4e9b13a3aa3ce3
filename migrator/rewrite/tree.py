"""Run the codemods over a folder or over single files, and write what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.report import Options
from codemods.templates import ENDINGS, rendered
from migrator.rewrite.atomic import write
from migrator.rewrite.cache import Cache
from migrator.rewrite.manifest import Manifest
from migrator.rewrite.pool import run
from migrator.rewrite.result import FileResult, TreeResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from migrator.rewrite.result import Outcome

__all__ = ["FileResult", "TreeResult", "rewrite_in_place", "rewrite_tree"]

_SKIPPED = frozenset({".git", ".migrate", "__pycache__", ".venv", "node_modules"})

_ALL_SAFE = Options()


def rewrite_tree(
    source: Path,
    target: Path,
    *,
    options: Options = _ALL_SAFE,
    jobs: int | None = None,
    cache: Path | None = None,
    dry_run: bool = False,
) -> TreeResult:
    """Rewrite ``source`` into ``target``: Python files and template files by the rules, all others copied as they are.

    Files that an earlier call wrote and that ``source`` no longer has are removed from ``target``;
    what others put there stays. ``cache`` is a folder, ``dry_run`` writes nothing.
    """
    names = [path.relative_to(source).as_posix() for path in _files(source)]
    code = [name for name in names if name.endswith(".py") or is_template(source / name)]
    files = [(name, source / name) for name in code]
    results = run(files, options, jobs=jobs, cache=Cache.of(cache), unrendered=_unrendered)
    if not dry_run:
        _fill(source, target, names, results)
    return TreeResult(tuple(outcome.result for outcome in results))


def rewrite_in_place(
    paths: Sequence[Path],
    *,
    options: Options = _ALL_SAFE,
    jobs: int | None = None,
    cache: Path | None = None,
    dry_run: bool = False,
) -> TreeResult:
    """Rewrite these files, and every Python file of these folders, where they are."""
    files = sorted({file for path in paths for file in _python(path)})
    jobs_ = [(file.as_posix(), file) for file in files]
    around = {file for path in paths if path.suffix in ENDINGS for file in path.resolve().parent.parent.rglob("*.py")}
    more = {file.as_posix(): file.read_bytes() for file in around}
    results = run(
        jobs_, options, jobs=jobs, cache=Cache.of(cache), unrendered=lambda read: _unrendered(more | dict(read))
    )
    for file, outcome in zip(files, results, strict=True):
        if outcome.result.changed and not dry_run:
            write(file, outcome.content, mode=file.stat().st_mode)
    return TreeResult(tuple(outcome.result for outcome in results))


def _fill(source: Path, target: Path, names: Sequence[str], results: Sequence[Outcome]) -> None:
    rewritten = {outcome.result.path: outcome.content for outcome in results}
    manifest = Manifest(target)
    manifest.remove_others(names)
    for name in names:
        mode = (source / name).stat().st_mode
        content = rewritten[name] if name in rewritten else (source / name).read_bytes()
        write(target / name, content, mode=mode)
    manifest.save(names)


def is_template(path: Path) -> bool:
    """Whether a file is one that operators read as a template: by its ending, and with a template in it."""
    if path.suffix not in ENDINGS:
        return False
    content = path.read_bytes()
    return b"{{" in content or b"{%" in content


def _unrendered(files: Mapping[str, bytes]) -> frozenset[str]:
    """The template files that no operator of these files names, and no search path."""
    code = {name: source for name, source in files.items() if name.endswith(".py")}
    texts = {name: source.decode("utf-8", "replace") for name, source in files.items() if name not in code}
    return frozenset(texts) - rendered(code, texts) if texts else frozenset()


def _python(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for file in _files(path) if file.suffix == ".py" or is_template(file)]
    return [path]


def python_files(paths: Sequence[Path]) -> list[Path]:
    """Every Python file of these files and folders, once, in a fixed order."""
    return sorted({file for path in paths for file in _python(path) if file.suffix == ".py"})


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not _SKIPPED & set(path.relative_to(folder).parts))
