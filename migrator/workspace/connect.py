"""Build the adapters that the configuration names; nothing is asked before it is needed, but GetEnvironment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migrator.environments.agent_client import AgentClient
from migrator.environments.agentless import Agentless
from migrator.environments.bucket import GcsBucket
from migrator.environments.channels.api import ApiChannel
from migrator.environments.channels.gcloud import GcloudChannel
from migrator.environments.channels.local import LocalChannel
from migrator.environments.composer_api import ComposerApi
from migrator.environments.endpoint import COMPOSER, SECRETS, STORAGE, Endpoint
from migrator.environments.name import EnvironmentName
from migrator.environments.ports import Agent, Bucket, Channel, Environment
from migrator.environments.rest import COMPOSER_DAGS_FOLDER, AirflowRest, basic_session, google_session
from migrator.environments.secret_manager import SecretManager
from migrator.errors import WorkspaceError
from migrator.reading import read_file, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import requests

    from migrator.model.environment import EnvironmentFacts
    from migrator.workspace.config import EnvironmentSection, Local
    from migrator.workspace.workspace import Workspace


def connect(workspace: Workspace) -> tuple[Environment, Environment]:
    """Source and target; call ``close`` on both."""
    return connect_source(workspace), connect_target(workspace)


def connect_source(workspace: Workspace) -> Environment:
    """The environment of ``[source]``; UnreachableError when the Composer API does not answer."""
    return _connect(_section(workspace, "source"), workspace.root)


def connect_target(workspace: Workspace) -> Environment:
    """The environment of ``[target]``; UnreachableError when the Composer API does not answer."""
    return _connect(_section(workspace, "target"), workspace.root)


@contextmanager
def connected(
    workspace: Workspace, connect_source: Callable[[Workspace], Environment] = connect_source
) -> Iterator[tuple[Environment, Environment]]:
    """Source and target, closed at the end; ``connect_source`` finds the source."""
    source = connect_source(workspace)
    try:
        target = connect_target(workspace)
        try:
            yield source, target
        finally:
            target.close()
    finally:
        source.close()


def _section(workspace: Workspace, side: str) -> EnvironmentSection:
    section: EnvironmentSection | None = getattr(workspace.config, side)
    if section is None:
        raise WorkspaceError(
            f"the workspace names no {side} environment",
            why=f"migrate.toml has no section [{side}]",
            fix=f'add [{side}] with environment = "projects/P/locations/L/environments/E"',
        )
    return section


def _connect(section: EnvironmentSection, root: Path) -> Environment:
    api = composer_api(section)
    try:
        return _assemble(section, api, root)
    except BaseException:
        api.close()
        raise


def _assemble(section: EnvironmentSection, api: ComposerApi, root: Path) -> Environment:
    channel = channel_of(section, api, root)  # first: a mistake in the configuration shows without the network
    facts = api.facts()
    bucket = bucket_of(section, facts)
    rest = rest_of(section, facts, root)
    agent = agent_of(section, facts, bucket, channel, rest)
    closing = (api.close, bucket.close) + ((rest.close,) if rest else ())
    return Environment(
        facts=facts, bucket=bucket, agent=agent, rest=rest, on_close=closing, settings=api, agentless=not section.agent
    )


def agent_of(
    section: EnvironmentSection, facts: EnvironmentFacts, bucket: Bucket, channel: Channel, rest: AirflowRest | None
) -> Agent:
    """The agent, or what stands for it where the section says that there is none."""
    if section.agent:
        return AgentClient(section.environment, facts.airflow_version, bucket, channel)
    if rest is None:
        raise WorkspaceError(
            f"{section.environment} can't be served without the agent",
            why=f"its Airflow {facts.airflow_version} has no REST API that could stand for it",
            fix="remove agent = false for it in migrate.toml",
        )
    return Agentless(section.environment, facts.airflow_version, rest, channel)


def composer_api(section: EnvironmentSection) -> ComposerApi:
    """The Composer API for the environment of the section."""
    endpoint = Endpoint(section.api_endpoint) if section.api_endpoint else COMPOSER
    return ComposerApi(EnvironmentName.parse(section.environment), endpoint)


def bucket_of(section: EnvironmentSection, facts: EnvironmentFacts) -> GcsBucket:
    """The environment's bucket."""
    endpoint = Endpoint(section.storage_endpoint) if section.storage_endpoint else STORAGE
    return GcsBucket(facts.bucket, EnvironmentName.parse(section.environment).project, endpoint)


def target_bucket(workspace: Workspace, name: str) -> GcsBucket:
    """The bucket of that name in the storage that the target uses, as one that outlived its environment is."""
    section = _section(workspace, "target")
    endpoint = Endpoint(section.storage_endpoint) if section.storage_endpoint else STORAGE
    return GcsBucket(name, EnvironmentName.parse(section.environment).project, endpoint)


def secret_manager_of(workspace: Workspace) -> SecretManager:
    """The Secret Manager that variables and connections go to."""
    transfer = workspace.config.transfer
    endpoint = Endpoint(transfer.secrets_endpoint) if transfer.secrets_endpoint else SECRETS
    return SecretManager(transfer.secrets_project or _target_project(workspace), endpoint)


def _target_project(workspace: Workspace) -> str:
    section = workspace.config.target
    return EnvironmentName.parse(section.environment).project if section else ""


def channel_of(section: EnvironmentSection, api: ComposerApi, root: Path) -> Channel:
    """The channel that the section chose."""
    match section.channel:
        case "gcloud":
            return GcloudChannel(api.environment, section.gcloud)
        case "api":
            return ApiChannel(api)
        case "local":
            local = _local(section)
            return LocalChannel(root / local.airflow, process_environment(local, root))


def rest_of(section: EnvironmentSection, facts: EnvironmentFacts, root: Path) -> AirflowRest | None:
    """The REST API, or None on Airflow 1.10, which has none of use."""
    url = (section.rest.url or facts.airflow_uri).rstrip("/")
    if facts.airflow_version.startswith("1.") or not url:
        return None
    return AirflowRest(url, _session(section, root), dags_folder=_dags_folder(section, root))


def process_environment(local: Local, root: Path) -> dict[str, str]:
    """The process environment of a local ``airflow``: the file's, or this program's, with ``env`` laid over it."""
    base = dict(os.environ) if local.env_file is None else _read_env(root / local.env_file)
    return base | local.env


def _read_env(path: Path) -> dict[str, str]:
    try:
        content = read_json(read_file(path))
        return {str(key): str(value) for key, value in content.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise WorkspaceError(
            f"the environment file {path} cannot be read",
            why=str(error),
            fix="make it one JSON object of strings, or correct env_file in migrate.toml",
        ) from error


def _session(section: EnvironmentSection, root: Path) -> Callable[[], requests.Session]:
    rest = section.rest
    if rest.auth == "google":
        return google_session
    if rest.user is None or rest.password_file is None:
        raise WorkspaceError(
            "the REST API's login is not complete",
            why='auth = "basic" needs user and password_file',
            fix="add both under [target.rest] in migrate.toml",
        )
    user, file = rest.user, root / rest.password_file
    return lambda: basic_session(user, _password(file))


def _password(file: Path) -> str:
    try:
        return read_file(file).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"the password file {file} cannot be read", why=str(error), fix="correct password_file in migrate.toml"
        ) from error


def _local(section: EnvironmentSection) -> Local:
    if section.local is None:
        raise WorkspaceError(
            "the local channel needs an airflow executable",
            why='channel = "local", but there is no [source.local] or [target.local]',
            fix='add it with airflow = "/path/to/airflow"',
        )
    return section.local


def _dags_folder(section: EnvironmentSection, root: Path) -> str:
    """The DAGs folder as the environment names it in file names."""
    if section.local is None:
        return COMPOSER_DAGS_FOLDER
    return process_environment(section.local, root).get("AIRFLOW__CORE__DAGS_FOLDER", COMPOSER_DAGS_FOLDER)
