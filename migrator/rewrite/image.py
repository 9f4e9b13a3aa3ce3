"""The Composer image that code is rewritten for."""

from __future__ import annotations

import re

from migrator.errors import UsageError

_IMAGE = re.compile(r"composer-(\d+)(?:\.\d+){0,2}-airflow-(\d+)\.(\d+)(?:\.\d+)?(?:-build\.\d+)?")
_OLDEST = (2, 4)
_FIX = "name an image such as composer-2.15.3-airflow-2.10.5 (gcloud composer environments describe shows it)"


def checked_image(image: str) -> str:
    """The image itself; UsageError when it is none, or its Airflow is not between 2.4 and the last 2."""
    found = _IMAGE.fullmatch(image)
    if found is None:
        raise UsageError(
            f"{image!r} is not a Composer image.", why="Images are composer-X.Y.Z-airflow-A.B.C.", fix=_FIX
        )
    version = (int(found[2]), int(found[3]))
    if version < _OLDEST:
        why = "The rules write schedule= and EmptyOperator, which Airflow 2.4 brought."
        raise UsageError(f"{image} has an Airflow older than 2.4.", why=why, fix=_FIX)
    if version[0] > 2:
        raise UsageError(f"{image} has an Airflow newer than 2.", why="The rules write code for Airflow 2.", fix=_FIX)
    return image
