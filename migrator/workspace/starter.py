"""The files with which a workspace begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.errors import RefusedError
from migrator.workspace.config import FILE_NAME, Config, EnvironmentSection, TargetSection
from migrator.workspace.files import write_atomic
from migrator.workspace.keys import create_identity
from migrator.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

GITIGNORE = """\
# The journal, the cache and the private key stay on this machine, and so do values for Terraform.
/.migrate/
/fleet/*/.migrate/
*.auto.tfvars
"""
PLACEHOLDER = "projects/PROJECT/locations/LOCATION/environments/NAME"

TEMPLATE = """\
# The workspace of one migration. Everything here is made for git, but .migrate/.
schema_version = 1

# Where the DAGs run today.
# channel: gcloud (Composer 1), api (Composer 2.4 and later) or local (an airflow on this machine).
{source}

# Where they will run.
{target}

# The REST API of the target; a Google login unless auth = "basic" with user and password_file.
# [target.rest]
# url = "https://..."            # default: the environment's airflow_uri

[secrets]
# recipient = "age1..."          # default: the key in identity_file
identity_file = ".migrate/identity.txt"

[inventory]
weeks = 4                        # how far back runs are read
# plain = ["TZ", "TEAM_*", "connections.*.schema"]    # what may be read by everybody; all else is sealed

[plan]
wave_size = 25                   # at most so many DAGs in a wave
# wave_running = 20              # at most so many runs under way at once in a wave, on average
# pins = {{ some_dag = 2 }}        # DAGs that go in a wave of your choice
# critical = {{ "tag:critical" = 25, "billing_*" = 40 }}    # points of risk
# callers = {{ "orders_*" = "moves" }}    # who starts them from outside: moves, people or ends
# forbids = [{{ dags = ["billing_*"], waves = [0, 1] }}, {{ apart = ["export_eu", "export_us"] }}]
# [plan.windows.weekend]         # cutover refuses outside of it
# timezone = "Europe/Paris"
# open = ["Sat,Sun 22:00-05:00"]
# dags = ["billing_*"]           # or waves = [3]; without both it is for everything

[cutover]
margin_seconds = 45              # nothing happens so close to the next interval's boundary
settle_seconds = 20              # after a pause, wait so long and look again
drain_timeout_seconds = 3600     # how long running tasks may take
observe_seconds = 600            # how long the target is watched
poll_seconds = 5
history = 10                     # finished runs carried over for each DAG
"""


def start_workspace(
    root: Path, source: EnvironmentSection | None = None, target: EnvironmentSection | None = None
) -> Workspace:
    """Write migrate.toml, .gitignore and a key; RefusedError, and nothing changed, when there is a workspace."""
    config = root / FILE_NAME
    if config.exists():
        raise RefusedError(
            f"there is a workspace in {root.resolve()} already",
            why=f"{config} exists, and init never overwrites",
            fix=f"edit {config}, or name another folder: `migrate --workspace DIR init`",
        )
    workspace = Workspace(root, Config(source=source, target=_target(target)))
    create_identity(workspace.identity)
    _ignore(root / ".gitignore")
    write_atomic(config, starter(source, target).encode())
    return workspace


def _target(section: EnvironmentSection | None) -> TargetSection | None:
    return TargetSection(**section.model_dump()) if section else None


def starter(source: EnvironmentSection | None, target: EnvironmentSection | None) -> str:
    """The text of migrate.toml; an environment that is not known yet stands there as a comment."""
    return TEMPLATE.format(source=_section("source", source, "gcloud"), target=_section("target", target, "api"))


def _section(side: str, section: EnvironmentSection | None, channel: str) -> str:
    mark = "# " if section is None else ""
    name, chosen = (PLACEHOLDER, channel) if section is None else (section.environment, section.channel)
    lines = [f"[{side}]", f'environment = "{name}"', f'channel = "{chosen}"']
    if chosen == "local":
        lines += ["", f"# [{side}.local]", '# airflow = "/path/to/airflow"', '# env_file = "env.json"']
    return "\n".join(mark + line if line else line for line in lines)


def _ignore(path: Path) -> None:
    """Keep what a .gitignore that is there says."""
    there = path.read_text("utf-8") if path.exists() else ""
    missing = [line for line in GITIGNORE.splitlines() if line not in there.splitlines()]
    if any(not line.startswith("#") for line in missing):
        gap = "\n" if there and not there.endswith("\n") else ""
        write_atomic(path, (there + gap + "\n".join(missing) + "\n").encode())
