"""Texts inside a text: what is url-encoded, in base64 or escaped for HTML is looked into as if it stood openly."""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Callable

    Scrub = Callable[[str], str]

REDACTED = "(redacted)"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|quot|apos|lt|gt|amp);")
_RUN = re.compile(r"(?<![^\s\"'<>()])[^\s\"'<>()]++")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,}+={0,2}")
_UNDER = re.compile(r"(_{2,})")
_LOGIN = re.compile(r"[\w.@+-]{1,100}:[^\s:]+")


def look_inside(text: str, scrub: Scrub) -> str:
    """The text with each wrapped part that holds a secret taken out; what holds none is left as it is."""
    if "&" in text and _ENTITY.search(text):
        text = _html(text, scrub)
    if "%" in text or "+" in text:
        text = _RUN.sub(lambda found: _url(found[0], scrub), text)
    return _BASE64.sub(lambda found: _base64(found[0], scrub), text)


def _html(text: str, scrub: Scrub) -> str:
    opened = html.unescape(text)
    clean = scrub(opened)
    return text if clean == opened else clean


def _url(run: str, scrub: Scrub) -> str:
    opened = unquote_plus(run) if "%" in run or "+" in run else run
    return run if opened == run or scrub(opened) == opened else REDACTED


def _base64(run: str, scrub: Scrub) -> str:
    """A text that is one by chance does not come out printable; a login is what a header of its own holds."""
    if "__" in run:  # what stands before it may be the prefix of a run's id
        return "".join(part if set(part) == {"_"} else _base64(part, scrub) for part in _UNDER.split(run) if part)
    opened = _decoded(run) if len(run) >= 12 else ""
    return REDACTED if opened and (_LOGIN.fullmatch(opened) or scrub(opened) != opened) else run


def _decoded(run: str) -> str:
    bare = run.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else ""
