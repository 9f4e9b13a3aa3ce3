"""CP217: images from a registry that is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import changed
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

REGISTRY = re.compile(r"(?:^|[\s/\"'=])((?:(?:eu|us|asia)\.)?gcr\.io/[\w./-]+)")


@of_file(
    "CP217",
    Severity.WARNING,
    fix="Push the image to Artifact Registry and name it there: REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE.",
    link="https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr",
    minutes=15,
    examples=(
        Example("An image of Container Registry", 1, changed("load-orders", "docker run eu.gcr.io/shop/load:1")),
        Example(
            "An image of Artifact Registry",
            files=changed("load-orders", "docker run europe-docker.pkg.dev/shop/a/load:1"),
        ),
        Example("A name that only looks like it", files=changed("load-orders", "load-mygcr.io-copy")),
    ),
)
def container_registry(file: SourceFile) -> Iterator[Problem]:
    """Tell which images come from Container Registry.

    It was shut down in 2025; names that are not redirected to Artifact Registry pull nothing.
    """
    for text in file.strings:
        if found := REGISTRY.search(text.value):
            yield Problem(f"the image {found[1]} is in Container Registry, which is closed", text.lineno)
