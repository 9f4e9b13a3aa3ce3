"""Tables of text for a terminal: a row is one line, whatever its cells hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrator.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def table(rows: Iterable[Sequence[object] | Mapping[str, object]], headers: Any = (), **layout: Any) -> str:  # noqa: ANN401 - as tabulate takes them
    """The rows below their headers, as ``tabulate`` lays them out; a text with line breaks is one line of its cell.

    Numbers stay as they are written (a DAG called 00123 keeps its zeros). ``headers`` may be ``"keys"`` for mappings.
    """
    from tabulate import tabulate  # noqa: PLC0415 - lazy, as `migrate --help` is

    return tabulate([_flat(row) for row in rows], headers, disable_numparse=True, **layout)


def _flat(row: Sequence[object] | Mapping[str, object]) -> Any:  # noqa: ANN401
    if isinstance(row, dict):
        return {name: _cell(value) for name, value in row.items()}
    return [_cell(value) for value in row]


def _cell(value: object) -> object:
    return one_line(value) if isinstance(value, str) and len(value.splitlines()) > 1 else value
