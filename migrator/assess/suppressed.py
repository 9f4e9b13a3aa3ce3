"""Findings that a comment in the code answers for: ``# migrate: ignore[GV110]``, as for the rules of the rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codemods.engine.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrator.assess.estate import Estate
    from migrator.assess.model import Finding


def not_ignored(findings: Iterable[Finding], estate: Estate) -> list[Finding]:
    """The findings without those on whose line a comment names their code, or all codes; sorted."""
    quiet = {path: Suppressions(text) for path, text in estate.sources.items() if "migrate:" in text}
    return sorted(
        one
        for one in findings
        if not (one.line and one.file in quiet and quiet[one.file].cover(one.code, one.line, one.line))
    )
