"""Rewrite many files at once: results in the order asked for, whatever the number of processes."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from codemods.engine.report import Finding, Options, Result
from codemods.engine.rewrite import UNREADABLE, rewrite
from codemods.engine.shared import shared_names
from codemods.templates import left, rewrite_template
from migrator.rewrite.cache import key
from migrator.rewrite.result import FileResult, Outcome
from migrator.rewrite.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codemods.templates import Rewritten
    from migrator.rewrite.cache import Cache

_WORTH_A_POOL = 24

_Todo = tuple[str, bytes, Options]


def run(
    files: Sequence[tuple[str, bytes]],
    options: Options,
    *,
    jobs: int | None,
    cache: Cache,
    unrendered: Callable[[Mapping[str, bytes]], frozenset[str]] = lambda _: frozenset(),
    others: Mapping[str, bytes] | None = None,
    plugins: Mapping[str, frozenset[tuple[str, str]]] | None = None,
) -> list[Outcome]:
    """The outcome of each ``(name, content)``, in their order; ``jobs`` None takes every processor.

    ``unrendered``: which of these template files are only looked at. ``others``: Python files that may import these.
    ``plugins``: what plugins added for some of these files alone.
    """
    sources = [source for _, source in files]
    alone = unrendered(dict(files))
    around = {f"../{name}": source for name, source in (others or {}).items()}
    shared = shared_names(around | {name: source for name, source in files if name.endswith(".py")})
    own = [_own(options, shared, plugins or {}, name) for name, _ in files]
    keys = [key(s, o, name, left=name in alone) for (name, _), s, o in zip(files, sources, own, strict=True)]
    found = [cache.get(k, source) for k, source in zip(keys, sources, strict=True)]
    open_ = [i for i, result in enumerate(found) if result is None]
    todo = [(files[i][0], sources[i], own[i]) for i in open_]
    for i, result in zip(open_, _rewrite_all(todo, alone, jobs or os.cpu_count() or 1), strict=True):
        cache.put(keys[i], sources[i], result)
        found[i] = result
    return [_outcome(name, s, r) for (name, _), s, r in zip(files, sources, found, strict=True) if r is not None]


def _own(
    options: Options, shared: Mapping[str, frozenset[str]], plugins: Mapping[str, frozenset[tuple[str, str]]], name: str
) -> Options:
    """The options of one file."""
    given = options.plugins | plugins.get(name, frozenset())
    return replace(options, shared=shared.get(name, frozenset()), plugins=given)


def _rewrite_all(todo: list[_Todo], alone: frozenset[str], jobs: int) -> list[Result]:
    work = partial(_one, alone)
    if jobs == 1 or len(todo) < _WORTH_A_POOL:
        return [work(one) for one in todo]
    size = max(1, min(32, len(todo) // (jobs * 4)))
    return spread(work, todo, _died, jobs=jobs, size=size)


def _died(job: _Todo) -> Result:
    """What is told of a file that ended the process which rewrote it: no room, or a fault below Python."""
    fault = "the process that rewrote this file died, perhaps for want of memory; it was left as it is"
    return Result(job[1], findings=(Finding(1, UNREADABLE, fault),))


def _one(alone: frozenset[str], job: _Todo) -> Result:
    """Rewrite one file; what the engine can't do is a finding, so that one file never stops the others."""
    name, source, options = job
    try:
        if name.endswith(".py"):
            return rewrite(source, options, path=name)
        return _template(source, options, left if name in alone else rewrite_template)
    except Exception as error:  # noqa: BLE001 - a fault in a rule must not cost the other files
        fault = f"the rules failed on this file ({type(error).__name__}: {error}); it was left as it is"
        return Result(source, findings=(Finding(1, UNREADABLE, fault),))


def _template(source: bytes, options: Options, work: Callable[[str, Options], Rewritten]) -> Result:
    """Rewrite a template file; one that is no UTF-8 stays as it is, with a finding if it has a variable of 1.10."""
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        return Result(source)
    found = work(text, options)
    return Result(found.text.encode("utf-8"), found.changes, found.findings)


def _outcome(name: str, source: bytes, result: Result) -> Outcome:
    before, after = _text(source), _text(result.source)
    file = FileResult(name, result.source != source, before, after, result.changes, result.findings)
    return Outcome(file, result.source)


def _text(source: bytes) -> str:
    return source.decode("utf-8", errors="backslashreplace")
