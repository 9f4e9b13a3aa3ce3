"""Secret Manager of one project, through Google's own client over REST."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from migrator.environments.endpoint import SECRETS, Endpoint
from migrator.environments.failures import Peer, is_transient, reaching, status_of
from migrator.environments.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_SECONDS = 30.0
LABEL = {"managed-by": "composer-migrator"}
T = TypeVar("T")


@dataclass(slots=True)
class SecretManager:
    """The secrets of a project; the client is made at the first call and serves several threads."""

    project: str
    endpoint: Endpoint = SECRETS
    retry: Retry = field(default_factory=Retry)
    _client: Any = field(default=None, init=False, repr=False)
    _making: Lock = field(default_factory=Lock, init=False, repr=False)

    def read(self, secret_id: str) -> bytes | None:
        """The newest version's bytes, or None when there is no such secret or version."""
        name = f"projects/{self.project}/secrets/{secret_id}/versions/latest"

        def accessed() -> bytes | None:
            try:
                found = self._connected().access_secret_version(request={"name": name}, **self._options)
            except Exception as error:
                if status_of(error) != 404:
                    raise
                return None
            return bytes(found.payload.data)

        return self._reached(accessed)

    def write(self, secret_id: str, data: bytes) -> None:
        """Add a version, to a new secret where there is none."""
        parent = f"projects/{self.project}/secrets/{secret_id}"
        added = {"parent": parent, "payload": {"data": data}}

        def written() -> None:
            self._create(secret_id)
            self._connected().add_secret_version(request=added, **self._options)

        self._reached(written)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.transport.close()
            self._client = None

    @property
    def peer(self) -> Peer:
        """How an error names this project's secrets."""
        check = f"gcloud secrets list --project {self.project}"
        return Peer(f"Secret Manager of {self.project}", self.endpoint.url, check)

    @property
    def _options(self) -> dict[str, Any]:
        return {"timeout": TIMEOUT_SECONDS, "retry": None}

    def _create(self, secret_id: str) -> None:
        secret = {"replication": {"automatic": {}}, "labels": LABEL}
        request = {"parent": f"projects/{self.project}", "secret_id": secret_id, "secret": secret}
        try:
            self._connected().create_secret(request=request, **self._options)
        except Exception as error:
            if status_of(error) != 409:
                raise

    def _reached(self, call: Callable[[], T]) -> T:
        with reaching(self.peer):
            return self.retry(call, transient=is_transient)

    def _connected(self) -> Any:  # noqa: ANN401 - google is untyped
        with self._making:
            if self._client is None:
                from google.cloud.secretmanager_v1 import SecretManagerServiceClient  # noqa: PLC0415 - lazy, as `migrate --help` is
                from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (  # noqa: PLC0415 - lazy, as `migrate --help` is
                    SecretManagerServiceRestTransport,
                )

                from migrator.environments.wire import guard_transport  # noqa: PLC0415 - lazy, as `migrate --help` is

                transport = SecretManagerServiceRestTransport(
                    host=self.endpoint.host,
                    url_scheme=self.endpoint.scheme,
                    credentials=self.endpoint.credentials(),
                )
                guard_transport(transport, self.peer)
                self._client = SecretManagerServiceClient(transport=transport)
            return self._client
