"""Run ``airflow`` through ``gcloud composer environments run``, the only way into Composer 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrator.environments.channels.local import run_process
from migrator.environments.ports import CommandResult
from migrator.errors import UnreachableError
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from migrator.environments.name import EnvironmentName

GROUPS = frozenset({"connections", "dags", "db", "kubernetes", "pools", "roles", "tasks", "users", "variables"})
"""Airflow's command groups; gcloud takes their second word before ``--``."""

NOISE = re.compile(
    r"""^(?:
        kubeconfig\ entry\ generated\ for\ .*
      | Fetching\ cluster\ endpoint\ and\ auth\ data\.
      | Executing\ within\ the\ following\ Kubernetes\ cluster\ namespace:.*
      | Executing\ the\ command:.*
      | Command\ has\ been\ started\..*
      | Use\ ctrl-c\ to\ interrupt\ the\ command
      | Defaulted\ container\ .*
      | Unable\ to\ use\ a\ TTY\ .*
      | command\ terminated\ with\ exit\ code\ \d+
      | WARNING:\ Accessing\ a\ Kubernetes\ Engine\ cluster\ requires\ the\ kubernetes\ commandline.*
      | Updates\ are\ available\ for\ some\ (?:Google\ Cloud|gcloud)\ CLI\ components.*
    )$""",
    re.VERBOSE,
)
"""What gcloud and kubectl say around the command's own output."""

NEVER_RAN = re.compile(
    r"ERROR: \(gcloud\.[\w.]+\).*(?:PERMISSION_DENIED|NOT_FOUND|UNAUTHENTICATED|does not have permission"
    r"|auth login|[Rr]eauthentication|could not be found|no active account|cannot be reached|is not in RUNNING state)"
    r"|Unable to connect to the server"
)
"""Errors of gcloud itself: the command did not reach Airflow."""


@dataclass(frozen=True, slots=True)
class GcloudChannel:
    """gcloud, logged in as a person or a service account that may run commands in the environment."""

    environment: EnvironmentName
    gcloud: str = "gcloud"

    def run(self, *arguments: str, deadline: float) -> CommandResult:
        """Run ``airflow ARGUMENTS`` in a worker; UnreachableError when gcloud did not get that far."""
        done = run_process([self.gcloud, *self.command(*arguments)], None, deadline)
        refusal = next((line for line in done.output.splitlines() if NEVER_RAN.search(line)), None)
        if done.exit_code != 0 and refusal is not None:
            raise UnreachableError(
                f"gcloud could not run a command in environment {self.environment}",
                why=scrub(refusal).strip(),
                fix=f"check the login and the name with `{self.environment.describe_command}`",
            )
        return CommandResult(done.exit_code, without_noise(done.output))

    def command(self, *arguments: str) -> list[str]:
        """The words after ``gcloud``: flat commands have one word before ``--``, groups two."""
        nested = len(arguments) > 1 and arguments[0] in GROUPS and not arguments[1].startswith("-")
        words = 2 if nested else 1
        head = ["composer", "environments", "run", *self.environment.flags]
        return [*head, *arguments[:words], "--", *arguments[words:]]


def without_noise(output: str) -> str:
    """The output without the lines that gcloud and kubectl add."""
    return "\n".join(line for line in output.splitlines() if not NOISE.match(line.strip()))
