"""What a check is: a short function with a code, and the examples that are its tests and its documentation."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from migrator.assess.model import Problem, Severity
from migrator.model.readiness import Readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migrator.model.dag import Dag
    from migrator.model.environment import EnvironmentFacts
    from migrator.model.resources import Connection, Pool
    from migrator.model.run import Run

DAGS = "https://airflow.apache.org/docs/apache-airflow/2.10.5/core-concepts/dags.html"
BEST = "https://airflow.apache.org/docs/apache-airflow/2.10.5/best-practices.html"
COMPOSER = "https://cloud.google.com/composer/docs/composer-2"

Said = str | Problem

GROUPS = {"GV": "governance", "CP": "compatibility", "ES": "estate", "WV": "waivers", "CM": "rewrite"}


class Subject(StrEnum):
    """What a check looks at: each DAG, each Python file, or the estate once."""

    DAG = "dag"
    FILE = "file"
    ESTATE = "estate"


@dataclass(frozen=True, slots=True)
class Example:
    """A case of a check: a small estate, and how many problems it has; 0: left alone.

    What is not given is a clean DAG ``orders`` in ``dags/orders.py``; ``dag`` changes fields of it, and ``files`` are
    by path of the bucket. ``options`` are those of the check in migrate.toml.
    """

    about: str
    found: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    dag: Mapping[str, Any] = field(default_factory=dict)
    dags: tuple[Dag, ...] = ()
    runs: tuple[Run, ...] = ()
    environment: EnvironmentFacts | None = None
    connections: tuple[Connection, ...] = ()
    pools: tuple[Pool, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One check. The docstring of ``look`` is its description, its keyword defaults are its options.

    ``holds`` is what a finding makes of a DAG, ``minutes`` what a person needs for one, as a rule; ``stops``: the
    target can't load a file that has one; ``runs``: the DAG loads, and a person has to look at how it runs. ``needs``:
    the parts of the inventory (`migrator.model.parts`) that must be whole, or it gives no verdict, and facts of a DAG
    that must be known beside those that it reads.
    """

    code: str
    name: str
    subject: Subject
    severity: Severity
    fix: str
    link: str
    examples: tuple[Example, ...]
    look: Callable[..., Iterable[Said]]
    holds: Readiness = Readiness.READY
    minutes: int = 5
    needs: tuple[str, ...] = ()
    stops: bool = False
    runs: bool = False

    @property
    def group(self) -> str:
        """The group that the code begins with."""
        return GROUPS[self.code[:2]]

    @property
    def options(self) -> dict[str, Any]:
        """Its options with their defaults."""
        kinds = inspect.signature(self.look).parameters.values()
        return {one.name: one.default for one in kinds if one.kind is inspect.Parameter.KEYWORD_ONLY}

    @property
    def summary(self) -> str:
        """The first line of the description."""
        return inspect.getdoc(self.look).partition("\n")[0]  # type: ignore[union-attr]

    @property
    def why(self) -> str:
        """The rest of the description, as one paragraph."""
        return " ".join(inspect.getdoc(self.look).partition("\n")[2].split())  # type: ignore[union-attr]


if TYPE_CHECKING:
    OfDag = Callable[[Callable[..., Iterable[Said]]], Check]


def _decorator(
    subject: Subject,
) -> Callable[..., Callable[[Callable[..., Iterable[Said]]], Check]]:
    def decorate(
        code: str,
        severity: Severity,
        *,
        fix: str,
        link: str,
        examples: tuple[Example, ...],
        holds: Readiness = Readiness.READY,
        minutes: int = 5,
        needs: tuple[str, ...] = (),
        stops: bool = False,
        runs: bool = False,
    ) -> Callable[[Callable[..., Iterable[Said]]], Check]:
        def made(look: Callable[..., Iterable[Said]]) -> Check:
            name = look.__name__.replace("_", "-")
            return Check(code, name, subject, severity, fix, link, examples, look, holds, minutes, needs, stops, runs)

        return made

    return decorate


of_dag = _decorator(Subject.DAG)
of_file = _decorator(Subject.FILE)
of_estate = _decorator(Subject.ESTATE)
