"""What a rule is: a code, its documentation, its examples, and a check that reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from codemods.engine.report import Safety

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from codemods.engine.file import File
    from codemods.engine.report import Fix, Flag


@dataclass(frozen=True, slots=True)
class Example:
    """A case of a rule: a test and a piece of documentation. ``after`` None: left alone."""

    about: str
    before: str
    after: str | None = None
    unsafe: bool = False
    flagged: bool = False

    @property
    def expected(self) -> str:
        """The source after the rule."""
        return self.before if self.after is None else self.after


class Rule:
    """One rule. The class docstring is its description; ``check`` sees every node of the kinds in ``watches``.

    A rule that ``rebuilds`` turns calls of one class into calls of another; it comes before those that move imports.
    One that is ``opt_in`` acts only where its whole code is selected; one that acts ``anywhere`` speaks of Python
    itself, and sees files that do not name Airflow too. Where it ``stops``, the target can't load a file until what it
    leaves to a person is done.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    safety: ClassVar[Safety] = Safety.SAFE
    since: ClassVar[str] = "2.0"
    url: ClassVar[str] = "https://airflow.apache.org/docs/apache-airflow/stable/howto/upgrading-from-1-10/index.html"
    rebuilds: ClassVar[bool] = False
    opt_in: ClassVar[bool] = False
    anywhere: ClassVar[bool] = False
    stops: ClassVar[bool] = False
    needles: ClassVar[tuple[bytes, ...]] = (b"airflow",)
    watches: ClassVar[tuple[type[cst.CSTNode], ...]]
    examples: ClassVar[tuple[Example, ...]]

    def check(self, node: Any, file: File) -> Iterable[Fix | Flag]:  # noqa: ANN401 - one of ``watches``
        """What this rule has to say about one node."""
        raise NotImplementedError

    @classmethod
    def summary(cls) -> str:
        """The first line of the description."""
        return (cls.__doc__ or "").strip().partition("\n")[0]

    @classmethod
    def explanation(cls) -> str:
        """The whole description, unindented."""
        lines = (cls.__doc__ or "").strip().splitlines()
        return "\n".join([lines[0], *(line.removeprefix("    ") for line in lines[1:])])
