"""Every format that the report comes in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from migrator.report.rewrite.model import Report


class Format(StrEnum):
    """How the result is shown."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"


def rendered(report: Report, form: Format) -> str:
    """The report in a format; what a format needs is loaded only for it."""
    match form:
        case Format.TEXT:
            from migrator.report.rewrite.text import as_text  # noqa: PLC0415

            return as_text(report)
        case Format.JSON:
            from migrator.report.rewrite.data import as_json  # noqa: PLC0415

            return as_json(report)
        case Format.MARKDOWN:
            from migrator.report.rewrite.markdown import as_markdown  # noqa: PLC0415

            return as_markdown(report)
        case Format.HTML:
            from migrator.report.rewrite.page import as_html  # noqa: PLC0415

            return as_html(report)
        case Format.SARIF:
            from migrator.report.rewrite.sarif import as_sarif  # noqa: PLC0415

            return as_sarif(report)
        case _:
            assert_never(form)
