"""CP217: images under a name of Container Registry, which is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.examples import changed
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

REGISTRY = re.compile(r"(?:^|[\s/\"'=])(((?:(?:eu|us|asia)\.)?gcr\.io)/([\w.-]+)/[\w./-]+)")


@of_file(
    "CP217",
    Severity.WARNING,
    fix="Look: gcloud artifacts repositories list --project PROJECT --location us (europe and asia for eu.gcr.io and "
    "asia.gcr.io). Where the registry's name is listed, waive it; else push the image to Artifact Registry and name it "
    "there, REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE.",
    link="https://cloud.google.com/artifact-registry/docs/transition/prepare-gcr-shutdown",
    minutes=15,
    examples=(
        Example("A name of Container Registry", 1, changed("load-orders", "docker run eu.gcr.io/shop/load:1")),
        Example(
            "An image of Artifact Registry",
            files=changed("load-orders", "docker run europe-docker.pkg.dev/shop/a/load:1"),
        ),
        Example(
            "An image of Google's own",
            files=changed("load-orders", "docker run gcr.io/google.com/cloudsdktool/google-cloud-cli:slim"),
        ),
        Example("A name that only looks like it", files=changed("load-orders", "load-mygcr.io-copy")),
    ),
)
def container_registry(file: SourceFile) -> Iterator[Problem]:
    """Tell which images have a name of Container Registry, of which only their project knows whether it still works.

    Container Registry was shut down in 2025. A name of gcr.io that its project hosts on Artifact Registry works on, and
    so do images of Google's own; any other pulls nothing. A file does not tell which of them it is.
    """
    own = column("google_images", "project", "source")
    for text in file.strings:
        for image, registry, project in REGISTRY.findall(text.value):
            if project not in own:
                why = f"it is there only where {project} hosts {registry} on Artifact Registry"
                yield Problem(f"the image {image} is named in Container Registry, which is closed: {why}", text.lineno)
