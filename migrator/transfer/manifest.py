"""What deploys from here put into a bucket: the record that lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace.stored import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrator.environments.ports import Bucket

MANIFEST = "data/migrate/deploy.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """Object to md5: ``files`` as they were uploaded; ``before``: ours too, where a deploy was interrupted."""

    files: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)

    def ours(self, to: str, md5: str | None) -> bool:
        """Whether the object with this md5 is one that a deploy from here put there."""
        return md5 is not None and md5 in {self.files.get(to), self.before.get(to)}


@dataclass(frozen=True, slots=True)
class _Stored:
    """The object in the bucket."""

    files: dict[str, str]
    before: dict[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION


FORM: Form[_Stored] = Form(
    "a record of what was uploaded",
    _Stored,
    SCHEMA_VERSION,
    "migrate deploy",
    damaged="look at {where}, then delete it: files that differ from what is uploaded next are left, and named",
    error=RefusedError,
)


def read_manifest(bucket: Bucket) -> Manifest:
    """What deploys uploaded so far; empty before the first. RefusedError when it cannot be read."""
    data = bucket.read(MANIFEST)
    if data is None:
        return Manifest()
    stored = FORM.decode(data, f"gs://{bucket.name}/{MANIFEST}")
    return Manifest(stored.files, stored.before)


def write_manifest(bucket: Bucket, manifest: Manifest) -> None:
    """Keep what was uploaded."""
    bucket.write(
        MANIFEST, FORM.encode(_Stored(dict(manifest.files), dict(manifest.before)), f"gs://{bucket.name}/{MANIFEST}")
    )
