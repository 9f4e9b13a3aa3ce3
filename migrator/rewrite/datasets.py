"""Tell, for a whole tree, which waits and triggers between DAGs could be datasets."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from codemods.datasets import edges, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codemods.datasets import DagFacts, Edge

SCHEMA_VERSION = 1


def analysed(files: Iterable[Path], root: Path) -> tuple[list[Edge], list[str]]:
    """The edges of these Python files, named below ``root``, and the files that are no Python 3."""
    dags: list[DagFacts] = []
    unread: list[str] = []
    for file in files:
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()
        source = file.read_bytes()
        if b"airflow" not in source:
            continue
        try:
            dags.extend(read(name, source.decode("utf-8-sig")))
        except (SyntaxError, ValueError):
            unread.append(name)
    return edges(dags), unread


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
    more = f"; {len(unread)} files are no Python 3" if unread else ""
    return f"{len(found)} waits and triggers between DAGs: {told}{more}"
