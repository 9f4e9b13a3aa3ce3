"""The files that this program writes and reads again: what is written was read back first, what is read is checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from migrator.errors import MigrateError, NewerFileError, WorkspaceError
from migrator.reading import UnreadableError, kind_of, read_file, read_json, reason_of
from migrator.workspace.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


@dataclass(frozen=True)
class Form(Generic[T]):
    """One kind of file: ``what`` it is, such as ``an inventory``, its model, and the newest version that is read.

    ``fix`` makes it again, ``damaged`` says what else to do with a bad one; ``none``: why there may be none yet;
    ``error`` is raised for all that is wrong.
    """

    what: str
    model: Any
    version: int
    fix: str
    none: str = ""
    damaged: str = ""
    error: type[MigrateError] = WorkspaceError

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        """Reads and checks a value of the model."""
        return TypeAdapter(self.model)

    def encode(self, value: T, where: str) -> bytes:
        """The same value is always the same JSON, ending in a newline; an error when it could not be read again."""
        try:
            content = self.adapter.dump_python(value, mode="json", warnings=False)
            text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            data = text.encode("utf-8", "backslashreplace")  # half a surrogate pair has no other form
            self.decode(data, where)
        except (MigrateError, ValueError, TypeError, RecursionError) as error:
            raise self.error(
                f"{where} was not written: it could not be read again",
                why=error.why if isinstance(error, MigrateError) else str(error).partition("\n")[0],
                fix=f"what was there before is as it was; fix what this names, then: {self.fix}",
            ) from error
        return data

    def decode(self, data: bytes | str, where: str) -> T:
        """The value; an error of what, why and fix where it is damaged, of another form, or of a newer version."""
        try:
            content = read_json(data)
        except UnreadableError as error:
            raise self.error(f"{where} cannot be read", why=str(error), fix=self._again(where)) from error
        self._refuse_newer(content, where)
        try:
            return self.adapter.validate_python(content)
        except ValidationError as error:
            raise self.error(f"{where} is not {self.what}", why=reason_of(error), fix=self._again(where)) from error

    def save(self, value: T, path: Path, *, mode: int = 0o644) -> None:
        """Write it whole or not at all, and only what can be read again."""
        write_atomic(path, self.encode(value, str(path)), mode=mode)

    def load(self, path: Path) -> T:
        """The value in the file; an error when there is none, or as ``decode``."""
        try:
            data = read_file(path)
        except FileNotFoundError as error:
            name = self.what.split(" ", 1)[1]
            raise self.error(f"there is no {name} at {path}", why=self.none, fix=self.fix) from error
        except OSError as error:
            raise self.error(
                f"{path} cannot be read", why=error.strerror or str(error), fix=self._again(str(path))
            ) from error
        return self.decode(data, str(path))

    def _refuse_newer(self, content: object, where: str) -> None:
        if not isinstance(content, dict):
            raise self.error(
                f"{where} is not {self.what}", why=f"it holds {kind_of(content)}, not an object", fix=self._again(where)
            )
        version = content.get("schema_version")
        if type(version) is not int:
            raise self.error(
                f"{where} is not {self.what}", why="its schema_version is missing, or no number", fix=self._again(where)
            )
        if version > self.version:
            raise (NewerFileError if self.error is WorkspaceError else self.error)(
                f"{where} has schema version {version}",
                why=f"this version of migrate reads schema versions up to {self.version}",
                fix=f"pip install --upgrade composer-migrator, or make it again: {self.fix}",
            )

    def _again(self, where: str) -> str:
        if self.damaged:
            return self.damaged.format(where=where)
        return f"make it again: `{self.fix}`; or restore it, where it is in git: `git checkout -- {where}`"
