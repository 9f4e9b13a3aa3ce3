"""Every format that a plan comes in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.model.plan import Plan


class Format(StrEnum):
    """How the plan is shown."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def rendered(plan: Plan, form: Format, schedules: Mapping[str, str]) -> str:
    """The plan in a format; what a format needs is loaded only for it."""
    match form:
        case Format.TABLE:
            from migrator.plan.table import render  # noqa: PLC0415

            return render(plan, schedules)
        case Format.JSON:
            from migrator.plan.store import dumps  # noqa: PLC0415

            return dumps(plan)
        case Format.MARKDOWN:
            from migrator.report.plan.markdown import as_markdown  # noqa: PLC0415

            return as_markdown(plan, schedules)
        case Format.HTML:
            from migrator.report.plan.page import as_html  # noqa: PLC0415

            return as_html(plan, schedules)
        case _:
            assert_never(form)
