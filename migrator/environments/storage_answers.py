"""What Cloud Storage answers: of each object the fields that this program and Google's client read.

Source: https://cloud.google.com/storage/docs/json_api/v1/objects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field, StrictBool

from migrator.environments.rest_answers import Moment  # noqa: TC001 - pydantic reads it
from migrator.model.text import is_text


def _name(text: str) -> str:
    if not is_text(text):
        raise ValueError("no file can have this name")
    return text


Name = Annotated[str, AfterValidator(_name)]
Digits = Annotated[str, Field(pattern=r"^[0-9]{1,19}$")]
"""Cloud Storage writes 64-bit numbers as text."""


@dataclass(frozen=True, slots=True)
class Object:
    """An object, or of one that is listed the fields that were asked for."""

    name: Name
    size: Digits | None = None
    generation: Digits | None = None
    md5Hash: str | None = None  # noqa: N815 - its name
    crc32c: str | None = None
    updated: Moment | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """All of an object that was asked for by its name."""

    name: Name
    size: Digits
    generation: Digits
    updated: Annotated[Moment, Field(pattern=r"^[^.]*(\.[0-9]{1,9})?Z$")]
    md5Hash: str | None = None  # noqa: N815 - its name
    crc32c: str | None = None


@dataclass(frozen=True, slots=True)
class Objects:
    """A page of objects; an empty folder has no ``items``."""

    items: list[Object] = field(default_factory=list)
    nextPageToken: str | None = None  # noqa: N815 - its name


@dataclass(frozen=True, slots=True)
class Rewritten:
    """How far a copy is."""

    done: StrictBool
    objectSize: Digits  # noqa: N815 - its name
    totalBytesRewritten: Digits  # noqa: N815 - its name
    rewriteToken: str | None = None  # noqa: N815 - its name
    resource: Object | None = None


def model_of(method: str, url: str) -> Any:  # noqa: ANN401 - a type
    """The model of the answer to this request; None where the body is no JSON."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if query.get("alt") == ["media"] or (method, query.get("uploadType")) == ("POST", ["resumable"]):
        return None
    if method == "DELETE":
        return dict[str, Any] | None  # of which the emulator writes ``null``
    if method == "GET":
        listed = re.fullmatch(r"/storage/v1/b/[^/]+/o", parts.path)
        return Objects if listed else Whole if "/o/" in parts.path else dict[str, Any]
    return Rewritten if "/rewriteTo/" in parts.path else Object
