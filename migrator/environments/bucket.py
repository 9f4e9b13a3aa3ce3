"""An environment's bucket, through Google's own storage client."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from migrator.environments.endpoint import STORAGE, Endpoint
from migrator.environments.failures import Peer, is_transient, reaching, status_of
from migrator.environments.media import Media
from migrator.environments.retry import Retry
from migrator.model.resources import StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

TIMEOUT_SECONDS = 30.0
PIECE = 8 << 20
"""How many bytes of a file go in one request, each with its own time limit."""
FIELDS = "items(name,size,md5Hash,crc32c),nextPageToken"
NO_GENERATION = 1
"""No object has it: a write that asks for it is refused."""
T = TypeVar("T")


@dataclass(slots=True)
class GcsBucket:
    """A bucket; the client is made at the first call and serves several threads."""

    name: str
    project: str
    endpoint: Endpoint = STORAGE
    page_size: int = 1000
    retry: Retry = field(default_factory=Retry)
    _client: Any = field(default=None, init=False, repr=False)
    _reader: Media | None = field(default=None, init=False, repr=False)
    _making: Lock = field(default_factory=Lock, init=False, repr=False)

    def files(self, prefix: str = "") -> list[StoredFile]:
        """Every object whose path starts with ``prefix``, sorted by path, without the placeholders of folders."""

        def listed() -> list[Any]:
            return list(
                self._connected().list_blobs(
                    self.name,
                    prefix=prefix,
                    fields=FIELDS,
                    page_size=self.page_size,
                    timeout=TIMEOUT_SECONDS,
                    retry=None,
                )
            )

        found = (_stored(blob) for blob in self._reached(listed) if not blob.name.endswith("/"))
        return sorted(found, key=lambda file: file.path)

    def read(self, path: str) -> bytes | None:
        """The object's bytes, or None when there is no such object."""
        return self._reached(lambda: self._media().read(path))

    def updated(self, path: str) -> datetime | None:
        """When the object was written last, or None when there is no such object."""

        def looked() -> datetime | None:
            blob = self._connected().bucket(self.name).get_blob(path, timeout=TIMEOUT_SECONDS, retry=None)
            return None if blob is None else blob.updated

        return self._reached(looked)

    def write(self, path: str, data: bytes) -> None:
        """Create or replace the object."""
        self._reached(lambda: self._upload(path, data))

    def upload(self, path: str, file: Path) -> None:
        """Create or replace the object with what the file holds, a piece at a time."""

        def uploaded() -> None:
            blob = self._connected().bucket(self.name).blob(path, chunk_size=PIECE)
            blob.upload_from_filename(
                str(file), content_type="application/octet-stream", timeout=TIMEOUT_SECONDS, retry=None
            )

        self._reached(uploaded)

    def create(self, path: str, data: bytes) -> bool:
        """Create the object with ``if_generation_match=0``; False when another's is there already.

        When an attempt was lost on its way and the object is there afterwards with our bytes, it is ours.
        """
        return self._placed(path, data, lambda: 0)

    def exchange(self, path: str, old: bytes, new: bytes) -> bool:
        """Replace the object, if it holds ``old`` and nobody else writes it meanwhile; whether it was replaced."""

        def generation() -> int:
            blob = self._connected().bucket(self.name).get_blob(path, timeout=TIMEOUT_SECONDS, retry=None)
            if blob is None:
                return NO_GENERATION
            known = int(blob.generation)  # the download sets it anew, from a header that may be missing
            held = blob.download_as_bytes(if_generation_match=known, timeout=TIMEOUT_SECONDS, retry=None)
            return known if held == old else NO_GENERATION

        return self._placed(path, new, generation)

    def _placed(self, path: str, data: bytes, generation: Callable[[], int]) -> bool:
        """Write it where that generation is; an attempt that was lost on its way may have been the one that did."""
        attempts = 0

        def placed() -> bool:
            nonlocal attempts
            attempts += 1
            try:
                self._upload(path, data, if_generation_match=generation())
            except Exception as error:
                if status_of(error) not in {404, 412}:
                    raise
                return attempts > 1 and self.read(path) == data
            return True

        return self._reached(placed)

    def replace(self, path: str, data: bytes, md5: str) -> bool:
        """Replace the object while it is still the one with this md5, by its generation; False when it is another."""

        def replaced() -> bool:
            blob = self._connected().bucket(self.name).get_blob(path, timeout=TIMEOUT_SECONDS, retry=None)
            if blob is None or _stored(blob).md5 != md5:
                return blob is not None and _stored(blob).md5 == _md5(data)  # ours, when the answer was lost
            try:
                self._upload(path, data, if_generation_match=blob.generation)
            except Exception as error:
                if status_of(error) != 412:
                    raise
                return self.read(path) == data
            return True

        return self._reached(replaced)

    def delete(self, path: str) -> None:
        """Delete the object; nothing happens when it is gone already."""

        def deleted() -> None:
            try:
                self._blob(path).delete(timeout=TIMEOUT_SECONDS, retry=None)
            except Exception as error:
                if status_of(error) != 404:
                    raise

        self._reached(deleted)

    def remove(self, path: str, md5: str) -> bool:
        """Delete the object while it is still the one with this md5, by its generation; False when it is another."""

        def removed() -> bool:
            blob = self._connected().bucket(self.name).get_blob(path, timeout=TIMEOUT_SECONDS, retry=None)
            if blob is None or _stored(blob).md5 != md5:
                return blob is None
            try:
                blob.delete(if_generation_match=blob.generation, timeout=TIMEOUT_SECONDS, retry=None)
            except Exception as error:
                if status_of(error) not in {404, 412}:
                    raise
                return status_of(error) == 404
            return True

        return self._reached(removed)

    def copy_from(self, bucket: str, path: str) -> None:
        """Create or replace the object with that of another bucket; Cloud Storage moves the bytes itself."""

        def copied() -> None:
            source, target, token = self._connected().bucket(bucket).blob(path), self._blob(path), None
            while True:
                token, _, _ = target.rewrite(source, token=token, timeout=TIMEOUT_SECONDS, retry=None)
                if token is None:
                    return

        self._reached(copied)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    @property
    def peer(self) -> Peer:
        """How an error names this bucket."""
        return Peer(f"bucket gs://{self.name}", self.endpoint.url, f"gcloud storage ls gs://{self.name}")

    def _reached(self, call: Callable[[], T]) -> T:
        with reaching(self.peer):
            return self.retry(call, transient=is_transient)

    def _upload(self, path: str, data: bytes, **conditions: int) -> None:
        self._blob(path).upload_from_string(
            data, content_type="application/octet-stream", timeout=TIMEOUT_SECONDS, retry=None, **conditions
        )

    def _blob(self, path: str) -> Any:  # noqa: ANN401 - google is untyped
        return self._connected().bucket(self.name).blob(path)

    def _media(self) -> Media:
        with self._making:
            if self._reader is None:
                self._reader = Media(self.name, self.endpoint, TIMEOUT_SECONDS, self.peer)
            return self._reader

    def _connected(self) -> Any:  # noqa: ANN401 - google is untyped
        with self._making:
            if self._client is None:
                from google.cloud import storage  # noqa: PLC0415 - lazy, as `migrate --help` is

                from migrator.environments.storage_answers import model_of  # noqa: PLC0415 - lazy
                from migrator.environments.wire import guard  # noqa: PLC0415 - lazy

                self._client = storage.Client(
                    project=self.project,
                    credentials=self.endpoint.credentials(),
                    client_options={"api_endpoint": self.endpoint.url},
                )
                guard(self._client._http, self.peer, model_of)  # noqa: SLF001 - it offers no other way to its session
            return self._client


def _md5(data: bytes) -> str:
    return b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _stored(blob: Any) -> StoredFile:  # noqa: ANN401 - google is untyped
    """Composite objects have no MD5; their CRC32C stands in, named as such."""
    return StoredFile(path=blob.name, size=int(blob.size or 0), md5=blob.md5_hash or f"crc32c:{blob.crc32c}")
