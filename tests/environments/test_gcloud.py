"""The gcloud channel: the command line it makes, the noise it drops, and gcloud's own failures."""

from __future__ import annotations

import json
import sys

import pytest

from migrator.environments.channels.gcloud import GcloudChannel
from migrator.environments.name import EnvironmentName
from migrator.errors import UnreachableError

NAME = EnvironmentName("acme", "europe-west1", "old")
HEAD = ["composer", "environments", "run", "old", "--project", "acme", "--location", "europe-west1"]
NOISE = """\
Executing within the following Kubernetes cluster namespace: composer-1-20-12-airflow-1-10-15-0a1b2c3d
Fetching cluster endpoint and auth data.
kubeconfig entry generated for us-central1-v1-0a1b2c3d-gke.
Defaulted container "airflow-worker" out of: airflow-worker, gcs-syncd
Unable to use a TTY - input is not a terminal or the right kind of file
"""
FAILED = """\
command terminated with exit code 1
ERROR: (gcloud.composer.environments.run) kubectl returned non-zero status code.
"""


@pytest.fixture
def gcloud(tmp_path):
    """A stand-in for gcloud that prints what it is told; Google's own needs a project and a login."""

    def says(out, err="", code=0):
        path = tmp_path / "gcloud"
        path.write_text(
            f"#!{sys.executable}\nimport json, sys\n"
            f"open({str(tmp_path / 'asked')!r}, 'w').write(json.dumps(sys.argv[1:]))\n"
            f"print({err!r}, end='', file=sys.stderr, flush=True)\nprint({out!r}, end='')\nsys.exit({code})\n"
        )
        path.chmod(0o755)
        return GcloudChannel(NAME, str(path))

    return says


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("tasks", "test", "d", "t", "-t", "{}"), ["tasks", "test", "--", "d", "t", "-t", "{}"]),
        (("test", "d", "t", "-tp", "{}"), ["test", "--", "d", "t", "-tp", "{}"]),
        (("connections", "--list"), ["connections", "--", "--list"]),
        (("version",), ["version", "--"]),
    ],
)
def test_what_stands_before_the_dashes(gcloud, tmp_path, arguments, expected):
    gcloud("").run(*arguments, deadline=20)
    assert json.loads((tmp_path / "asked").read_text()) == HEAD + expected


def test_the_noise_of_gcloud_and_kubectl_is_dropped(gcloud):
    done = gcloud("one\n  Executing my task\n", NOISE).run("version", deadline=20)
    assert (done.exit_code, done.output) == (0, "one\n  Executing my task")


def test_a_failing_airflow_command_is_a_result(gcloud):
    done = gcloud("Traceback\n", NOISE + FAILED, 1).run("version", deadline=20)
    assert done.exit_code == 1
    assert "Traceback" in done.output


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: (gcloud.composer.environments.run) PERMISSION_DENIED: The caller does not have permission",
        "ERROR: (gcloud.composer.environments.run) NOT_FOUND: Resource 'projects/acme/...' was not found",
        "ERROR: (gcloud.composer.environments.run) You have no active account selected. Run gcloud auth login",
        "Unable to connect to the server: dial tcp 10.0.0.2:443: i/o timeout",
    ],
)
def test_gcloud_that_did_not_get_there_is_an_error(gcloud, line):
    with pytest.raises(UnreachableError, match="gcloud could not run") as caught:
        gcloud("", f"{line}\n", 1).run("version", deadline=20)
    assert caught.value.why == line


def test_what_gcloud_refuses_is_shown_without_secrets(gcloud):
    line = "ERROR: (gcloud.composer.environments.run) PERMISSION_DENIED: token=hunter2-Zebra may not"
    with pytest.raises(UnreachableError) as caught:
        gcloud("", f"{line}\n", 1).run("version", deadline=20)
    assert "token=(redacted)" in caught.value.why


def test_no_gcloud_on_this_machine():
    with pytest.raises(UnreachableError, match="gcloud-that-is-not-there cannot be started"):
        GcloudChannel(NAME, "gcloud-that-is-not-there").run("version", deadline=5)
