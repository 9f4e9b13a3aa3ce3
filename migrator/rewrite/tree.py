"""Run the codemods over a folder or over single files, and write what came out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.engine.report import Options
from codemods.templates import ENDINGS, rendered
from migrator.model.text import file_shown
from migrator.reading import read_code
from migrator.rewrite import atomic, compat
from migrator.rewrite.cache import Cache
from migrator.rewrite.plugins import of_each
from migrator.rewrite.pool import run
from migrator.rewrite.result import FileResult, TreeResult
from migrator.workspace import own, tree
from migrator.workspace.present import md5_of
from migrator.workspace.tree import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from migrator.rewrite.result import Outcome
    from migrator.workspace.present import Left

__all__ = ["FileResult", "TreeResult", "rewrite_in_place", "rewrite_tree"]

_SKIPPED = frozenset({".git", ".migrate", "__pycache__", ".venv", "node_modules"})

_ALL_SAFE = Options()
_READ = frozenset({Kind.FILE, Kind.LINK})


def rewrite_tree(
    source: Path,
    target: Path,
    *,
    options: Options = _ALL_SAFE,
    jobs: int | None = None,
    cache: Path | None = None,
    dry_run: bool = False,
    within: Path | None = None,
    others: Mapping[str, bytes] | None = None,
    only: frozenset[str] | None = None,
) -> TreeResult:
    """Rewrite ``source`` into ``target``: Python files and template files by the rules, all others copied as they are.

    Files that an earlier call wrote and that ``source`` no longer has are removed from ``target``; what others put
    there or changed stays, and is told where it is in the way. ``cache`` is a folder, ``dry_run`` writes nothing;
    ``others``: Python files elsewhere, by any path, that may import names of these. ``only``: names that are written;
    then no other file of ``target`` is touched.
    RefusedError when ``target``, or a folder above it ``within`` that one, is a link.
    """
    found = tree.entries(source, _SKIPPED)
    told = {one.shown: FileResult.unread(one.shown, one.reason, failed=True) for one in found if one.kind not in _READ}
    names = [one.name for one in found if one.kind in _READ]
    names = [name for name in names if not (options.compat and compat.is_module(source / name))]
    code = _read({name: source / name for name in names if _may_be_code(name)}, told)
    files = [one for one in code.items() if _is_code(*one)]
    results = run(files, options, jobs=jobs, cache=Cache.of(cache), unrendered=_unrendered, others=others)
    told |= {outcome.result.path: outcome.result for outcome in results}
    written = {outcome.result.path: outcome.content for outcome in results}
    made = compat.in_tree(written, source, target) if options.compat else {}
    told |= {name: module.result(name) for name, module in made.items()}
    if not dry_run:
        new = _new(source, [name for name in names if not (name in told and told[name].failed)], written, told)
        new |= {name: _made(module.after) for name, module in made.items()}
        if only is not None:
            new = {name: one for name, one in new.items() if name in only or name in made}
        with own.staged(target, new, by="rewrite", within=within, earlier=_copies(new), prune=only is None) as ready:
            left = ready.commit().left
        told |= {one.path: _left(one, told) for one in left}
    return TreeResult(tuple(file for _, file in sorted(told.items())))


def rewrite_in_place(
    paths: Sequence[Path],
    *,
    options: Options = _ALL_SAFE,
    jobs: int | None = None,
    cache: Path | None = None,
    dry_run: bool = False,
) -> TreeResult:
    """Rewrite these files, and every Python file of these folders, where they are.

    What changes while it runs, can't be read or written, or lies behind a link out of a folder is left and told.
    """
    told: dict[str, FileResult] = {}
    named = {file_shown(path.as_posix()): _behind(path) for path in paths if not path.is_dir()}
    inside = {file_shown(path.as_posix()): path for path in _inside(paths, told)}
    sources = _read({name: path for name, path in (inside | named).items() if not compat.is_module(path)}, told)
    todo = [(name, content) for name, content in sorted(sources.items()) if name in named or _is_code(name, content)]
    more = _around(paths)
    places = inside | named
    results = run(
        todo,
        options,
        jobs=jobs,
        cache=Cache.of(cache),
        unrendered=lambda all_: _unrendered(more | dict(all_)),
        plugins=of_each({name: places[name] for name in sources}, sources),
    )
    now = {places[outcome.result.path]: outcome.content for outcome in results}
    made = compat.in_folders(now) if options.compat else []
    for outcome in results:
        name = outcome.result.path
        told[name] = outcome.result if dry_run else put(places[name], sources[name], outcome)
    for module in made:
        name = compat.displayed(module)
        told[name] = module.result(name)
        if not dry_run:
            module.put()
    return TreeResult(tuple(file for _, file in sorted(told.items())))


def put(place: Path, before: bytes, outcome: Outcome) -> FileResult:
    """Write the outcome over the file it was made of, and tell when that is another by now."""
    if not outcome.result.changed:
        return outcome.result
    try:
        atomic.replace(place, before, outcome.content)
    except atomic.LeftError as error:
        return outcome.result.left(str(error))
    return outcome.result


def python_files(paths: Sequence[Path]) -> list[Path]:
    """Every Python file of these files and folders, once, in a fixed order."""
    every = {path for path in paths if not path.is_dir()} | set(_inside(paths, {}))
    return sorted(file for file in every if file.suffix == ".py")


def _around(paths: Iterable[Path]) -> dict[str, bytes]:
    """The code near template files that a person names: it tells whether an operator reads them."""
    places = {path.resolve().parent.parent for path in paths if path.suffix in ENDINGS and not path.is_dir()}
    files = (place / name for place in places for name in tree.files(place, _SKIPPED))
    return _read({file_shown(path.as_posix()): path for path in files if path.suffix == ".py"}, {})


def _unrendered(files: Mapping[str, bytes]) -> frozenset[str]:
    """The template files that no operator of these files names, and no search path."""
    code = {name: source for name, source in files.items() if name.endswith(".py")}
    texts = {name: source.decode("utf-8", "replace") for name, source in files.items() if name not in code}
    return frozenset(texts) - rendered(code, texts) if texts else frozenset()


def _behind(path: Path) -> Path:
    """A link that a person names stands for its file."""
    return path.resolve() if path.is_symlink() else path


def _may_be_code(name: str) -> bool:
    return Path(name).suffix == ".py" or Path(name).suffix in ENDINGS


def _is_code(name: str, content: bytes) -> bool:
    """Whether it is Python, or a file that operators read as a template, with a template in it."""
    return Path(name).suffix == ".py" or (_may_be_code(name) and (b"{{" in content or b"{%" in content))


def _inside(paths: Iterable[Path], told: dict[str, FileResult]) -> Iterator[Path]:
    """What may be code in these folders; a file that a link within the folder leads to is found as itself."""
    for path in (one for one in dict.fromkeys(paths) if one.is_dir()):
        for one in tree.entries(path, _SKIPPED):
            file = path / one.name
            if one.kind is Kind.FILE and _may_be_code(one.name):
                yield file
            elif _is_left(one, path):
                name = file_shown(file.as_posix())
                told[name] = FileResult.unread(name, one.reason, failed=one.kind in {Kind.CLOSED, Kind.NAMELESS})


def _is_left(one: tree.Entry, root: Path) -> bool:
    """Whether a person is told of it: what is closed, and code or folders that links lead out to."""
    match one.kind:
        case Kind.CLOSED:
            return True
        case Kind.FOLDER_LINK:
            return not (root / one.name).resolve().is_relative_to(root.resolve())
        case Kind.LINK_OUT | Kind.NAMELESS:
            return _may_be_code(one.name)
        case _:
            return False


def _read(places: Mapping[str, Path], told: dict[str, FileResult]) -> dict[str, bytes]:
    """The content of each; what cannot be read is told."""
    found = {}
    for name, path in places.items():
        try:
            found[name] = read_code(path)
        except OSError as error:
            told[name] = FileResult.unread(name, f"it cannot be read: {error.strerror or error}", failed=True)
    return found


def _new(
    source: Path, names: Sequence[str], rewritten: Mapping[str, bytes], told: dict[str, FileResult]
) -> dict[str, own.New]:
    """What the target shall hold: the rewritten files, and copies of all others; what cannot be read is told."""
    new = {}
    for name in names:
        path, content = source / name, rewritten.get(name)
        try:
            mode = path.stat().st_mode & 0o7777
            copy = md5_of(path)
        except OSError as error:
            told[name] = FileResult.unread(name, f"it cannot be read: {error.strerror or error}", failed=True)
            continue
        read = path.read_bytes if content is None else partial(bytes, content)
        new[name] = own.New(read, copy if content is None else own.md5_of_bytes(content), mode, (copy,))
    return new


def _made(text: str) -> own.New:
    content = text.encode()
    return own.New(partial(bytes, content), own.md5_of_bytes(content))


def _copies(new: Mapping[str, own.New]) -> dict[str, tuple[str, ...]]:
    """What an older version left no digest of counts as ours while it is a copy of the source."""
    return {name: one.earlier for name, one in new.items()}


def _left(one: Left, told: Mapping[str, FileResult]) -> FileResult:
    where = f"in the target, {one.why}"
    known = told.get(one.path)
    return known.left(where) if known else FileResult.unread(file_shown(one.path), where, failed=True)
