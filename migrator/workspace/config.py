"""``migrate.toml``: what it may hold, and how a mistake in it is told."""

from __future__ import annotations

import difflib
from datetime import date  # noqa: TC003 - pydantic reads it at run time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from migrator.environments.name import EnvironmentName
from migrator.errors import WorkspaceError
from migrator.reading import UnreadableError, read_file, read_toml
from migrator.workspace.provision_config import FreshnessSection, NetworkSection, ProvisionSection, RangeSection
from migrator.workspace.section import Section
from migrator.workspace.wave_config import BacklogSection, CutoverSection, ForbidSection, PlanSection, WindowSection

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
FILE_NAME = "migrate.toml"


def _environment(value: str) -> str:
    return str(EnvironmentName.parse(value))


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("should look like https://HOST or http://127.0.0.1:PORT")
    return value.rstrip("/")


Url = Annotated[str, AfterValidator(_url)]


class Local(Section):
    """How the ``airflow`` executable of this machine is run.

    ``env_file`` is a JSON object that holds its whole process environment; without one it is this program's.
    ``env`` is laid over it.
    """

    airflow: Path
    env: dict[str, str] = {}
    env_file: Path | None = None


class RestSection(Section):
    """The REST API of an Airflow 2; ``url`` is the environment's ``airflow_uri`` unless it is given."""

    url: Url | None = None
    auth: Literal["google", "basic"] = "google"
    user: str | None = None
    password_file: Path | None = None


class EnvironmentSection(Section):
    """One environment and the channel through which its ``airflow`` command is run.

    ``agent`` false: the agent may not be put into it, so that a cutover goes by its REST API and command line.
    """

    environment: Annotated[str, AfterValidator(_environment)]
    channel: Literal["gcloud", "local", "api"] = "gcloud"
    gcloud: str = "gcloud"
    api_endpoint: Url | None = None
    storage_endpoint: Url | None = None
    local: Local | None = None
    rest: RestSection = RestSection()
    agent: bool = True


class TargetSection(EnvironmentSection):
    """The target: its environment, once there is one, and ``packages`` that it will have beside its image.

    ``packages``: name to extras and versions, empty for any; ``-`` for one of the source's that it will not have.
    """

    environment: Annotated[str, AfterValidator(_environment)] = ""
    packages: dict[str, str] = {}

    @model_validator(mode="after")
    def _named(self) -> TargetSection:
        """A target that is more than its packages has a name."""
        if not self.environment and self.model_fields_set != {"packages"}:
            raise ValueError("environment is not set: it looks like projects/P/locations/L/environments/E")
        return self


class SecretsSection(Section):
    """The operator's age key: secrets leave an environment only encrypted to ``recipient``."""

    recipient: Annotated[str, Field(pattern=r"^age1[0-9a-z]{58}$")] | None = None
    identity_file: Path = Path(".migrate/identity.txt")


class InventorySection(Section):
    """How many weeks of runs the inventory holds.

    ``plain``: names, or patterns of names, of environment variables and overrides whose values it holds in clear, and
    of parts of connections, such as ``connections.*.schema``: host, schema or login.
    """

    weeks: Annotated[int, Field(ge=1)] = 4
    plain: tuple[Annotated[str, Field(min_length=1)], ...] = ()


class Waiver(Section):
    """Findings that somebody answers for: ``where`` fits the DAG id or file, ``expires`` is the last day."""

    code: Annotated[str, Field(min_length=1)]
    where: str = "*"
    reason: Annotated[str, Field(min_length=3)]
    expires: date


class EffortSection(Section):
    """Minutes of a person: to ``test`` a DAG, ``review`` a rewritten file, ``confirm`` a fix, do it in ``person``."""

    test: Annotated[int, Field(ge=0)] = 15
    review: Annotated[int, Field(ge=0)] = 5
    confirm: Annotated[int, Field(ge=0)] = 10
    person: Annotated[int, Field(ge=0)] = 30


class TransferSection(Section):
    """What happens to what v2 has already with another content, for each kind; ``skip`` where nothing is said.

    ``destination``: Airflow's database unless Secret Manager is named, there in ``secrets_project``, else the target's.
    """

    destination: dict[Literal["variables", "connections"], Literal["database", "secret-manager"]] = {}
    secrets_project: str | None = None
    secrets_endpoint: Url | None = None
    policy: dict[
        Literal["variables", "connections", "pools", "users", "overrides", "env", "files"],
        Literal["skip", "replace", "merge"],
    ] = {}


class VerifySection(Section):
    """Differences that somebody answers for: a pattern such as ``dag etl: task load: retries`` to the reason."""

    accept: dict[str, Annotated[str, Field(min_length=3)]] = {}


class AssessSection(Section):
    """Policies: options by the code of a check, waivers, and what work takes."""

    options: dict[str, dict[str, Any]] = {}
    waivers: list[Waiver] = []
    effort: EffortSection = EffortSection()


class PoliciesSection(Section):
    """How the governance checks are enforced in the target.

    ``page`` is the team's own page, with ``{code}`` where a rule's code goes; ``grace``: by a pattern of DAG ids, the
    last day on which they are only warned of.
    """

    mode: Literal["refuse", "warn"] = "refuse"
    page: Url | None = None
    contact: str = ""
    ignore: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    grace: dict[str, date] = {}
    task_minutes: Annotated[int, Field(ge=1)] | None = None
    retry_pool: Annotated[str, Field(min_length=1)] | None = None


class MemberSection(Section):
    """One of several environments that are moved together; without a ``target`` it goes into ``[target]``."""

    source: EnvironmentSection | None = None
    target: TargetSection | None = None


MemberName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]


class Config(Section):
    """The whole file; ``target_table`` is ``[target]`` as it was read, which may hold nothing but packages."""

    schema_version: int = SCHEMA_VERSION
    source: EnvironmentSection | None = None
    target_table: TargetSection | None = Field(default=None, alias="target")
    secrets: SecretsSection = SecretsSection()
    cutover: CutoverSection = CutoverSection()
    plan: PlanSection = PlanSection()
    inventory: InventorySection = InventorySection()
    assess: AssessSection = AssessSection()
    transfer: TransferSection = TransferSection()
    verify: VerifySection = VerifySection()
    policies: PoliciesSection = PoliciesSection()
    provision: ProvisionSection = ProvisionSection()
    freshness: FreshnessSection = FreshnessSection()
    fleet: dict[MemberName, MemberSection] = {}

    @property
    def target(self) -> TargetSection | None:
        """The target's environment; None where none is named yet."""
        return self.target_table if self.target_table and self.target_table.environment else None

    @property
    def packages(self) -> Mapping[str, str]:
        """The packages that were chosen for the target; those of ``[provision.packages]``, as it was, come second."""
        return self.provision.packages | (self.target_table.packages if self.target_table else {})


def load_config(path: Path) -> Config:
    """Read the file; WorkspaceError names the line, the key or the version that is wrong."""
    try:
        content = read_toml(read_file(path))
    except UnreadableError as error:
        raise WorkspaceError(
            f"{path} is not valid TOML", why=str(error), fix=f"correct that line of {path.name}"
        ) from error
    version = content.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{path} is of a newer version of this program",
            why=f"its schema_version is {version}, this program reads up to {SCHEMA_VERSION}",
            fix="pip install --upgrade composer-migrator",
        )
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        raise WorkspaceError(
            f"{path} is not valid",
            why="; ".join(_explain(problem) for problem in error.errors()),
            fix=f"correct {path.name}; its keys are listed in MIGRATION.md",
        ) from error


def _explain(problem: Any) -> str:  # noqa: ANN401
    location = [str(part) for part in problem["loc"]]
    name = ".".join(location)
    if problem["type"] != "extra_forbidden":
        return f"{name}: {problem['msg']}"
    near = difflib.get_close_matches(location[-1], _known_keys(location[:-1]), n=1, cutoff=0.5)
    return f"{name} is not a known key" + (f"; did you mean {near[0]!r}?" if near else "")


def _known_keys(location: list[str]) -> list[str]:
    """The keys of the table at that place."""
    model: type[BaseModel] = Config
    for part in location:
        model = _SECTIONS.get(part, model)  # a number is a place in a list of tables
    return [field.alias or name for name, field in model.model_fields.items()]


_SECTIONS: dict[str, type[BaseModel]] = {
    "source": EnvironmentSection,
    "target": TargetSection,
    "local": Local,
    "rest": RestSection,
    "secrets": SecretsSection,
    "cutover": CutoverSection,
    "plan": PlanSection,
    "forbids": ForbidSection,
    "windows": WindowSection,
    "backlog": BacklogSection,
    "inventory": InventorySection,
    "assess": AssessSection,
    "transfer": TransferSection,
    "verify": VerifySection,
    "waivers": Waiver,
    "effort": EffortSection,
    "policies": PoliciesSection,
    "provision": ProvisionSection,
    "network": NetworkSection,
    "ranges": RangeSection,
    "freshness": FreshnessSection,
    "fleet": MemberSection,
}
