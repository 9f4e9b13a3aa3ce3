"""Texts for people in what an environment answers, and the ids of runs, which are whatever somebody typed."""

from __future__ import annotations

import re
from typing import Any

from migrator.scrub.text import scrub

MESSAGES = frozenset({"error", "import_error", "message", "reason", "traceback"})
"""Under these names an answer holds words for a person, and nothing that is compared or sent back."""
_SCHEDULED = re.compile(r"(?:scheduled|backfill|dataset_triggered)__[\dT:.+-]+")
"""Ids that Airflow made by itself of a date."""


def shown(run_id: str) -> str:
    """The id of a run as everybody may read it; what asks Airflow for the run needs the id itself."""
    return run_id if _SCHEDULED.fullmatch(run_id) else scrub(run_id)


def told(answer: Any) -> Any:  # noqa: ANN401 - JSON
    """An environment's answer with its messages scrubbed; all else is as it came."""
    if isinstance(answer, dict):
        return {name: _told(name, value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [told(one) for one in answer]
    return answer


def _told(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    return scrub(value) if name in MESSAGES and isinstance(value, str) else told(value)
