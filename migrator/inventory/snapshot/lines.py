"""The lines of a dump, one at a time: a long one comes in pieces, and what was read too far is given back."""

from __future__ import annotations

import codecs
import gzip
import zlib
from typing import IO, TYPE_CHECKING

from migrator.errors import UsageError
from migrator.inventory.snapshot.marks import is_mark

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.inventory.snapshot.encodings import Encoding

BLOCK = 1 << 20
_UTF8_MARK = b"\xef\xbb\xbf"
_RESTORE = "pg_restore --file={stem}.sql {path}, and name the folder again"
_UNPACK = "unpack it ({tool} {path}), and name the folder again"
_PLAIN = "write it without a shell's >: mysqldump --result-file={stem}.sql DATABASE, or iconv -f UTF-16 -t UTF-8 {path}"
_DUMP = "write it as SQL text: pg_dump --file={stem}.sql DATABASE, or mysqldump --result-file={stem}.sql DATABASE"
_FORMS = (
    (b"PGDMP", "it is pg_dump's custom format (-Fc)", _RESTORE),
    (b"toc.dat\0", "it is pg_dump's tar format (-Ft)", _RESTORE),
    (b"\xff\xfe", "it is UTF-16, as PowerShell's > writes it", _PLAIN),
    (b"\xfe\xff", "it is UTF-16, as PowerShell's > writes it", _PLAIN),
    (b"PK\x03\x04", "it is a zip file", _UNPACK.replace("{tool}", "unzip")),
    (b"BZh", "it is packed by bzip2", _UNPACK.replace("{tool}", "bunzip2")),
    (b"\xfd7zXZ\0", "it is packed by xz", _UNPACK.replace("{tool}", "unxz")),
    (b"\x28\xb5\x2f\xfd", "it is packed by zstd", _UNPACK.replace("{tool}", "unzstd")),
    (b"\x1f\x8b", "it is packed by gzip twice", _UNPACK.replace("{tool}", "gunzip")),
    (b"SQLite format 3\0", "it is a database of SQLite, which no Composer has", _DUMP),
    (b"<?xml", "it is XML (mysqldump --xml)", _DUMP),
)
_MOST_BINARY = 400
_MARKS = ("-- PostgreSQL database dump", "-- MySQL dump", "-- MariaDB dump", "COPY ", "INSERT ", "CREATE TABLE", "/*!")


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where it is packed by gzip."""
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def looks_like_sql(path: Path) -> bool:
    """Whether the file begins as a dump does."""
    try:
        with opened(path) as handle:
            head = handle.read(65_536).decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error):
        return False
    return any(mark in head for mark in _MARKS)


class Lines:
    """Lines in the file's own bytes, a sign each (Latin-1), or decoded where a set's bytes can't be told apart."""

    def __init__(self, path: Path, handle: IO[bytes]) -> None:
        self._path, self._handle = path, handle
        self._again: list[str] = []
        self._decoder: codecs.IncrementalDecoder | None = None
        self._first = True
        self.number = 0
        """How many lines have begun."""
        self._ended = True
        self.last = ""
        """The piece that was read last."""
        self.marks: list[str] = []
        """The lines, since it was emptied, that would change what follows if they began a statement."""

    def decode(self, encoding: Encoding | None) -> None:
        """Decode what follows; None: leave the bytes as they are."""
        made = codecs.getincrementaldecoder(encoding.codec)("surrogateescape") if encoding else None
        self._decoder = made

    def next(self) -> str:
        """The next line with its end, or a piece of a line longer than a block; EOFError after the last."""
        if self._again:
            return self._counted(self._again.pop())
        piece = self._handle.readline(BLOCK)
        if self._first:
            self._first = False
            _check(self._path, piece)
            piece = piece.removeprefix(_UTF8_MARK)
        text = self._decoder.decode(piece, not piece) if self._decoder else piece.decode("latin-1")
        if not text and not piece:
            raise EOFError
        return self._counted(text) if text else self.next()

    def _counted(self, text: str) -> str:
        self.number += self._ended
        if self._ended and is_mark(text):
            self.marks.append(text)
        self.last = text
        self._ended = text.endswith("\n")
        return text

    def push(self, pieces: list[str]) -> None:
        """Give pieces back, the last of which was read last."""
        self.number -= sum(piece.endswith("\n") for piece in pieces)
        self._ended = True
        self.marks = [one for one in self.marks if one not in pieces]
        self._again += reversed([piece for piece in pieces if piece])

    def peek(self) -> str:
        """The next piece, which is read again."""
        piece = self.next()
        self.push([piece])
        return piece

    def finish(self, piece: str) -> None:
        """Skip the rest of the line that this piece is of."""
        while not piece.endswith("\n"):
            piece = self.next()


def _check(path: Path, piece: bytes) -> None:
    """UsageError for a file that begins as no SQL text does."""
    found = [(why, fix) for mark, why, fix in _FORMS if piece.startswith(mark)]
    if not found and piece[:4096].count(0) > _MOST_BINARY:
        found = [("it holds binary data", _DUMP)]
    for why, fix in found:
        name = path.name.split(".")[0]
        raise UsageError(f"{path} is no SQL text", why=why, fix=fix.format(stem=name, path=path))
