"""Several source environments in one ``migrate.toml``: each member is a workspace of its own in ``fleet/NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from migrator.errors import WorkspaceError
from migrator.workspace.config import FILE_NAME, Config, load_config

if TYPE_CHECKING:
    from pathlib import Path

    from migrator.workspace.config import EnvironmentSection, MemberSection, TargetSection

    Section = TypeVar("Section", bound=EnvironmentSection)

FOLDER = "fleet"


def member_folders(root: Path, config: Config) -> dict[str, Path]:
    """The workspace of each member, by its name; WorkspaceError when there is none."""
    if not config.fleet:
        raise WorkspaceError(
            "the workspace names no fleet",
            why=f"{FILE_NAME} has no section [fleet.NAME]",
            fix='for each add [fleet.NAME.source] with environment = "projects/P/locations/L/environments/E"',
        )
    return {name: root / FOLDER / name for name in sorted(config.fleet)}


def member_at(root: Path) -> Config | None:
    """The configuration of the member whose workspace ``root`` is; None when it is none of a fleet's."""
    place = root.resolve()
    above = place.parent.parent
    if place.parent.name != FOLDER or not (above / FILE_NAME).is_file():
        return None
    config = load_config(above / FILE_NAME)
    if place.name not in config.fleet:
        raise WorkspaceError(
            f"the fleet has no member {place.name}",
            why=f"{above / FILE_NAME} names {', '.join(sorted(config.fleet)) or 'none'}",
            fix=f"add [fleet.{place.name}.source] to it, or name one of these",
        )
    return member_config(config, place.name, above)


def member_config(config: Config, name: str, above: Path) -> Config:
    """The fleet's configuration as that of one member; its paths, and the key's, stay those beside ``migrate.toml``."""
    member = config.fleet[name]
    identity = above / config.secrets.identity_file
    return config.model_copy(
        update={
            "source": _placed(member.source, above),
            "target_table": _placed(_target_of(member, config), above),
            "secrets": config.secrets.model_copy(update={"identity_file": identity}),
            "fleet": {},
        }
    )


def _target_of(member: MemberSection, config: Config) -> TargetSection | None:
    """The member's own target, or else the one of all; the packages of all come along, and its own before them."""
    shared, own = config.target_table, member.target
    if shared is None or own is None:
        return own or shared
    place = own if own.environment else shared
    return place.model_copy(update={"packages": shared.packages | own.packages})


def _placed(section: Section | None, above: Path) -> Section | None:
    """The section with its files named from the folder of ``migrate.toml``."""
    if section is None:
        return None
    rest, local = section.rest, section.local
    if rest.password_file is not None:
        rest = rest.model_copy(update={"password_file": above / rest.password_file})
    if local is not None:
        env_file = above / local.env_file if local.env_file is not None else None
        local = local.model_copy(update={"airflow": above / local.airflow, "env_file": env_file})
    return section.model_copy(update={"rest": rest, "local": local})
