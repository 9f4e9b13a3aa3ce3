"""A stand-in for ``gcloud composer environments run``, the only part of gcloud that the lab plays.

Real gcloud runs the airflow command in a worker with ``kubectl exec``. This one runs the same command line
of that side's real Airflow, prints the same noise, and ends with the same exit code.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import LabError
from migrator.lab import state, sync
from migrator.lab.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.lab.model import Lab, Side

_FLAT = """
    backfill clear connections create_user dag_state delete_dag delete_user kerberos list_dag_runs list_dags
    list_tasks list_users next_execution pause pool render run task_failed_deps task_state tasks_states test
    trigger_dag unpause upgradedb variables version worker
"""
_NESTED = "backfill connections dags kerberos pools roles sync-perm tasks users variables version worker"
ALLOWED = {"v1": frozenset(f"{_FLAT} {_NESTED}".split()), "v2": frozenset(_NESTED.split())}
"""What gcloud lets through for Airflow 1.10 (flat) and 2 (nested); 1.10.14 takes some nested forms too."""

NOISE = (
    "Executing within the following Kubernetes cluster namespace: {namespace}",
    "kubeconfig entry generated for {cluster}.",
)
CLUSTERS = {
    "v1": ("composer-1-20-12-airflow-1-10-15-0a1b2c3d", "us-central1-v1-0a1b2c3d-gke"),
    "v2": ("composer-2-15-3-airflow-2-10-5-4e5f6a7b", "us-central1-v2-4e5f6a7b-gke"),
}


def install(lab: Lab) -> None:
    """Write the executable ``bin/gcloud`` of the lab."""
    script = f"#!{sys.executable}\nfrom migrator.lab.gcloud import main\nmain({str(lab.home)!r})\n"
    write_atomic(lab.gcloud, script.encode(), mode=0o755)


def main(home: str) -> None:
    """Run one command and exit as gcloud does."""
    sys.exit(run(Path(home), sys.argv[1:]))


def run(home: Path, arguments: Sequence[str]) -> int:
    """Run ``composer environments run ENV ... SUBCOMMAND [NESTED] -- ARGS``; 0, 1, or 2 for usage."""
    current = state.read(home)
    if current is None:
        raise LabError("the lab is not up", why=f"{home} has no lab.json", fix="migrate lab up")
    options, passed = _parse(arguments)
    name = f"projects/{options.project}/locations/{options.location}/environments/{options.environment}"
    side = next((side for side in current.lab.sides if side.environment == name), None)
    if side is None:
        return _error(f"(gcloud.composer.environments.run) NOT_FOUND: Resource '{name}' was not found")
    refusal = _refusal(side, options.subcommand)
    if refusal:
        return _error(refusal, code=2)
    return _execute(side, [options.subcommand, *options.nested, *passed])


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """What comes before ``--`` is gcloud's, what comes after is Airflow's."""
    words = list(arguments)
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(prog="gcloud")
    parser.add_argument("group", choices=["composer"])
    parser.add_argument("resource", choices=["environments"])
    parser.add_argument("verb", choices=["run"])
    parser.add_argument("environment")
    parser.add_argument("subcommand")
    parser.add_argument("nested", nargs="?", action="append", default=[])
    parser.add_argument("--project", required=True)
    parser.add_argument("--location", required=True)
    parser.add_argument("--quiet", "-q", action="store_true")
    parser.add_argument("--verbosity")
    options = parser.parse_intermixed_args(words[:cut])
    options.nested = [word for word in options.nested if word]
    return options, words[cut + 1 :]


def _refusal(side: Side, subcommand: str) -> str:
    """Why gcloud would not pass a subcommand on, or nothing."""
    allowed = ALLOWED[side.name]
    if subcommand in allowed:
        return ""
    return (
        "(gcloud.composer.environments.run) argument SUBCOMMAND: Invalid choice: "
        f"'{subcommand}'. Valid choices are [{', '.join(sorted(allowed))}]."
    )


def _execute(side: Side, words: list[str]) -> int:
    namespace, cluster = CLUSTERS[side.name]
    for line in NOISE:
        print(line.format(namespace=namespace, cluster=cluster), file=sys.stderr, flush=True)
    sync.settle(side.home)
    command = [str(side.airflow), *words]
    done = subprocess.run(command, env=side.env, cwd=side.home, stdin=subprocess.DEVNULL, check=False)
    sync.settle(side.home)
    if done.returncode == 0:
        return 0
    print(f"command terminated with exit code {done.returncode}", file=sys.stderr)
    return _error("(gcloud.composer.environments.run) kubectl returned non-zero status code.")


def _error(message: str, *, code: int = 1) -> int:
    print(f"ERROR: {message}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    main(os.environ["MIGRATE_LAB_HOME"])
