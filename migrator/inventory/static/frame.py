"""Where code is followed: the names that it sees, and what all code of one DAG file shares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.inventory.static.gate import MOST_NESTED, Gate, TooLongError
from migrator.inventory.static.values import UNKNOWN

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from migrator.inventory.static.values import MadeDag

MOST_DEPTH = 12


@dataclass(slots=True)
class State:
    """What all code of one DAG file shares.

    ``module`` gives the names of a module of the tree, or None for one that is not followed. ``unlisted`` holds the
    lines at which DAGs may be made whose ids are not known; ``run`` follows statements, to their result; ``read`` gives
    the bytes of one of ``paths``, the files of the tree. ``generators`` says of functions, by their code, whether they
    are any.
    """

    module: Callable[[str], dict[str, Any] | None]
    run: Callable[[list[ast.stmt], Frame], Any]
    paths: frozenset[str] = frozenset()
    read: Callable[[str], bytes] = lambda _: b""
    unlisted: set[int] = field(default_factory=set)
    contexts: list[MadeDag | None] = field(default_factory=list)
    made: list[MadeDag] = field(default_factory=list)
    gate: Gate = field(default_factory=Gate)
    depth: int = 0
    generators: dict[ast.AST, bool] = field(default_factory=dict)

    @property
    def dag(self) -> MadeDag | None:
        """The DAG whose ``with`` block is being followed."""
        return self.contexts[-1] if self.contexts else None


@dataclass(slots=True)
class Frame:
    """The names of a module, or of one call of a function; ``name`` and ``file`` are the module's.

    ``starred``: it has names of a module that is not followed, from ``import *``. ``depth``: frames above it.
    """

    name: str
    state: State
    names: dict[str, Any] = field(default_factory=dict)
    above: Frame | None = None
    starred: bool = False
    file: str = ""
    depth: int = 0

    @property
    def root(self) -> Frame:
        """The module."""
        frame = self
        while frame.above is not None:
            frame = frame.above
        return frame

    def within(self, names: dict[str, Any]) -> Frame:
        """A call, or a comprehension, in it; TooLongError when it lies too deep."""
        if self.depth >= MOST_NESTED:
            raise TooLongError
        return Frame(self.name, self.state, names, self, file=self.file, depth=self.depth + 1)

    def look_up(self, name: str) -> Any:  # noqa: ANN401 - any value of a file
        """The value of a name; UNKNOWN for one that was never given one here."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.above
        return UNKNOWN
