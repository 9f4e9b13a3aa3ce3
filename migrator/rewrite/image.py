"""The Composer image that code is rewritten for, and the profile that knows what it has installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.profiles import DEFAULT, load, names, nearest
from migrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_IMAGE = re.compile(r"composer-(\d+)(?:\.\d+){0,2}-airflow-(\d+)\.(\d+)(?:\.\d+)?(?:-build\.\d+)?")
_OLDEST = (2, 4)
_FIX = "name an image such as composer-2.15.3-airflow-2.10.5 (gcloud composer environments describe shows it)"


def profile_for(target: str | None, say: Callable[[str], None]) -> str:
    """The profile for an image or a profile's file, as `Options.target` wants it; ``say`` hears of a stand-in.

    Raises UsageError for what is neither, and for an Airflow that the rules do not write for.
    """
    if target is None:
        return DEFAULT
    if target in names():
        return target
    if Path(target).is_file():
        return _checked_file(target)
    image = checked_image(target)
    found = nearest(image)
    say(f"there is no profile of {image}: using {found} (migrate profile build makes one of your own)")
    return found


def _checked_file(path: str) -> str:
    try:
        load(path)
    except ValueError as error:
        fix = "write one: migrate profile build NAME PLACE... -o FILE"
        raise UsageError(f"{path} cannot be used as a profile.", why=f"{error}.", fix=fix) from error
    return path


def checked_image(image: str) -> str:
    """The image itself; UsageError when it is none, or its Airflow is not between 2.4 and the last 2."""
    found = _IMAGE.fullmatch(image)
    if found is None:
        why = "Images are composer-X.Y.Z-airflow-A.B.C, and there is no such file either."
        raise UsageError(f"{image!r} is not a Composer image.", why=why, fix=_FIX)
    version = (int(found[2]), int(found[3]))
    if version < _OLDEST:
        why = "The rules write schedule= and EmptyOperator, which Airflow 2.4 brought."
        raise UsageError(f"{image} has an Airflow older than 2.4.", why=why, fix=_FIX)
    if version[0] > 2:
        raise UsageError(f"{image} has an Airflow newer than 2.", why="The rules write code for Airflow 2.", fix=_FIX)
    return image
