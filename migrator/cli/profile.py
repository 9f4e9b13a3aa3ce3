"""``migrate profile``: what a target has installed, so that code is rewritten for just that."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.context import of
from migrator.errors import UsageError

if TYPE_CHECKING:
    from codemods.profiles import Profile

Name = Annotated[str, typer.Argument(metavar="NAME", help="What to call it, such as the Composer image.")]
Places = Annotated[list[Path], typer.Argument(metavar="PLACE...", help="Wheels, and site-packages folders.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Where to write it; NAME.profile.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    profile = typer.Typer(help="What a target has installed.", no_args_is_help=True, rich_markup_mode=None)
    profile.command("list")(list_)
    profile.command("build")(build)
    app.add_typer(profile, name="profile")


def list_() -> None:
    """List the profiles that come with the tool, with the versions of their packages."""
    from codemods.profiles import DEFAULT, load, names
    from migrator.model.table import table as tabulated

    rows = [[name, "default" if name == DEFAULT else "", _versions(load(name))] for name in names()]
    sys.stdout.write(tabulated(rows, headers=["profile", "", "holds"]) + "\n")


def build(ctx: typer.Context, name: Name, places: Places, output: Output = None) -> None:
    """Index the Airflow and the providers in wheels or site-packages folders, importing nothing."""
    from zipfile import BadZipFile

    from codemods.profiles.index import index
    from codemods.profiles.shipped import encode
    from migrator.workspace.outputs import write_output

    for place in places:
        if not (place.is_dir() or place.suffix == ".whl") or not place.exists():
            why = "PLACE is a wheel, or a folder that packages are installed in."
            raise UsageError(f"{place} is neither.", why=why, fix="name the site-packages folder of the target")
    try:
        profile = index(name, places)
    except (OSError, SyntaxError, ValueError, BadZipFile) as error:
        raise UsageError("The packages cannot be read.", why=f"{error}.", fix="install them again, then try") from error
    if profile.package("apache-airflow") is None:
        why = "A profile without apache-airflow could say nothing about any import."
        raise UsageError("There is no Airflow in these places.", why=why, fix="name the folder that holds airflow/")
    path = output or Path(f"{name}.profile")
    write_output(path, encode(profile), of(ctx).workspace)
    of(ctx).say(f"wrote {path}: {_versions(profile)}; use it with migrate rewrite --target {path}")


def _versions(profile: Profile) -> str:
    own = f"Airflow {profile.airflow}, {len(profile.classes)} classes"
    google = profile.package("apache-airflow-providers-google")
    return f"{own}, google {google}" if google else own
