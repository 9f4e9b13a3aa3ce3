"""How tickets are written."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """Markdown files, one a ticket, or one CSV file."""

    MARKDOWN = "markdown"
    CSV = "csv"
