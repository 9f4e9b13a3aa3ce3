"""The ways in which a text hides in another one."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable

WRAPS: dict[str, Callable[[str], str]] = {
    "url": lambda text: quote(text, safe=""),
    "url, with plus": quote_plus,
    "url, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": lambda text: json.dumps({"x": text}),
    "json, twice": lambda text: json.dumps(json.dumps({"x": text})),
    "html": html.escape,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of url": lambda text: base64.b64encode(quote(text).encode()).decode(),
    "url of base64": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "html of json": lambda text: html.escape(json.dumps({"x": text})),
}
