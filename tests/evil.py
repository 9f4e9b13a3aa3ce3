"""A package whose build runs code: what it would do to a machine is seen by the file that it leaves."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SETUP = """import os
open({marker!r}, "w").close()
from setuptools import setup
setup(name={name!r}, version={version!r}, py_modules=[])
"""


def source_folder(folder: Path, name: str, marker: Path, version: str = "1.0") -> Path:
    """A folder with a ``setup.py`` that writes ``marker`` when it runs."""
    made = folder / name
    made.mkdir(parents=True, exist_ok=True)
    (made / "setup.py").write_text(SETUP.format(marker=str(marker), name=name, version=version))
    return made


def source_archive(folder: Path, name: str, marker: Path, version: str = "1.0") -> Path:
    """The same as a source archive, for an index of files."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{version}"
    made = folder / f"{stem}.tar.gz"
    files = {
        "setup.py": SETUP.format(marker=str(marker), name=name, version=version),
        "PKG-INFO": "Metadata-Version: 1.0\n",
    }
    with tarfile.open(made, "w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(f"{stem}/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return made


def wheel(folder: Path, name: str, version: str, needs: tuple[str, ...] = ()) -> None:
    """A wheel that holds nothing but what it requires."""
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {n}\n" for n in needs
    )
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as file:
        file.writestr(f"{stem}.dist-info/METADATA", metadata)
        file.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{stem}.dist-info/RECORD", "")
