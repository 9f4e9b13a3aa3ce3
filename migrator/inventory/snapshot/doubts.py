"""Secrets whose text is in doubt: bytes that are none in the dump's character set, and signs that MySQL wrote as ?."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from migrator.inventory.snapshot.damage import MYSQL
from migrator.inventory.snapshot.encodings import undecoded
from migrator.inventory.snapshot.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.inventory.snapshot.contents import Contents

_NAMES = {"variable": "key", "connection": "conn_id"}
_LOST = {"sjis": frozenset("?\\")}
"""What may stand in place of a sign; sjis has one place for both backslashes."""


def kept_bytes(contents: Contents) -> list[dict[str, Any]]:
    """The rows that hold bytes which are no text, with those bytes in base64: they are sealed as they are."""
    return [
        {"table": table, "key": _shown(row.get(name)), "columns": columns}
        for table, name in _NAMES.items()
        for row in contents.tables[table]
        if (columns := _bytes_of(row))
    ]


def _bytes_of(row: dict[str, str | None]) -> dict[str, str]:
    odd = {name: cell for name, cell in row.items() if cell is not None and undecoded(cell)}
    return {
        name: base64.b64encode(cell.encode("ascii", "surrogateescape")).decode("ascii") for name, cell in odd.items()
    }


def doubts(contents: Contents) -> Iterator[Problem]:
    """The secrets that may have lost a sign, where the dump's character set lacks some."""
    lossy = contents.dump.session.lossy
    lost = _LOST.get(lossy, frozenset("?"))
    for table, name in _NAMES.items() if lossy else ():
        for row in contents.tables[table]:
            if columns := sorted(column for column, cell in row.items() if cell and lost & set(cell)):
                why = f"{', '.join(columns)} holds ?, which MySQL writes for a sign that {lossy} lacks"
                yield Problem(f"{table} {_shown(row.get(name))} may lack signs", why, f"make the dump again: {MYSQL}")


def _shown(key: str | None) -> str:
    return str(key).encode("utf-8", "backslashreplace").decode()
