"""What ``--debug`` shows of an error: where it was, and nothing secret."""

from __future__ import annotations

import re
import traceback

from migrator.scrub.text import scrub

_INPUT = re.compile(r"input_value=.*?(?=, input_type=)", re.DOTALL)
"""How pydantic shows what it was given, which may be anything."""


def trace(error: BaseException) -> str:
    """The traceback, without the values that errors name."""
    text = "".join(traceback.format_exception(error))
    return scrub(_INPUT.sub("input_value=(left out)", text))
