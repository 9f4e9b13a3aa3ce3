"""The scripts of a page, and the policy that lets the browser run these and nothing else."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from migrator.report.templates import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def scripts_of(page: str) -> tuple[str, str]:
    """What is to run before anything is drawn, and what runs at the end of the page."""
    return text_of("report/theme.js"), "".join(text_of(f"report/{name}.js") for name in ("theme.button", "page", page))


def policy(scripts: Iterable[str], more: str = "") -> str:
    """A content security policy that lets these scripts run, and nothing be fetched but ``more``."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    sources = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {sources}; {more}"
        "base-uri 'none'; form-action 'none'"
    )
