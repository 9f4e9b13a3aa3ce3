"""What a deploy found in the bucket before it changed it: a record, and the bytes it replaced, both beside it."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from migrator.errors import RefusedError
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migrator.environments.ports import Bucket

RECORD = "data/migrate/undo.json"
FOLDER = "data/migrate/undo/"
SCHEMA_VERSION = 1
THREADS = 8


def _md5(text: str) -> str:
    """The text, where it is an md5 as base64, or empty; ValueError otherwise."""
    if text and len(b64decode(text, validate=True)) != hashlib.md5(usedforsecurity=False).digest_size:
        raise ValueError("no md5 in base64")
    return text


Md5 = Annotated[str, AfterValidator(_md5)]


@dataclass(frozen=True, slots=True)
class Earlier:
    """One object of a deploy, before and after it, as md5; empty: there was, or is, none.

    ``listed``: the mark of ``before`` in the bucket's listing; ``ours``: what the manifest named; ``dag_ids``: the DAGs
    of its file.
    """

    to: str
    before: Md5
    after: Md5
    listed: str = ""
    ours: str = ""
    dag_ids: tuple[str, ...] = ()

    @property
    def copy(self) -> str:
        """The object that holds the bytes of ``before``."""
        return FOLDER + b64decode(self.before).hex()


@dataclass(frozen=True, slots=True)
class Record:
    """The last deploy that changed something; ``at``: ISO time; not ``finished``: it was killed, or still runs."""

    at: str
    objects: tuple[Earlier, ...]
    finished: bool
    undone: bool
    schema_version: int = SCHEMA_VERSION


FORM: Form[Record] = Form(
    "a record of a deploy",
    Record,
    SCHEMA_VERSION,
    "migrate deploy",
    damaged="look at {where}; without it deploys go on, and only the last one cannot be undone: delete it",
    error=RefusedError,
)


def read_record(bucket: Bucket) -> Record | None:
    """The last deploy's record, or None before the first. RefusedError when it cannot be read."""
    data = bucket.read(RECORD)
    return None if data is None else FORM.decode(data, f"gs://{bucket.name}/{RECORD}")


def write_record(bucket: Bucket, record: Record) -> None:
    """Keep the record."""
    bucket.write(RECORD, FORM.encode(record, f"gs://{bucket.name}/{RECORD}"))


def keep(bucket: Bucket, at: str, objects: Sequence[Earlier]) -> Record:
    """Copy what is to be replaced or deleted, then write the record; RefusedError when an object is another by now.

    A deploy that was killed and the one that completes it are one, which begins where the first did. Copies that no
    record names any more are deleted.
    """
    last = read_record(bucket)
    with ThreadPoolExecutor(THREADS) as pool:
        fresh = list(pool.map(lambda one: _copied(bucket, one), objects))
    record = Record(at, _joined(last, fresh), finished=False, undone=False)
    write_record(bucket, record)
    named = {one.copy for one in record.objects if one.before}
    for file in bucket.files(FOLDER):
        if file.path not in named:
            bucket.delete(file.path)
    return record


def finish(bucket: Bucket) -> None:
    """Mark the last deploy as finished."""
    record = read_record(bucket)
    if record is not None and not record.finished:
        write_record(bucket, replace(record, finished=True))


def _copied(bucket: Bucket, one: Earlier) -> Earlier:
    """The bytes of ``listed`` lie in the bucket once more, under a name made of them."""
    if not one.listed:
        return one
    data = bucket.read(one.to)
    md5 = "" if data is None else b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
    if data is None or (md5 != one.listed and not one.listed.startswith("crc32c:")):
        raise RefusedError(
            f"gs://{bucket.name}/{one.to} was changed by somebody else just now",
            why="it is not the object any more that was compared, and was left as it is",
            fix="look at it, then run it again: migrate deploy",
        )
    kept = replace(one, before=md5)
    bucket.create(kept.copy, data)
    return kept


def _joined(last: Record | None, fresh: Iterable[Earlier]) -> tuple[Earlier, ...]:
    objects = {} if last is None or last.finished else {one.to: one for one in last.objects}
    for one in fresh:
        first = objects.get(one.to)
        if first is not None and one.before in {first.before, first.after}:
            one = replace(first, after=one.after, dag_ids=one.dag_ids or first.dag_ids)  # noqa: PLW2901
        objects[one.to] = one
    return tuple(objects[to] for to in sorted(objects))
