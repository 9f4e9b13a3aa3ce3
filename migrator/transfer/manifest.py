"""What deploys from here put into a bucket: the record that lies beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.reading import read_json

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


def read_manifest(bucket: Bucket) -> Manifest:
    """What deploys uploaded so far; empty before the first. RefusedError when it cannot be read."""
    data = bucket.read(MANIFEST)
    if data is None:
        return Manifest()
    try:
        content = read_json(data)
        version = int(content["schema_version"])
        found = Manifest(_texts(content["files"]), _texts(content.get("before", {})))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(
            f"gs://{bucket.name}/{MANIFEST} cannot be read", why=str(error), fix=f"look at {MANIFEST}, then delete it"
        ) from error
    if version > SCHEMA_VERSION:
        raise RefusedError(
            f"gs://{bucket.name}/{MANIFEST} has schema version {version}",
            why=f"this version of migrate reads schema versions up to {SCHEMA_VERSION}",
            fix="pip install --upgrade composer-migrator",
        )
    return found


def write_manifest(bucket: Bucket, manifest: Manifest) -> None:
    """Keep what was uploaded."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "files": dict(sorted(manifest.files.items())),
        "before": dict(sorted(manifest.before.items())),
    }
    bucket.write(MANIFEST, json.dumps(content, indent=1).encode())


def _texts(found: Mapping[str, object]) -> dict[str, str]:
    return {str(to): str(md5) for to, md5 in found.items()}
