"""CM590: names that Google's own client libraries no longer have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.nodes import dotted
from codemods.engine.report import Edit, Fix, Flag, ImportEdit, NewImport, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Import

_LEAVE = "cannot be replaced by itself here: use the names of the library's package instead"


class ClientLibraries(Rule):
    """Take enums from the packages of Google's client libraries, which dropped their ``enums`` modules in 2.0.

    ``from google.cloud.vision import enums`` becomes ``from google.cloud import vision``, and
    ``enums.Feature.Type.LOGO_DETECTION`` becomes ``vision.Feature.Type.LOGO_DETECTION``. The values are
    the same, but other calls into the library may need its 2.0 guide, so this is for a review. A ``FieldMask`` that was
    taken from a module that only imported it comes from protobuf, which is the same class: that is safe.
    """

    code = "CM590"
    name = "client-libraries"
    safety = Safety.UNSAFE
    since = "google 5.0.0"
    url = "https://airflow.apache.org/docs/apache-airflow-providers-google/stable/changelog.html"
    needles = (b"enums", b"field_mask")
    watches = (cst.Module,)
    examples = (
        Example(
            "enums",
            "import airflow\nfrom google.cloud.vision import enums\n\nx = enums.Feature.Type.LOGO_DETECTION.value\n",
            "import airflow\nfrom google.cloud import vision\n\nx = vision.Feature.Type.LOGO_DETECTION.value\n",
            unsafe=True,
        ),
        Example(
            "of a version",
            "import airflow\nfrom google.cloud.redis_v1 import enums\n\nx = enums.Instance.Tier\n",
            "import airflow\nfrom google.cloud import redis_v1\n\nx = redis_v1.Instance.Tier\n",
            unsafe=True,
        ),
        Example(
            "a mask taken from a module that only imported it",
            "import airflow\nfrom google.cloud.memcache_v1beta2.types import cloud_memcache\n\n"
            "x = cloud_memcache.field_mask.FieldMask(paths=['a'])\n",
            "import airflow\nfrom google.cloud.memcache_v1beta2.types import cloud_memcache\n"
            "from google.protobuf import field_mask_pb2\n\n"
            "x = field_mask_pb2.FieldMask(paths=['a'])\n",
        ),
        Example(
            "without --unsafe",
            "import airflow\nfrom google.cloud.vision import enums\n\nx = enums.Feature\n",
            flagged=True,
        ),
        Example(
            "the name is taken",
            "import airflow\nfrom google.cloud.vision import enums\n\nvision = enums.Feature\n",
            unsafe=True,
            flagged=True,
        ),
        Example(
            "passed on as a value",
            "import airflow\nfrom google.cloud.vision import enums\n\nf(enums)\n",
            unsafe=True,
            flagged=True,
        ),
        Example("one of ours", "import airflow\nfrom ours.vision import enums\n\nx = enums.Feature\n", unsafe=True),
        Example("a class", "import airflow\nfrom google.cloud.vision import Feature\n\nenums = Feature\n", unsafe=True),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Look at each import of an ``enums`` module, and at each module that a mask is taken from."""
        for imported in file.bindings.imports:
            parts = imported.target.split(".")
            if parts[:2] != ["google", "cloud"] or imported.dotted is not None:
                continue
            if len(parts) == 4 and parts[3] == "enums":
                yield _enums(imported, parts[2], file)
            else:
                yield from _masks(imported, file)


def _enums(imported: Import, package: str, file: File) -> Fix | Flag:
    named = all(len(use.parts) > 1 for use in imported.uses)
    have = [one for one in file.bindings.top.imports.get(package, ()) if one.target == f"google.cloud.{package}"]
    free = have or package not in file.bindings.bound
    if not (named and free) or imported.scope.rebinds(imported.local):
        return Flag(imported.alias, f"{imported.target} is gone, and {_LEAVE}")
    edits = [Edit(use.nodes[0], lambda u: u.with_changes(value=package)) for use in imported.uses]
    new = () if have else (NewImport("google.cloud", package),)
    return Fix(
        imported.alias, f"{imported.target} is gone: its names are in the package", (ImportEdit(imported, new), *edits)
    )


def _masks(imported: Import, file: File) -> Iterator[Fix]:
    found = [use for use in imported.uses if use.parts[1:3] == ("field_mask", "FieldMask")]
    if found and "field_mask_pb2" not in file.bindings.bound:
        edits = tuple(
            Edit(use.nodes[2], lambda u: dotted("field_mask_pb2.FieldMask").with_changes(lpar=u.lpar, rpar=u.rpar))
            for use in found
        )
        message = f"{imported.local} no longer has field_mask: take FieldMask from protobuf"
        new = (NewImport("google.protobuf", "field_mask_pb2"),)
        yield Fix(found[0].nodes[0], message, edits, new, safety=Safety.SAFE)
