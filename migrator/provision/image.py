"""The image that the target is pinned to."""

from __future__ import annotations

import re

from codemods.profiles import DEFAULT
from migrator.errors import UsageError
from migrator.rewrite.image import checked_image

_PINNED = re.compile(r"composer-2\.\d+\.\d+-airflow-2\.\d+\.\d+")


def pinned(image: str | None) -> str:
    """The image itself, or that of the shipped profile; UsageError unless it is one exact Composer 2."""
    checked = checked_image(image or DEFAULT)
    if not _PINNED.fullmatch(checked):
        raise UsageError(
            f"{checked} is not one exact image of Composer 2",
            why="an alias such as composer-2 is another image tomorrow, and this file is for Composer 2",
            fix="name one such as composer-2.15.3-airflow-2.10.5: gcloud composer images list shows them",
        )
    return checked
