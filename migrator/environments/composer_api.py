"""One environment as the Composer API knows it, through Google's own client over REST."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrator.environments.endpoint import COMPOSER, Endpoint
from migrator.environments.failures import Peer, is_transient, odd_answer, one_line, reaching
from migrator.environments.retry import Retry
from migrator.errors import UnreachableError
from migrator.model.environment import EnvironmentFacts
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from migrator.environments.name import EnvironmentName

TIMEOUT_SECONDS = 30.0
UPDATE_SECONDS = 2700.0
"""How long an update may take: Composer builds an image and restarts every part of Airflow."""
NETWORK_PARTS = (
    "node_config",
    "private_environment_config",
    "web_server_network_access_control",
    "master_authorized_networks_config",
)
_FIELD = re.compile(r"Failed to parse (\w+) field")
SIZE_PARTS = (
    "environment_size",
    "resilience_mode",
    "workloads_config",
    "database_config",
    "web_server_config",
    "encryption_config",
    "maintenance_window",
    "recovery_config",
    "data_retention_config",
)


@dataclass(frozen=True, slots=True)
class PolledLines:
    """What a running command has printed since the last poll; ``exit_code`` is None while it runs."""

    lines: tuple[str, ...]
    next_line: int
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class StartedCommand:
    """A command that ExecuteAirflowCommand started."""

    execution_id: str
    pod: str
    namespace: str


@dataclass(slots=True)
class ComposerApi:
    """The Composer API for one environment; the client is made at the first call."""

    environment: EnvironmentName
    endpoint: Endpoint = COMPOSER
    retry: Retry = field(default_factory=Retry)
    _client: Any = field(default=None, init=False, repr=False)

    def facts(self) -> EnvironmentFacts:
        """What GetEnvironment says; UnreachableError when it does not answer."""
        with reaching(self.peer):
            client = self._connected()
            found = self.retry(
                lambda: client.get_environment(
                    request={"name": str(self.environment)}, retry=None, timeout=TIMEOUT_SECONDS
                ),
                transient=is_transient,
            )
        facts = facts_of(found)
        for word, there in (("name", facts.name), ("image version", facts.image), ("bucket", facts.bucket)):
            if not there:
                raise odd_answer(self.peer, f"it names no {word}")
        return facts

    def neighbours(self) -> list[EnvironmentFacts]:
        """What ListEnvironments says of every environment of the same project and location, this one included."""
        parent = str(self.environment).rpartition("/environments/")[0]
        with reaching(self.peer):
            client = self._connected()
            found = self.retry(
                lambda: list(client.list_environments(request={"parent": parent}, retry=None, timeout=TIMEOUT_SECONDS)),
                transient=is_transient,
            )
        return [facts_of(one) for one in found]

    def execute(self, command: str, subcommand: str, parameters: tuple[str, ...]) -> StartedCommand:
        """Start an Airflow command; not tried again, since it may have started."""
        request = {
            "environment": str(self.environment),
            "command": command,
            "subcommand": subcommand,
            "parameters": list(parameters),
        }
        with reaching(self.peer):
            client = self._connected()
            started = client.execute_airflow_command(request=request, timeout=TIMEOUT_SECONDS)
        if started.error:
            raise _refused(self.peer, started.error)
        if not started.execution_id:
            raise odd_answer(self.peer, "it names no command that was started")
        return StartedCommand(started.execution_id, started.pod, started.pod_namespace)

    def poll(self, started: StartedCommand, next_line: int) -> PolledLines:
        """The lines from ``next_line`` on (the first is 1), and the exit code once it ended."""
        request = self._reference(started) | {"next_line_number": next_line}
        with reaching(self.peer):
            client = self._connected()
            polled = self.retry(
                lambda: client.poll_airflow_command(request=request, timeout=TIMEOUT_SECONDS), transient=is_transient
            )
        last = max((line.line_number for line in polled.output), default=next_line - 1)
        exit_code = int(polled.exit_info.exit_code) if polled.output_end else None
        return PolledLines(tuple(line.content for line in polled.output), last + 1, exit_code)

    def stop(self, started: StartedCommand) -> None:
        """Ask for the end of a command that took too long."""
        with reaching(self.peer):
            client = self._connected()
            client.stop_airflow_command(request=self._reference(started) | {"force": True}, timeout=TIMEOUT_SECONDS)

    def set_overrides(self, overrides: dict[str, str]) -> None:
        """Make these the Airflow overrides; UnreachableError when the environment refuses them."""
        self._update("config.software_config.airflow_config_overrides", {"airflow_config_overrides": overrides})

    def set_env_variables(self, variables: dict[str, str]) -> None:
        """Make these the environment variables; UnreachableError when the environment refuses them."""
        self._update("config.software_config.env_variables", {"env_variables": variables})

    def _update(self, mask: str, software: dict[str, Any]) -> None:
        """One kind of change a request, as UpdateEnvironment takes it; not tried again, since it may have begun."""
        request = {
            "name": str(self.environment),
            "environment": {"config": {"software_config": software}},
            "update_mask": {"paths": [mask]},
        }
        with reaching(self.peer):
            operation = self._connected().update_environment(request=request, timeout=TIMEOUT_SECONDS)
            if not operation.operation.name:
                raise odd_answer(self.peer, "it names no operation that could be waited for")
            try:
                operation.result(timeout=UPDATE_SECONDS)
            except TypeError as error:  # of google.api_core, for a result of another type
                raise odd_answer(self.peer, one_line(error)) from error

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.transport.close()
            self._client = None

    @property
    def peer(self) -> Peer:
        """How an error names this environment."""
        return Peer(
            f"environment {self.environment}",
            f"{self.endpoint.url}/v1/{self.environment}",
            self.environment.describe_command,
        )

    def _reference(self, started: StartedCommand) -> dict[str, Any]:
        return {
            "environment": str(self.environment),
            "execution_id": started.execution_id,
            "pod": started.pod,
            "pod_namespace": started.namespace,
        }

    def _connected(self) -> Any:  # noqa: ANN401 - google is untyped
        if self._client is None:
            from google.cloud.orchestration.airflow.service_v1 import EnvironmentsClient  # noqa: PLC0415 - lazy, as `migrate --help` is
            from google.cloud.orchestration.airflow.service_v1.services.environments.transports import (  # noqa: PLC0415 - lazy, as `migrate --help` is
                EnvironmentsRestTransport,
            )

            from migrator.environments.wire import guard_transport  # noqa: PLC0415 - lazy, as `migrate --help` is

            transport = EnvironmentsRestTransport(
                host=self.endpoint.host,
                url_scheme=self.endpoint.scheme,
                credentials=self.endpoint.credentials(),
            )
            guard_transport(transport, self.peer)
            guard_transport(transport.operations_client.transport, self.peer)
            self._client = EnvironmentsClient(transport=transport)
        return self._client


def facts_of(environment: Any) -> EnvironmentFacts:  # noqa: ANN401 - google is untyped
    """The model of an ``Environment`` message; sizes and networks keep the API's own names."""
    message = type(environment).to_dict(
        environment,
        use_integers_for_enums=False,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=False,
    )
    config = message.get("config", {})
    software = config.get("software_config", {})
    sizes = {key: config[key] for key in SIZE_PARTS if key in config}
    if "scheduler_count" in software:
        sizes["scheduler_count"] = software["scheduler_count"]
    return EnvironmentFacts(
        name=message.get("name", ""),
        image=software.get("image_version", ""),
        state=message.get("state", "STATE_UNSPECIFIED"),
        bucket=_bucket(message),
        airflow_uri=config.get("airflow_uri", ""),
        packages=dict(software.get("pypi_packages", {})),
        overrides=dict(software.get("airflow_config_overrides", {})),
        env_variables=dict(software.get("env_variables", {})),
        node_count=int(config.get("node_count", 0)),
        network={key: config[key] for key in NETWORK_PARTS if key in config},
        sizes=sizes,
    )


def facts_of_json(text: str) -> EnvironmentFacts:
    """The model of an environment as the REST API writes it. Raises ValueError for another text."""
    from google.cloud.orchestration.airflow.service_v1.types import (  # noqa: PLC0415 - lazy, as `migrate --help` is
        Environment,
    )
    from google.protobuf.json_format import ParseError  # noqa: PLC0415 - lazy, as `migrate --help` is

    try:
        return facts_of(Environment.from_json(text, ignore_unknown_fields=True))
    except ParseError as error:
        raise ValueError(_field_of(str(error))) from None


def _field_of(message: str) -> str:
    """Which field is not as it should be, and nothing of its value."""
    fields = _FIELD.findall(message)
    return f"the field {'.'.join(fields)} has another form than the API gives it" if fields else "it is no environment"


def _bucket(message: dict[str, Any]) -> str:
    """The bucket's name; older environments give only ``gs://BUCKET/dags``."""
    named = message.get("storage_config", {}).get("bucket", "")
    prefix = message.get("config", {}).get("dag_gcs_prefix", "")
    return str(named or prefix).removeprefix("gs://").partition("/")[0]


def _refused(peer: Peer, message: str) -> UnreachableError:
    return UnreachableError(
        f"{peer.what} did not run the Airflow command",
        why=scrub(message),
        fix=f"check that the environment is healthy with `{peer.check}`",
    )
