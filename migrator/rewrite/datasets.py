"""Tell, for a whole tree, which waits and triggers between DAGs could be datasets, and make them so."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from codemods.datasets import NotOursError, edges, introduce, read
from migrator.errors import RefusedError
from migrator.model.text import file_shown
from migrator.reading import read_code
from migrator.rewrite.atomic import write
from migrator.rewrite.result import FileResult, Outcome, TreeResult
from migrator.rewrite.tree import put, python_files
from migrator.workspace.manifest import follow
from migrator.workspace.own import md5_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codemods.datasets import DagFacts, Edge, Introduced
    from codemods.engine.report import Options

SCHEMA_VERSION = 1


def analysed(files: Iterable[Path], root: Path) -> tuple[list[Edge], list[str]]:
    """The edges of these Python files, named below ``root``, and the files that are no Python 3, or no file of code."""
    dags: list[DagFacts] = []
    unread: list[str] = []
    for file in files:
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
        try:
            source = read_code(file)
            if b"airflow" not in source:
                continue
            dags.extend(read(name, source.decode("utf-8-sig")))
        except (SyntaxError, ValueError, OSError):
            unread.append(name)
    return edges(dags), unread


def introduced(root: Path, options: Options, *, dry_run: bool) -> tuple[Introduced, TreeResult]:
    """Make datasets of the waits in a DAGs folder, and write its files unless ``dry_run``.

    Raises RefusedError when the folder has a module of the shared module's name that is not ours.
    """
    sources = {}
    for path in python_files([root]):
        with suppress(OSError):  # the rewrite of the folder tells it
            sources[path.relative_to(root).as_posix()] = read_code(path)
    try:
        made = introduce(sources, options)
    except NotOursError as error:
        raise RefusedError(
            f"{root / 'dag_datasets.py'} is there, and holds more than datasets.",
            why=f"{error}, and this file is generated.",
            fix="give that module another name",
        ) from error
    files = [_file(path, sources, made) for path in sorted({*sources, *made.sources})]
    if not dry_run:
        files = [_written(root, file, sources, made) for file in files]
        follow(root, {
            file.path: (md5_of_bytes(sources[file.path]), md5_of_bytes(made.sources[file.path]))
            for file in files if file.changed and file.path in sources
        })  # fmt: skip
    return made, TreeResult(tuple(files))


def _written(root: Path, file: FileResult, sources: dict[str, bytes], made: Introduced) -> FileResult:
    """The file, written unless it is another by now."""
    if not file.changed:
        return file
    if file.path not in sources:
        write(root / file.path, made.sources[file.path])
        return file
    return put(root / file.path, sources[file.path], Outcome(file, made.sources[file.path]))


def _file(path: str, sources: dict[str, bytes], made: Introduced) -> FileResult:
    before = sources.get(path, b"")
    after = made.sources.get(path, before)
    texts = [source.decode("utf-8", "surrogateescape") for source in (before, after)]
    return FileResult(path, before != after, texts[0], texts[1], made.changes.get(path, ()), ())


def told(made: Introduced) -> str:
    """Which waits became datasets, and which could not after all."""
    lines = [f"{edge.consumer} no longer waits: {edge.producer} starts it" for edge in made.done]
    lines += [f"{edge.path}: the wait for {edge.producer} was left: {why}" for edge, why in made.refused]
    return "\n".join(lines) or "no wait could become a dataset; migrate rewrite --datasets says why"


def as_json(found: list[Edge], unread: list[str]) -> str:
    """The edges as JSON."""
    counts = Counter(edge.verdict.value for edge in found)
    document = {
        "schema_version": SCHEMA_VERSION,
        "summary": dict(sorted(counts.items())),
        "edges": [asdict(edge) for edge in found],
        "unread": unread,
    }
    return json.dumps(document, indent=2) + "\n"


def as_text(found: list[Edge]) -> str:
    """The edges one by one, each with what stands in its way."""
    lines: list[str] = []
    for edge in found:
        lines.append(f"{edge.path}:{edge.line}: {edge.kind} {edge.producer} -> {edge.consumer}: {edge.verdict.value}")
        lines.extend(f"    {reason}" for reason in edge.reasons)
    return "".join(f"{line}\n" for line in lines)


def summary(found: list[Edge], unread: list[str]) -> str:
    """One line that counts the verdicts."""
    counts = Counter(edge.verdict.value for edge in found)
    told = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common()) or "none"
    more = f"; not read, as no Python 3 or no file of code: {', '.join(map(file_shown, unread))}" if unread else ""
    return f"{len(found)} waits and triggers between DAGs: {told}{more}"
