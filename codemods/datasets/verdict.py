"""What becomes of a DAG's behaviour when a wait becomes a dataset."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """From best to worst."""

    KEEPS = "keeps behaviour"
    TEMPLATES = "needs template rewrites"
    CHANGES = "changes semantics"
    IMPOSSIBLE = "impossible"
