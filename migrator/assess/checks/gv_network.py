"""GV109: files talk to nothing when they are read."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from migrator.assess.check import BEST, Example, of_file
from migrator.assess.examples import added
from migrator.assess.model import Problem, Severity
from migrator.assess.tables import column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

_CALL = '\nimport requests\n\n\ndef tables():\n    return requests.get("https://x.example/t").json()\n\n'


@of_file(
    "GV109",
    Severity.ERROR,
    fix="Move the call into a task, or into a function that a task calls.",
    link=f"{BEST}#top-level-python-code",
    minutes=30,
    examples=(
        Example("A request while the file is read", 1, added(f"{_CALL}\nTABLES = tables()\n")),
        Example(
            "A database that is opened at the top", 1, added("\nimport psycopg2\nDB = psycopg2.connect(host='h')\n")
        ),
        Example(
            "A client of Google Cloud",
            1,
            added("\nfrom google.cloud import storage\nNAMES = list(storage.Client().list_buckets())\n"),
        ),
        Example("The same in a function that only a task calls", files=added(_CALL)),
        Example(
            "In a file's own main part", files=added(f"{_CALL}\nif __name__ == '__main__':\n    print(tables())\n")
        ),
    ),
)
def network_at_import(file: SourceFile) -> Iterator[Problem]:
    """Tell which files call something on the network while they are read.

    The scheduler reads each file again and again, twice a minute or so: a slow answer delays every DAG, and an outage
    of the other side takes the DAG away.
    """
    for line, name in at_import(file, "network"):
        yield Problem(f"{name} is called when the file is read", line)


def at_import(file: SourceFile, kind: str) -> Iterator[tuple[int, str]]:
    """The calls of a kind (see the table ``import_calls``) that happen at import: line and name, once a line."""
    found: dict[int, str] = {}
    for call in file.at_import:
        name = file.dotted(call.func)
        if name and kind_of(name) == kind:
            found.setdefault(call.lineno, f"{name.replace('()', '')}()")
    yield from sorted(found.items())


@cache
def kind_of(name: str) -> str:
    """What a call of this dotted name does; empty for nothing of the kind."""
    return next(
        (kind for pattern, kind in column("import_calls", "name", "kind").items() if fnmatchcase(name, pattern)), ""
    )
