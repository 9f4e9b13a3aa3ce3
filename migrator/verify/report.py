"""What a comparison found, as a table and as JSON. No value of a variable or connection is in either."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from migrator.transfer.report import as_table
from migrator.verify.model import About, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrator.verify.model import Compared, Parity

SCHEMA_VERSION = 1


def summary(parity: Parity) -> dict[str, dict[str, int]]:
    """How many objects of each kind have each verdict."""
    counts = {about: Counter(one.verdict for one in parity.of(about)) for about in About}
    return {str(about): {str(verdict): count[verdict] for verdict in Verdict} for about, count in counts.items()}


def table(parity: Parity) -> str:
    """A row for each difference, the unexplained first; then a row for each kind."""
    order = sorted(parity.objects, key=lambda one: one.verdict is not Verdict.DIFFERENT)
    rows = [
        (one.verdict if not difference.rule else Verdict.EXPLAINED, f"{one.about} {one.name}", *_cells(difference))
        for one in order
        for difference in sorted(one.differences, key=lambda found: bool(found.rule))
    ]
    counts = [(kind, *found.values()) for kind, found in summary(parity).items()]
    listed = as_table(("verdict", "object", "what", "v1", "v2", "rule", "why"), rows)
    return (listed + "\n" if listed else "") + as_table(("kind", *Verdict), counts)


def _cells(difference: Any) -> tuple[str, ...]:  # noqa: ANN401 - a Difference
    sides = (_short(difference.v1), _short(difference.v2))
    return (difference.field, *sides, difference.rule, difference.why)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def record(parity: Parity, at: datetime, *, source: str, target: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The record of one comparison; ``files``: DAG file to md5 of what was deployed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "at": at.isoformat(),
        "source": source,
        "target": target,
        "summary": summary(parity),
        "objects": [_object(one) for one in parity.objects],
        "only_in_v2": list(parity.only_in_v2),
        "warnings": list(parity.warnings),
        "files": dict(sorted(files.items())),
    }


def as_json(content: dict[str, Any]) -> str:
    """The record as JSON, ending in a newline."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _object(one: Compared) -> dict[str, Any]:
    return {
        "kind": str(one.about),
        "name": one.name,
        "verdict": str(one.verdict),
        "differences": [
            {"field": found.field, "v1": found.v1, "v2": found.v2, "rule": found.rule, "why": found.why}
            for found in one.differences
        ],
        "left_out": list(one.left_out),
    }
