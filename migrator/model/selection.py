"""Some of the DAGs of an estate: those that `--dag` and `--owner` name."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.model.count import several
from migrator.model.text import listed, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from migrator.model.dag import Dag

NOBODY = "nobody"
"""The owner of a DAG that names none, as the pages call it."""
LIST = "migrate inventory --list"
"""The command that shows every DAG with its owners."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of the selected DAGs, beside the patterns that selected them; ``of``: how many DAGs there are."""

    dag_ids: frozenset[str]
    dags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    of: int = field(default=0)

    def __contains__(self, dag_id: str) -> bool:
        return dag_id in self.dag_ids

    def __str__(self) -> str:
        return f"{len(self.dag_ids)} of {several(self.of, 'DAG')} ({self.options})"

    @property
    def options(self) -> str:
        """The options as they were typed."""
        given = [("--dag", one) for one in self.dags] + [("--owner", one) for one in self.owners]
        return one_line(" ".join(f"{name} {value}" for name, value in given))

    @property
    def as_data(self) -> dict[str, object]:
        """What JSON says of it."""
        return {"dag": list(self.dags), "owner": list(self.owners), "dags": sorted(self.dag_ids), "of": self.of}


def select(dags: Sequence[Dag], patterns: Sequence[str], owners: Sequence[str]) -> Selection | None:
    """The DAGs that a pattern and an owner fit, each where any is given; None where none is: that is all DAGs.

    Patterns are those of the shell (``*``, ``?``, ``[a-z]``). UsageError names a pattern that fits nothing.
    """
    if not patterns and not owners:
        return None
    ids = {dag.dag_id: (dag.dag_id,) for dag in dags}
    named = _fitting("DAG", patterns, ids)
    owned = _fitting("owner", owners, {dag.dag_id: dag.owned_by or (NOBODY,) for dag in dags})
    both = named & owned
    if not both:
        raise UsageError(
            "no DAG is selected",
            why=f"{listed(sorted(named))} of --dag {'is' if len(named) == 1 else 'are'} of no owner that --owner names",
            fix=f"give one of the two; {LIST} shows each DAG with its owners",
        )
    return Selection(both, tuple(patterns), tuple(owners), len(dags))


def _fitting(kind: str, patterns: Sequence[str], names: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The DAGs of which a name fits one of the patterns; all of them without a pattern."""
    if not patterns:
        return frozenset(names)
    every = sorted({name for some in names.values() for name in some})
    for pattern in patterns:
        if not any(fits(pattern)(name) for name in every):
            raise _unknown(kind, pattern, every)
    tests = [fits(pattern) for pattern in patterns]
    return frozenset(dag_id for dag_id, some in names.items() if any(test(name) for test in tests for name in some))


def fits(pattern: str) -> Callable[[str], bool]:
    """A test of names: the pattern itself, so that a name with brackets can be given, or what the pattern fits."""
    return lambda name: name == pattern or fnmatchcase(name, pattern)


def _unknown(kind: str, pattern: str, names: Iterable[str]) -> UsageError:
    known = {name.casefold(): name for name in names}
    near = [known[name] for name in get_close_matches(pattern.strip("*?").casefold(), known, n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(map(one_line, near))}?" if near else f"none of its {len(known)} names is like it"
    return UsageError(
        f"no {kind} of the inventory matches {one_line(pattern)}",
        why=hint,
        fix=f"{LIST} shows all DAGs with their owners",
    )
