"""One line of an ``.airflowignore``, matched in time that grows with the text only, as each Airflow would match it.

Airflow 1.10 to 2.6.2 match with Python's ``re``, later ones with RE2; here RE2 matches for all. Where the two would
differ, or where RE2 cannot say what the line means, the answer is None.
Source: ``airflow/utils/file.py`` of 1.10.15, 2.0.2, 2.2.5, 2.3.4, 2.6.3, 2.7.3, 2.10.5 and 2.11.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

import re2
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

ROOT = "/home/airflow/gcs/dags/"
"""Where Composer has the DAGs folder; 1.10 matches whole paths."""
MOST_WORK = 1_000_000_000
"""Steps of all searches, each as many as the pattern's size times the text's."""
MOST_PATTERN = 1_000
_MEMORY = 256 << 10
_DIFFERS = re.compile(r"\{,|\{[0-9,]*[0-9]{8}|\[:|\\[pPQECz]|\\x\{|.\(\?[a-zA-Z-]+\)|\(\?[a-zA-Z]*U|\(\?<[a-zA-Z]")
_LOCAL = re.compile(r"\\[dDwWsSbB]|\$|\(\?[a-zA-Z]*i")


class Reading(Enum):
    """How a range of Airflow versions reads the lines."""

    ABSOLUTE = "1.10"
    DOTTED = "2.0 to 2.2"
    RELATIVE = "2.3 to 2.6.2"
    RE2 = "2.6.3 and later"

    def text(self, path: str) -> str:
        """What a regular expression is searched in for a path relative to the DAGs folder."""
        if self is Reading.ABSOLUTE:
            return ROOT + path
        return f"./{path}" if self is Reading.DOTTED and "/" not in path else path


def readings(version: str) -> tuple[Reading, ...]:
    """How that Airflow reads them; all ways when its version is not known."""
    parts = version.split(".")
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 5]
    if len(numbers) != len(parts) or len(parts) < 2:
        return tuple(Reading)
    if numbers < [2]:
        return (Reading.ABSOLUTE,)
    if numbers < [2, 3]:
        return (Reading.DOTTED,)
    return (Reading.RELATIVE,) if numbers < [2, 6, 3] else (Reading.RE2,)


@dataclass(slots=True)
class Budget:
    """What the searches of one tree may still take."""

    left: int = MOST_WORK

    def spend(self, steps: int) -> bool:
        """Whether so many are left."""
        self.left -= steps
        return self.left >= 0


@dataclass(slots=True, eq=False)
class Rule:
    """One line: ``folder`` is that of its file, relative to the DAGs folder, with ``/`` at its end.

    ``why``: why it is not supported, "" for one that is. ``include``: False for a glob that takes back.
    """

    file: str
    line: int
    folder: str
    text: str
    budget: Budget
    glob: bool = False
    include: bool = True
    why: str = ""
    dropped: bool = False
    """RE2 calls it no pattern, so that an Airflow with RE2 goes on without it."""
    _pattern: re2._Regexp | None = field(default=None, init=False)
    _differs: bool = field(default=False, init=False)
    _local: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        start = self.text[:MOST_PATTERN]
        self._differs, self._local = bool(_DIFFERS.search(start)), bool(_LOCAL.search(start))
        source = _of_glob(self) if self.glob else self.text
        if not self.why:
            self._pattern = _compiled(self, source)

    def matches(self, path: str, reading: Reading, *, folder: bool) -> bool | None:
        """Whether it matches a path relative to the DAGs folder; None where that is not known."""
        if self._pattern is None:
            return False if self.dropped and reading is Reading.RE2 and not self.glob else None
        if self.glob:
            return self._search(self._relative(path) + ("/" if folder and self.text.endswith("/") else ""))
        text = reading.text(path)
        plain = text.isascii() and "\n" not in text
        if reading is not Reading.RE2 and (self._differs or (self._local and not plain)):
            return None
        return self._search(text)

    def reason(self, ways: tuple[Reading, ...]) -> str:
        """Why what it matches may not be known under these readings."""
        if self._differs and not self.glob and ways != (Reading.RE2,):
            return self.why or "Python reads it differently than RE2"
        return self.why

    def _relative(self, path: str) -> str:
        anchored = "/" in self.text.rstrip("/") or self.text.startswith("/")
        return path.removeprefix(self.folder) if anchored else path.rpartition("/")[2]

    def _search(self, text: str) -> bool | None:
        if self._pattern is None or not self.budget.spend(self._pattern.programsize * len(text)):
            self.why = self.why or "all patterns together take longer than is waited for"
            return None
        try:
            return self._pattern.search(text) is not None
        except UnicodeEncodeError:  # a name that is no Unicode text
            return None


def _of_glob(rule: Rule) -> str:
    """The regular expression of a glob; a line whose meaning changed between versions of pathspec has none."""
    if rule.text != rule.text.strip() or rule.text.count("[") != rule.text.count("]"):
        rule.why = "it is read in more than one way"
        return ""
    try:
        source, include = GitIgnoreSpecPattern.pattern_to_regex(rule.text[:MOST_PATTERN])
    except ValueError:
        rule.why = "it is no glob, and Airflow stops at it"
        return ""
    rule.include = bool(include)
    return source if isinstance(source, str) else "$^"  # "/" alone, which matches nothing


def _compiled(rule: Rule, source: str) -> re2._Regexp | None:
    options = re2.Options()
    options.max_mem, options.log_errors, options.never_capture = _MEMORY, False, True
    if len(rule.text) > MOST_PATTERN:
        rule.why = "it is longer than is looked at"
        return None
    try:
        return re2.compile(source, options)
    except UnicodeEncodeError:
        rule.why = "it is no UTF-8 text"
    except re2.error as error:
        rule.why = _said(error)
        rule.dropped = "too large" not in rule.why
    return None


def _said(error: re2.error) -> str:
    """What RE2 says, without the text that it quotes."""
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return text.partition(":")[0][:100] or "RE2 does not read it"
