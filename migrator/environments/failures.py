"""Turn the failures of the network and of the google clients into errors for a person."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from migrator.environments.answer import Received, excerpt
from migrator.errors import AnswerError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSIENT_CODES = frozenset({408, 429, 500, 502, 503, 504})
TRANSIENT_NAMES = frozenset(
    {"TransportError", "ConnectionError", "ReadTimeout", "ConnectTimeout", "Timeout", "ChunkedEncodingError"}
)

GOOGLE = ("google.api_core", "google.auth", "google.resumable_media", "google.cloud.storage.exceptions")
"""The modules of the exceptions that Google's clients raise for what a server did."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom we talk to: ``what`` it is, its ``url``, and the command with which a person ``check``s it."""

    what: str
    url: str
    check: str


@contextmanager
def reaching(peer: Peer) -> Iterator[None]:
    """Raise UnreachableError for a failure of the network, of permissions or of the service; others pass."""
    try:
        yield
    except Exception as error:
        if type(error).__name__ == "ParseError":
            raise odd_answer(peer, one_line(error)) from error
        if not _foreseen(error):
            raise
        raise unreachable(peer, error) from error


def unreachable(peer: Peer, error: Exception) -> UnreachableError:
    """The error for a person; what is missing is told apart: a network, a login, a permission, the thing itself."""
    match status_of(error):
        case HTTPStatus.FORBIDDEN:
            return UnreachableError(
                f"not allowed to use {peer.what}",
                why=f"{peer.url} answered 403: {one_line(error)}",
                fix=f"ask for the missing role for this account, then check with `{peer.check}`",
            )
        case HTTPStatus.UNAUTHORIZED:
            return UnreachableError(
                f"not logged in to {peer.what}",
                why=f"{peer.url} answered 401: {one_line(error)}",
                fix=f"run `gcloud auth application-default login` or correct the password, then `{peer.check}`",
            )
        case HTTPStatus.NOT_FOUND:
            return UnreachableError(
                f"there is no {peer.what}",
                why=f"{peer.url} answered 404: {one_line(error)}",
                fix=f"correct the name in migrate.toml; `{peer.check}` shows what is there",
            )
        case _:
            return _no_answer(peer, error)


def _no_answer(peer: Peer, error: Exception) -> UnreachableError:
    if type(error).__module__.startswith("google.auth") and type(error).__name__ != "TransportError":
        return UnreachableError(
            f"not logged in to {peer.what}",
            why=f"{peer.url}: no valid Google login: {one_line(error)}",
            fix=f"gcloud auth application-default login; then check with `{peer.check}`",
        )
    return UnreachableError(
        f"{peer.what} does not answer",
        why=f"{peer.url}: {one_line(error)}",
        fix=f"check the network and the name with `{peer.check}`, then run the command again",
    )


def odd_answer(peer: Peer, reason: str) -> AnswerError:
    """The error for an answer that a google client can't read, or that lacks what it must say."""
    return Received(peer.url, b"").odd(reason, peer)


def status_of(error: Exception) -> int | None:
    """The HTTP status that the error carries: google clients have ``code``, requests a ``response``."""
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return int(code)
    status = getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def is_transient(error: Exception) -> bool:
    """Whether the same request may succeed a little later."""
    status = status_of(error)
    if status is not None:
        return status in TRANSIENT_CODES
    return isinstance(error, ConnectionError | TimeoutError) or type(error).__name__ in TRANSIENT_NAMES


def one_line(error: Exception) -> str:
    """The error's reason on one scrubbed line, at most 300 characters; clients wrap ``Connection refused`` often."""
    cause: BaseException = error
    while (deeper := cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
    return excerpt(reason, 300) or type(error).__name__


def _foreseen(error: Exception) -> bool:
    """Whether it comes from the network or a google client; requests' exceptions are OSErrors."""
    module = type(error).__module__
    return isinstance(error, OSError) or module.startswith(GOOGLE)
