"""Character sets by the names that dumps give them, and texts of them; bytes that are none are kept in the text.

Names and what they hold: MySQL 8.0 manual 10.10 (its latin1 is Windows' 1252), Postgres 15 manual, table 24.1.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

_MYSQL = {
    "utf8mb4": "utf-8", "utf8": "utf-8", "utf8mb3": "utf-8", "ascii": "ascii", "latin1": "cp1252",
    "latin2": "iso8859-2", "latin5": "iso8859-9", "latin7": "iso8859-13", "greek": "iso8859-7", "hebrew": "iso8859-8",
    "cp1250": "cp1250", "cp1251": "cp1251", "cp1256": "cp1256", "cp1257": "cp1257", "cp850": "cp850", "cp852": "cp852",
    "cp866": "cp866", "koi8r": "koi8-r", "koi8u": "koi8-u", "tis620": "tis-620", "ujis": "euc-jp", "eucjpms": "euc-jp",
    "euckr": "euc-kr", "gb2312": "gb2312", "gbk": "gbk", "gb18030": "gb18030", "sjis": "shift-jis", "cp932": "cp932",
    "big5": "big5",
}  # fmt: skip
_POSTGRES = {
    "utf8": "utf-8", "unicode": "utf-8", "sqlascii": "utf-8", "latin1": "iso8859-1", "latin2": "iso8859-2",
    "latin3": "iso8859-3", "latin4": "iso8859-4", "latin5": "iso8859-9", "latin6": "iso8859-10", "latin7": "iso8859-13",
    "latin8": "iso8859-14", "latin9": "iso8859-15", "latin10": "iso8859-16", "iso88595": "iso8859-5",
    "iso88596": "iso8859-6", "iso88597": "iso8859-7", "iso88598": "iso8859-8", "koi8r": "koi8-r", "koi8u": "koi8-u",
    "win866": "cp866", "win874": "cp874", "win1250": "cp1250", "win1251": "cp1251", "win1252": "cp1252",
    "win1253": "cp1253", "win1254": "cp1254", "win1255": "cp1255", "win1256": "cp1256", "win1257": "cp1257",
    "win1258": "cp1258", "eucjp": "euc-jp", "euckr": "euc-kr", "euccn": "gb2312", "eucjis2004": "euc-jis-2004",
    "sjis": "cp932", "shiftjis2004": "shift-jis-2004", "big5": "big5", "gbk": "gbk", "gb18030": "gb18030",
    "johab": "johab", "uhc": "cp949",
}  # fmt: skip
_EMBEDDING = frozenset({"big5", "gbk", "gb18030", "shift-jis", "cp932", "shift-jis-2004", "johab", "cp949"})
"""Those in which a byte of a sign may look like a quote or a backslash."""
_EVERY = frozenset({"utf-8", "gb18030"})
BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Encoding:
    """A character set. Its own ``codec`` is Python's."""

    name: str
    codec: str

    @property
    def embeds(self) -> bool:
        """Whether a byte of a longer sign may be one of ASCII's."""
        return self.codec in _EMBEDDING

    @property
    def holds_all(self) -> bool:
        """Whether it has every sign that a database may hold."""
        return self.codec in _EVERY

    def text(self, data: bytes) -> str:
        """The text; of what is none in this set only ASCII is, the rest as ``kept`` has it."""
        found = data.decode(self.codec, "surrogateescape")
        if self.codec == "cp1252" and self.name == "latin1":  # MySQL's has all 256 bytes
            return "".join(chr(ord(sign) - 0xDC00) if "\udc80" <= sign <= "\udcff" else sign for sign in found)
        return kept(data) if undecoded(found) else found

    def data(self, text: str) -> bytes:
        """The bytes of a text that ``text`` gave."""
        if self.codec == "cp1252":
            return b"".join(bytes([ord(one)]) if "\x80" <= one <= "\x9f" else self._bytes(one) for one in text)
        return self._bytes(text)

    def _bytes(self, text: str) -> bytes:
        return text.encode(self.codec, "surrogateescape")


@functools.cache
def encoding_of(name: str, *, mysql: bool) -> Encoding:
    """The character set of that name; of one that is not known only ASCII is text."""
    plain = "".join(sign for sign in name.lower() if sign.isalnum())
    codec = (_MYSQL if mysql else _POSTGRES).get(plain, "ascii")
    return Encoding(plain, codec)


def kept(data: bytes) -> str:
    """A text for bytes that are none: each beyond ASCII is half a surrogate pair, as PEP 383 has it."""
    return data.decode("ascii", "surrogateescape")


def undecoded(text: str | None) -> bool:
    """Whether a text holds bytes that were none of its set."""
    return text is not None and not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text)
