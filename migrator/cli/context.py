"""What every command shares: where the workspace is and how to talk."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli import streams

if TYPE_CHECKING:
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
            print(message, file=sys.stderr, flush=True)

    def console(self, *, stderr: bool = False) -> Console:
        """A rich console that honours ``--no-color`` and ``NO_COLOR``."""
        return streams.console(stderr=stderr, no_color=self.no_color or bool(os.environ.get("NO_COLOR")))


def of(ctx: typer.Context) -> Context:
    """The shared context that the top-level callback stored."""
    shared = ctx.obj
    return shared if isinstance(shared, Context) else Context()
