"""Which files an ``.airflowignore`` keeps from Airflow's parser; where that is not known, the file counts as read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.inventory.static.patterns import Budget, Reading, Rule, readings
from migrator.inventory.static.source import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = ".airflowignore"
MOST_LINES = 500
"""Patterns of one tree."""
_LONGEST = 60


class Ignored:
    """The patterns of a tree of DAG files, whose paths are relative to the DAGs folder.

    They hold below the folder of their file. A folder that is ignored is not walked: what lies in it is ignored too,
    and its own patterns do not count.
    """

    def __init__(self, files: Mapping[str, bytes | Refused], airflow: str, *, glob: bool) -> None:
        self._readings = readings(airflow)
        if glob := glob and not {Reading.RELATIVE, Reading.RE2}.isdisjoint(self._readings):  # since 2.3
            self._readings = (Reading.RE2,)  # all read globs alike
        budget = Budget()
        self._rules = [rule for path in _outer_first(files) for rule in _rules(path, files[path], budget, glob=glob)]
        for rule in self._rules[MOST_LINES:]:
            rule.why = "there are more patterns than are looked at"
        self._verdicts: dict[tuple[str, Reading], bool | None] = {}
        self._doubts: dict[Rule, list[str]] = {rule: [] for rule in self._rules if rule.why}

    def holds(self, path: str) -> bool:
        """Whether Airflow surely passes over the file; one of which that is not known is remembered."""
        verdicts = {self._verdict(path, reading, folder=False) for reading in self._readings}
        if verdicts in ({True}, {False}):
            return True in verdicts
        for rule in self._deciding(path):
            self._doubts.setdefault(rule, []).append(path)
        return False

    def findings(self) -> list[str]:
        """A line for each pattern that leaves unknown whether Airflow reads a file, after all files were asked for."""
        return [self._finding(rule, paths) for rule, paths in self._doubts.items() if rule.why or paths]

    def _finding(self, rule: Rule, paths: list[str]) -> str:
        pattern = repr(rule.text if len(rule.text) <= _LONGEST else f"{rule.text[:_LONGEST]}...")
        place = f"{rule.file} line {rule.line}" if rule.line else rule.file
        if why := rule.reason(self._readings):
            begin = f"{place}: the pattern {pattern} is not supported ({why})" if rule.line else f"{place}: {why}"
        elif len(self._readings) > 1:
            begin = f"{place}: what the pattern {pattern} stands for depends on Airflow's version"
        else:
            begin = f"{place}: the pattern {pattern} is not supported for names beyond ASCII"
        return f"{begin}: whether Airflow reads {_named(paths)} is unknown" if paths else begin

    def _verdict(self, path: str, reading: Reading, *, folder: bool) -> bool | None:
        key = (path, reading)
        if key not in self._verdicts:
            above = path.rpartition("/")[0]
            outer = self._verdict(above, reading, folder=True) if above else False
            own = False if outer else self._own(path, reading, folder=folder)
            self._verdicts[key] = True if True in (outer, own) else None if None in (outer, own) else False
        return self._verdicts[key]

    def _own(self, path: str, reading: Reading, *, folder: bool) -> bool | None:
        """The last glob that matches decides, and any regular expression."""
        verdict: bool | None = False
        for rule in self._of(path):
            match rule.matches(path, reading, folder=folder):
                case True:
                    verdict = rule.include
                case None if verdict is not rule.include:
                    verdict = None
            if verdict and not rule.glob:
                return True
        return verdict

    def _of(self, path: str) -> Iterator[Rule]:
        return (rule for rule in self._rules if path.startswith(rule.folder))

    def _deciding(self, path: str) -> Iterator[Rule]:
        """The patterns of which one may hold for the path or a folder above it."""
        parts = path.split("/")
        above = ["/".join(parts[:end]) for end in range(1, len(parts))]
        for rule in self._of(path):
            places = [(one, True) for one in above if one.startswith(rule.folder)] + [(path, False)]
            found = [rule.matches(one, reading, folder=is_) for one, is_ in places for reading in self._readings]
            if True in found or None in found:
                yield rule


def _outer_first(files: Iterable[str]) -> list[str]:
    return sorted(files, key=lambda path: (path.count("/"), path))


def _rules(path: str, content: bytes | Refused, budget: Budget, *, glob: bool) -> Iterable[Rule]:
    folder = path.removesuffix(NAME)
    if isinstance(content, Refused):
        return [Rule(path, 0, folder, "", budget, why=content.why)]
    lines = content.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [
        Rule(path, number, folder, text, budget, glob=glob)
        for number, line in enumerate(lines, 1)
        if (text := line.partition("#")[0].rstrip() if "#" in line else line)
    ]


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - 1} other files" if len(paths) > 2 else f" and {paths[1]}" if len(paths) > 1 else ""
    return f"{paths[0]}{more}, listed here,"
