"""How every HTTP request of this program travels: within one deadline, to one place, with a body that has a limit.

A time limit of a socket starts anew with each byte that comes. Here each read gets what is left of the whole call,
and a long body earns more by arriving: `BYTES_PER_SECOND` is the least that a server has to send.
"""

from __future__ import annotations

import ipaddress
import json
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from migrator.environments.answer import Received, excerpt
from migrator.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrator.environments.failures import Peer

SECONDS = 120.0
"""The whole call, where the caller names no time."""
BYTES_PER_SECOND = 50_000
MOST_BYTES = 64 * 2**20
"""The longest answer that is read; one that lists a thousand DAGs has less than a hundredth of it."""


@dataclass(slots=True)
class Allowance:
    """The time that one call may take."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    moved: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def left(self) -> float:
        """Seconds that are left; TimeoutError when none are."""
        found = self.began + self.seconds + self.moved / BYTES_PER_SECOND - self.clock()
        if found <= 0:
            raise TimeoutError(f"the answer did not come whole within {self.seconds:g} s")
        return found


_CALL: ContextVar[Allowance | None] = ContextVar("_CALL", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All that is sent and received in this block takes at most so long, whatever comes and however slowly."""
    token = _CALL.set(Allowance(seconds))
    try:
        yield
    finally:
        _CALL.reset(token)


def require_safe(url: str, peer: Peer) -> None:
    """WorkspaceError for plain http beyond this machine: logins and what is sent could be read on the way."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise WorkspaceError(
        f"{peer.what} is not asked over {parts.scheme or 'no scheme'}",
        why=f"{parts.scheme}://{parts.hostname} would send the login and everything else unencrypted",
        fix=f"write https://{parts.hostname} in migrate.toml, or forward a port to 127.0.0.1; then: migrate doctor",
    )


class Guarded(HTTPAdapter):
    """Sends to the one place that ``peer`` names, reads the answer whole, and hands on only what is an answer.

    ``model`` says what the body of a good answer must be: a type for each method and url; None where it is no JSON.
    """

    def __init__(self, peer: Peer, model: Callable[[str, str], Any]) -> None:
        self.peer, self.model = peer, model
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as its class takes them
        """With connections that know the deadline."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - urllib3's
        """With connections that know the deadline."""
        found = super().proxy_manager_for(*args, **kwargs)
        found.pool_classes_by_scheme = POOLS
        return found

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """The answer, its body read and checked; AnswerError for one that is none."""
        require_safe(request.url or "", self.peer)
        kwargs["stream"] = True
        seconds = kwargs.get("timeout")
        with within(float(seconds) if isinstance(seconds, int | float) else SECONDS):
            answer = super().send(request, *args, **kwargs)
            data = self._whole(answer)
        answer._content = data  # noqa: SLF001 - as requests itself does
        vars(answer)["_content_consumed"] = True
        self._check(answer)
        return answer

    def _whole(self, answer: requests.Response) -> bytes:
        """The body, decoded; it is read in pieces, so that the deadline and the limit hold for any of them."""
        found = bytearray()
        asked, headers = f"{answer.request.method} {answer.url}", answer.headers
        try:
            for piece in answer.iter_content(65_536):
                found += piece
                if len(found) > MOST_BYTES:
                    break
        except requests.exceptions.ContentDecodingError as error:
            reason = f"its body is not {headers.get('Content-Encoding')}, as it says"
            raise Received(asked, b"").odd(reason, self.peer) from error
        finally:
            answer.close()
        if len(found) > MOST_BYTES:
            raise Received(asked, b"").odd(f"it is longer than {MOST_BYTES:,} bytes", self.peer)
        return bytes(found)

    def _check(self, answer: requests.Response) -> None:
        received = Received.of(answer)
        if "Location" in answer.headers and 300 <= answer.status_code < 400:
            place = urlsplit(answer.headers["Location"])
            there = f"{place.scheme}://{place.netloc}" if place.netloc else place.path
            raise received.odd(f"it sends on to {there}, where no login of ours is sent", self.peer)
        if not 200 <= answer.status_code < 600:
            raise received.odd(f"its status is {answer.status_code}", self.peer)
        if answer.status_code >= 400:
            answer._content = _failure(received, answer.status_code)  # noqa: SLF001
        elif answer.request.method == "DELETE" and not received.data.strip():
            return  # done, and nothing to say of it
        elif model := self.model(answer.request.method or "", answer.request.url or ""):
            received.read(model, self.peer)


def nothing(_method: str, _url: str) -> Any:  # noqa: ANN401 - a type
    """The model of answers that their reader checks."""
    return None


def any_object(_method: str, _url: str) -> Any:  # noqa: ANN401 - a type
    """The model of an answer that must be a JSON object, and is checked further by who asked."""
    return dict[str, Any]


def guard(session: requests.Session, peer: Peer, model: Callable[[str, str], Any] = nothing) -> requests.Session:
    """The session, all of whose requests travel so."""
    session.mount("https://", Guarded(peer, model))
    session.mount("http://", Guarded(peer, model))
    return session


def guard_transport(transport: Any, peer: Peer) -> None:  # noqa: ANN401 - google is untyped
    """As `guard`, for the session inside one of Google's REST transports, which offer no other way to it."""
    guard(transport._session, peer, any_object)  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class _Failure:
    message: str
    errors: list[dict[str, Any]] = field(default_factory=list)
    details: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Failed:
    """What Google's APIs answer with an error status; their clients stumble over any other form."""

    error: _Failure


def _failure(received: Received, status: int) -> bytes:
    """The body of an answer with an error status, in that form."""
    if received.fits(_Failed):
        return received.data
    said = excerpt(received.data) or f"no reason, only the status {status}"
    return json.dumps({"error": {"code": status, "message": said}}).encode()


class _Timed(RawIOBase):
    """What a socket receives, each read within what is left of the call."""

    def __init__(self, sock: Any) -> None:  # noqa: ANN401 - a socket, with or without TLS
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - Buffer, since Python 3.12
        call = _CALL.get()
        if call is not None:
            self._sock.settimeout(call.left())
        count: int = self._raw.readinto(buffer)
        if call is not None:
            call.moved += count
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """A socket whose reads and writes know the deadline of the call; all else is as it was."""

    def __init__(self, sock: Any) -> None:  # noqa: ANN401 - a socket, with or without TLS
        self._sock = sock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a socket has
        return getattr(self._sock, name)

    def makefile(self, *_: str) -> BufferedReader:
        return BufferedReader(_Timed(self._sock))

    def sendall(self, data: bytes) -> None:
        call = _CALL.get()
        if call is not None:
            call.moved += len(data)
            self._sock.settimeout(call.left())
        self._sock.sendall(data)


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _Socket(self.sock)


class _Tls(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.sock = _Socket(self.sock)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _Tls


POOLS = {"http": _PlainPool, "https": _TlsPool}
"""The connections that know the deadline, as urllib3's managers take them."""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
