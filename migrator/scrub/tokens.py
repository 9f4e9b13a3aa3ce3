"""What tokens of known issuers look like, from a table that names where each form is written down."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files


@cache
def issued() -> re.Pattern[str]:
    """A pattern of every token whose issuer gives it a form; none of its parts takes more than linear time."""
    text = (files(__package__) / "tokens.csv").read_text(encoding="utf-8")
    found = "|".join(row["pattern"] for row in csv.DictReader(text.splitlines()))
    return re.compile(f"(?<![A-Za-z0-9])(?:{found})")
