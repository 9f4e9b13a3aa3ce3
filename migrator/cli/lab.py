"""``migrate lab``: two real Airflows, a bucket and a Composer API on this machine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of

if TYPE_CHECKING:
    from migrator.lab.model import Lab, Side

Home = Annotated[
    Path | None, typer.Option("--home", envvar="MIGRATE_LAB_HOME", help="The lab's folder; default: in the cache.")
]


class Estate(StrEnum):
    """Which DAGs ``up`` loads into v1."""

    SMALL = "small"
    FULL = "full"
    NONE = "none"


def register(app: typer.Typer) -> None:
    """Add the command group to the program."""
    group = typer.Typer(no_args_is_help=True, help="Run two real Airflows on this machine.")
    group.command()(up)
    group.command()(status)
    group.command()(down)
    group.command()(reset)
    app.add_typer(group, name="lab")


def up(
    ctx: typer.Context,
    home: Home = None,
    estate: Annotated[Estate, typer.Option("--estate", help="The DAGs to load into v1.")] = Estate.SMALL,
) -> None:
    """Start the lab, load an estate into v1, and wait until both Airflows are healthy."""
    from migrator.lab import estate as estates
    from migrator.lab import lab

    context = of(ctx)
    running = lab.up(_home(home), context.say)
    if estate is not Estate.NONE:
        estates.fill(running, estate.value, context.say)
    print(_table(running))


def status(ctx: typer.Context, home: Home = None) -> None:
    """Show the lab's processes; exit 1 when one of them does not run."""
    from migrator.lab import lab
    from migrator.model.table import table as tabulated

    rows = lab.status(_home(home))
    if not rows:
        of(ctx).say("the lab is not running; start it with: migrate lab up")
        raise typer.Exit(1)
    cells = [(row.name, row.pid, "running" if row.alive else "dead", row.log) for row in rows]
    print(tabulated(cells, headers=("process", "pid", "state", "log")))
    if not all(row.alive for row in rows):
        raise typer.Exit(1)


def down(ctx: typer.Context, home: Home = None) -> None:
    """Stop every process of the lab; its databases and buckets stay for the next up."""
    from migrator.lab import lab

    lab.down(_home(home), of(ctx).say)


def reset(ctx: typer.Context, home: Home = None) -> None:
    """Stop the lab and delete what it holds; the installed Airflows stay."""
    from migrator.lab import lab

    lab.reset(_home(home), of(ctx).say)


def _home(chosen: Path | None) -> Path:
    from migrator.lab.paths import default_home

    return chosen or default_home()


def _table(lab: Lab) -> str:
    """Where everything is, for a person."""
    from migrator.model.table import table as tabulated

    rows = [
        *(row for side in lab.sides for row in _side_rows(side)),
        ("bucket server", lab.gcs_endpoint),
        ("Composer API", lab.api_endpoint),
        ("gcloud", lab.gcloud),
        ("logs", lab.home / "logs"),
    ]
    return tabulated(rows, tablefmt="plain")


def _side_rows(side: Side) -> list[tuple[str, object]]:
    login = f"{side.user}, password in {side.home / 'password'}" if side.user else "no login"
    return [
        (f"{side.name} Airflow {side.airflow_version}", f"{side.url}   ({login})"),
        (f"{side.name} environment", side.environment),
        (f"{side.name} bucket", f"gs://{side.bucket}"),
    ]
