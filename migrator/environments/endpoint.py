"""Where a Google API is asked, and with which credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base URL such as ``https://composer.googleapis.com``; a plain ``http`` one is an emulator without logins."""

    url: str

    @property
    def scheme(self) -> str:
        """``http`` or ``https``."""
        return urlsplit(self.url).scheme

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def emulator(self) -> bool:
        """Whether to talk to it without credentials."""
        return self.scheme == "http"

    def credentials(self) -> Any:  # noqa: ANN401 - google is untyped
        """Anonymous for an emulator, None (the user's own, found by google-auth) otherwise."""
        if not self.emulator:
            return None
        from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - lazy, as `migrate --help` is

        return AnonymousCredentials()


COMPOSER = Endpoint("https://composer.googleapis.com")
STORAGE = Endpoint("https://storage.googleapis.com")
SECRETS = Endpoint("https://secretmanager.googleapis.com")
