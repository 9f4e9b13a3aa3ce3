"""Rewrite the corpus, load it untouched, after safe and after all fixes, and say what came of each file."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.corpus import apart, loading
from tests.corpus.corpus import companions
from tests.corpus.loading import Failed, Loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codemods.engine.report import Result
    from tests.corpus.corpus import Source

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"name '(\w+)'|argument '(\w+)'")
VARIANTS = {"safe": Options(), "unsafe": Options(unsafe=True)}


@dataclass(frozen=True, slots=True)
class Measured:
    """One file: its results by variant, and what the target made of it untouched and in each variant."""

    source: Source
    results: dict[str, Result]
    outcomes: dict[str, Loaded | Failed]

    @property
    def apart(self) -> apart.Apart | None:
        """Why it can't load whatever is rewritten; None for a file that counts."""
        outcome = self.outcomes["unsafe"]
        return apart.reason(outcome) if isinstance(outcome, Failed) else None

    def loads(self, variant: str) -> bool:
        """Whether the target loads it."""
        return isinstance(self.outcomes[variant], Loaded)


def measure(sources: Sequence[Source]) -> list[Measured]:
    """Rewrite and load all of these; the same bytes at the same place are loaded once."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        results = dict(zip([one.path for one in sources], pool.map(_rewritten, sources, chunksize=8), strict=True))
    places: dict[tuple[str, bytes], str] = {}
    for one in sources:
        contents = {"untouched": one.content, **{name: r.source for name, r in results[one.path].items()}}
        for variant, content in contents.items():
            places.setdefault((one.path, content), f"{variant}/{one.path}")
    beside = {f"{variant}/{one.path}": one.content for one in companions() for variant in ("untouched", *VARIANTS)}
    loaded = loading.load({place: content for (_, content), place in places.items()}, beside)
    return [_measured(one, results[one.path], places, loaded) for one in sources]


def _rewritten(source: Source) -> dict[str, Result]:
    return {name: rewrite(source.content, options) for name, options in VARIANTS.items()}


def _measured(
    source: Source,
    results: dict[str, Result],
    places: dict[tuple[str, bytes], str],
    loaded: dict[str, Loaded | Failed],
) -> Measured:
    outcomes = {"untouched": loaded[places[source.path, source.content]]}
    outcomes |= {name: loaded[places[source.path, result.source]] for name, result in results.items()}
    return Measured(source, results, outcomes)


def explained(one: Measured) -> bool:
    """Whether a finding names what the error names, or stands in the statement that raised."""
    outcome, findings = one.outcomes["unsafe"], one.results["unsafe"].findings
    if isinstance(outcome, Loaded):
        return True
    named = {word for pair in _QUOTED.findall(outcome.message) for word in pair if word}
    lines = _statement(one.source.content, outcome.code)
    return any(finding.line in lines or named & set(_WORD.findall(finding.message)) for finding in findings)


def _statement(source: bytes, code: str) -> range:
    """The lines of the innermost statement of the source that has this line."""
    numbers = [n for n, line in enumerate(source.decode().splitlines(), start=1) if code and line.strip() == code]
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    spans = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in nodes]
    around = [span for span in spans for number in numbers if number in span]
    return min(around, key=len, default=range(0))


def table(measured: Iterable[Measured]) -> str:
    """How many of the loadable files load, by origin and in all."""
    groups: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        groups[one.source.origin].append(one)
    head = f"{'origin':<26}{'files':>6}{'apart':>6}{'count':>6}{'untouched':>16}{'safe':>16}{'unsafe':>16}"
    lines = [_row(name, group) for name, group in groups.items()]
    every = [one for group in groups.values() for one in group]
    return "\n".join([head, *lines, _row("all", every), _row("all, and switched off", every, switched_off_counts=True)])


def share(measured: Iterable[Measured], variant: str) -> float:
    """The part of the loadable files that load, from 0 to 1."""
    counting = [one for one in measured if one.apart is None]
    return sum(one.loads(variant) for one in counting) / len(counting)


def _row(name: str, group: Sequence[Measured], *, switched_off_counts: bool = False) -> str:
    counting = [one for one in group if one.apart is None or (switched_off_counts and one.apart.name == "switched off")]
    cells = []
    for variant in ("untouched", *VARIANTS):
        loads = sum(one.loads(variant) for one in counting)
        cells.append(f"{loads:>7} {100 * loads / max(1, len(counting)):6.1f} %")
    return f"{name:<26}{len(group):>6}{len(group) - len(counting):>6}{len(counting):>6}" + "".join(cells)


def failures(measured: Sequence[Measured], variant: str) -> Iterator[str]:
    """The files that count and do not load, grouped by message, the most common first."""
    groups: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        outcome = one.outcomes[variant]
        if isinstance(outcome, Failed) and one.apart is None:
            groups[str(outcome)].append(one)
    for message, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"{len(group):>4} x {message[:300]}"
        for one in group:
            yield from _explained(one, variant)


def _explained(one: Measured, variant: str) -> Iterator[str]:
    outcome = one.outcomes[variant]
    assert isinstance(outcome, Failed)
    said = Counter(f.code + ("*" if f.unsafe else "") for f in one.results[variant].findings)
    findings = " ".join(f"{code}x{count}" for code, count in sorted(said.items())) or "NO FINDING"
    yield f"         {one.source.path}:{outcome.line}: {outcome.code[:90]}   [{findings}]"


def set_apart(measured: Iterable[Measured]) -> Iterator[str]:
    """The files that no rewriting could make load, by class."""
    groups: dict[apart.Apart, list[Measured]] = defaultdict(list)
    for one in measured:
        if one.apart is not None:
            groups[one.apart].append(one)
    for found, group in groups.items():
        yield f"{len(group):>4} x {found.name}: {found.why}"
        for one in group:
            yield f"         {one.source.path}: {one.outcomes['unsafe']}"[:200]


def regressions(measured: Iterable[Measured]) -> list[str]:
    """The files that load untouched but not after a rewrite."""
    return [
        f"{variant}: {one.source.path}: {one.outcomes[variant]}"
        for one in measured
        for variant in VARIANTS
        if one.loads("untouched") and not one.loads(variant)
    ]
