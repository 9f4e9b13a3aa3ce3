"""Remember the outcome for a file's bytes, so that only what changed is rewritten."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING

import codemods
from codemods.engine.report import Change, Finding, Options, Result
from migrator.reading import read_json
from migrator.rewrite.atomic import write

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class _Kept:
    """One outcome as it lies on the disk; ``after``: the bytes in hex, None where they are those of the source."""

    after: str | None
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


@once
def _adapter() -> TypeAdapter[_Kept]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - lazy, as files are rewritten without it

    return TypeAdapter(_Kept)


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of outcomes by the hash of the rules, the options, the path and the bytes; None keeps nothing."""

    folder: Path | None

    @classmethod
    def of(cls, folder: Path | None) -> Cache:
        """A cache in this folder."""
        return cls(folder)

    def get(self, key: str, source: bytes) -> Result | None:
        """The outcome under a key; None when there is none that can be read."""
        if self.folder is None:
            return None
        try:
            kept = _adapter().validate_python(read_json((self.folder / key[:2] / f"{key}.json").read_bytes()))
            content = source if kept.after is None else bytes.fromhex(kept.after)
        except (OSError, ValueError):
            return None
        return Result(content, kept.changes, kept.findings)

    def put(self, key: str, source: bytes, result: Result) -> None:
        """Keep an outcome."""
        if self.folder is None:
            return
        data = {
            "after": None if result.source == source else result.source.hex(),
            "changes": [asdict(one) for one in result.changes],
            "findings": [asdict(one) for one in result.findings],
        }
        write(self.folder / key[:2] / f"{key}.json", json.dumps(data).encode())


def key(source: bytes, options: Options, path: str, *, left: bool = False) -> str:
    """What an outcome depends on; of the path only what kind of file it is. ``left``: a template to leave."""
    parts = [
        _rules(),
        repr((options.unsafe, options.compat)),
        repr(sorted(options.select)),
        repr(sorted(options.ignore)),
    ]
    parts += [
        repr((path.endswith("__init__.py"), path.endswith(".py"), left)),
        _profile(options.target),
        repr(sorted(options.plugins)),
        repr(sorted(options.shared)),
        repr(sorted(options.packages)),
    ]
    return hashlib.sha256("\0".join(parts).encode() + b"\0" + source).hexdigest()


@once
def _profile(target: str) -> str:
    """A shipped profile is part of the rules' hash by its name; another counts by its bytes."""
    path = Path(target)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else target


@once
def _rules() -> str:
    """A hash of the rules, the engine and the tables."""
    total = hashlib.sha256()
    root = Path(codemods.__file__).parent
    for file in sorted(path for path in root.rglob("*") if path.suffix in {".py", ".csv", ".z"}):
        total.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()
