"""What every command shares: where the workspace is and how to talk."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli import streams
from migrator.model.width import prose, within

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import typer
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Context:
    """The global options of one run of ``migrate``."""

    workspace: Path = Path()
    config: Path | None = None
    debug: bool = False
    quiet: bool = False
    no_color: bool = False

    @property
    def config_path(self) -> Path:
        """The configuration file: ``--config``, or ``migrate.toml`` in the workspace."""
        return self.config or self.workspace / "migrate.toml"

    def say(self, message: str) -> None:
        """Tell the person something on stderr, unless ``--quiet``."""
        if not self.quiet:
            print(prose(message), file=sys.stderr, flush=True)

    def show(self, text: str, *, exact: bool = False) -> None:
        """Print a result to stdout, its longer lines broken between words as the terminal is wide; ``exact``: not."""
        sys.stdout.write(text if exact else prose(text))
        sys.stdout.flush()

    def console(self, *, stderr: bool = False) -> Console:
        """A rich console that honours ``--no-color`` and ``NO_COLOR``."""
        return streams.console(stderr=stderr, no_color=self.no_color or bool(os.environ.get("NO_COLOR")))


def wide_for(output: Path | None) -> AbstractContextManager[None]:
    """What is made in the block goes to that file, so that no terminal bounds it; with None, it goes to stdout."""
    return nullcontext() if output is None else within(None)


def of(ctx: typer.Context) -> Context:
    """The shared context that the top-level callback stored."""
    shared = ctx.obj
    return shared if isinstance(shared, Context) else Context()
