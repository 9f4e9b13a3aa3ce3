"""Wire the commands together, and be the only place that catches errors."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from migrator.cli.context import Context
from migrator.cli.help import with_help
from migrator.cli.streams import set_border, terminal_width
from migrator.errors import MigrateError, UsageError
from migrator.model.width import prose, within
from migrator.workspace.private import close_workspace

app = typer.Typer(
    name="migrate",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich help costs 200 ms a start
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Carry a company from Cloud Composer v1 to v2, each scheduled interval exactly once.",
)

COMMANDS = (
    "init",
    "doctor",
    "inventory",
    "drift",
    "assess",
    "rewrite",
    "rules",
    "profile",
    "plan",
    "provision",
    "transfer",
    "deploy",
    "verify",
    "fleet",
    "cutover",
    "complete",
    "bridge",
    "status",
    "audit",
    "report",
    "freshness",
    "dashboard",
    "docs",
    "policies",
    "local",
    "lab",
    "demo",
)

NO_ROOM, NOT_ALLOWED, NO_PLACE = "make room", "name a place that this account may use", "name one that is there"
TOO_LARGE = "allow larger files there: `ulimit -f unlimited`, or another disk"
BROKEN = "look at that disk or share"
REFUSALS = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: NO_ROOM,
    errno.EFBIG: TOO_LARGE,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.EROFS: NOT_ALLOWED,
    errno.ETXTBSY: NOT_ALLOWED,
    errno.ENOENT: NO_PLACE,
    errno.ENOTDIR: NO_PLACE,
    errno.EISDIR: NO_PLACE,
    errno.ENAMETOOLONG: NO_PLACE,
    errno.ELOOP: NO_PLACE,
    errno.EEXIST: "name another place",
    errno.EXDEV: "name another place",
    errno.EIO: BROKEN,
    errno.ESTALE: BROKEN,
    errno.EMFILE: "allow more open files: `ulimit -n 4096`",
    errno.ENFILE: "close other programs",
    errno.ENOMEM: "close other programs",
}
"""What to do about a file that this machine does not give."""
_NAMELESS = frozenset({NO_ROOM, TOO_LARGE, BROKEN})


def _show_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        print(version("composer-migrator"))
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="Folder of the migration.", envvar="MIGRATE_WORKSPACE")
    ] = Path(),
    config: Annotated[
        Path | None, typer.Option("--config", help="Configuration file; migrate.toml in the workspace.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only results and errors.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")] = False,
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Carry a company from Cloud Composer v1 to v2, each scheduled interval exactly once."""
    close_workspace(workspace)
    ctx.obj = Context(workspace=workspace, config=config, debug=debug, quiet=quiet, no_color=no_color)


for _name in COMMANDS:
    import_module(f"migrator.cli.{_name}").register(app)
with_help(app)


def main() -> None:
    """Run ``migrate``; errors become a message on stderr and an exit code of their own."""
    set_border()
    try:
        with within(terminal_width()):
            _run()
    except MigrateError as error:
        _end(error, error)
    except Exception as error:  # noqa: BLE001 - nothing is above that could
        _end(error, _refused(error) or _bug(error))


def _run() -> None:
    try:
        app()
    finally:
        _flush()


def _flush() -> None:
    """Write what is left of the result; where that fails nothing of it is tried again at the interpreter's end."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def _end(error: Exception, told: MigrateError) -> NoReturn:
    if "--debug" in sys.argv:
        from migrator.cli.debug import trace

        print(trace(error), end="", file=sys.stderr)
    else:
        with within(terminal_width()):
            print(prose(f"error: {told}"), file=sys.stderr)
    sys.exit(told.exit_code)


def _refused(error: Exception) -> MigrateError | None:
    """What the operating system refused; None for what is no matter of files."""
    if not isinstance(error, OSError):
        return None
    fix = REFUSALS.get(error.errno or 0)
    if fix is None or (error.filename is None and fix not in _NAMELESS):
        return None
    return UsageError(
        f"cannot use {error.filename or 'a file'}: {(error.strerror or str(error)).lower()}",
        why=f"the operating system refused it ({errno.errorcode[error.errno or 0]})",
        fix=f"{fix}, then run the same command again (--debug shows where it was)",
    )


def _bug(error: Exception) -> MigrateError:
    from migrator.scrub.text import scrub

    again = " ".join(["migrate", "--debug", *map(scrub, sys.argv[1:])])
    return MigrateError(
        f"A bug in this program: {type(error).__name__}.",
        why=scrub(str(error)).partition("\n")[0] or "no details",
        fix=f"nothing that was done is lost; report what this prints: {again}",
    )
