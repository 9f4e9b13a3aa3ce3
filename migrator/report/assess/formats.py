"""Every format that an assessment comes in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from migrator.assess.model import Assessment


class Format(StrEnum):
    """How the assessment is shown."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"


def rendered(assessment: Assessment, form: Format, root: str = "") -> str:
    """The assessment in a format, for tools with paths below ``root``; what a format needs is loaded only for it."""
    match form:
        case Format.TABLE:
            from migrator.report.assess.text import as_text  # noqa: PLC0415

            return as_text(assessment)
        case Format.JSON:
            from migrator.report.assess.data import as_json  # noqa: PLC0415

            return as_json(assessment)
        case Format.MARKDOWN:
            from migrator.report.assess.markdown import as_markdown  # noqa: PLC0415

            return as_markdown(assessment)
        case Format.HTML:
            from migrator.report.assess.page import as_html  # noqa: PLC0415

            return as_html(assessment)
        case Format.SARIF:
            from migrator.report.assess.sarif import as_sarif  # noqa: PLC0415

            return as_sarif(assessment, root)
        case _:
            assert_never(form)
