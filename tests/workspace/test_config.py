"""migrate.toml: what it takes, its defaults, and how mistakes are told."""

from __future__ import annotations

import pytest

from migrator.errors import WorkspaceError
from migrator.workspace.config import load_config
from migrator.workspace.fleet import member_config

NAME = 'environment = "projects/p/locations/l/environments/e"\n'


@pytest.fixture
def config(tmp_path):
    def load(text):
        path = tmp_path / "migrate.toml"
        path.write_text(text)
        return load_config(path)

    return load


def test_an_empty_file_means_the_defaults(config):
    made = config("")
    assert made.source is None
    assert (made.cutover.margin_seconds, made.cutover.settle_seconds, made.cutover.poll_seconds) == (45, 20, 5)
    assert (made.cutover.drain_timeout_seconds, made.cutover.observe_seconds, made.cutover.history) == (3600, 600, 10)
    assert (made.plan.wave_size, made.plan.pins, made.inventory.weeks) == (25, {}, 4)
    assert str(made.secrets.identity_file) == ".migrate/identity.txt"


def test_everything_can_be_said(config):
    made = config(
        f'schema_version = 1\n[source]\n{NAME}channel = "local"\napi_endpoint = "http://127.0.0.1:1/"\n'
        '[source.local]\nairflow = "/a"\nenv = {X = "1"}\nenv_file = "e.json"\n'
        f'[target]\n{NAME}channel = "api"\n[target.rest]\nauth = "basic"\nuser = "u"\npassword_file = "p"\n'
        "[plan]\npins = {a = 2}\n[cutover]\nmargin_seconds = 1.5\n"
    )
    assert made.source.api_endpoint == "http://127.0.0.1:1"
    assert made.source.local.env == {"X": "1"}
    assert made.target.rest.auth == "basic"
    assert made.plan.pins == {"a": 2}


def test_packages_need_no_environment(config):
    made = config('[target.packages]\nacme = ">=2"\n')
    assert (made.target, dict(made.packages)) == (None, {"acme": ">=2"})


def test_packages_stand_beside_an_environment(config):
    made = config(f'[target]\n{NAME}[target.packages]\nacme = ">=2"\n[provision.packages]\nacme = "-"\nold = ""\n')
    assert made.target.environment == "projects/p/locations/l/environments/e"
    assert dict(made.packages) == {"acme": ">=2", "old": ""}


def test_a_member_has_the_packages_of_all_and_its_own(config, tmp_path):
    own = f'[fleet.a.target]\n{NAME}[fleet.a.target.packages]\nacme = ">=3"\n[fleet.b.target.packages]\nmine = ""\n'
    shared = NAME.replace('/e"', '/shared"')
    made = config(f'[target]\n{shared}[target.packages]\nacme = ">=2"\nall = ""\n{own}')
    first, second = (member_config(made, name, tmp_path) for name in ("a", "b"))
    assert dict(first.packages) == {"acme": ">=3", "all": ""}
    assert dict(second.packages) == {"acme": ">=2", "all": "", "mine": ""}
    assert first.target.environment != second.target.environment == made.target.environment


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[target]\n", "target: Value error, environment is not set"),
        ('[target]\nchannel = "api"\n', "target: Value error, environment is not set"),
        ("[target.packages]\nacme = 1\n", "target.packages.acme"),
        ("[target.package]\nacme = ''\n", "target.package is not a known key; did you mean 'packages'?"),
        ("[target_table]\n", "target_table is not a known key; did you mean 'target'?"),
        ("[cutover]\nmargin_second = 1\n", "cutover.margin_second is not a known key; did you mean 'margin_seconds'?"),
        ("[sorce]\n", "sorce is not a known key; did you mean 'source'?"),
        (f"[source]\n{NAME}chanel = 'api'\n", "source.chanel is not a known key; did you mean 'channel'?"),
        (f"[source]\n{NAME}[source.local]\nairflow='a'\nenvfile='x'\n", "did you mean 'env_file'?"),
        ("[plan]\nzzzzzzz = 1\n", "plan.zzzzzzz is not a known key"),
        ('[source]\nenvironment = "old"\n', "projects/PROJECT/locations/LOCATION/environments/NAME"),
        (f'[source]\n{NAME}channel = "ssh"\n', "source.channel"),
        (f'[source]\n{NAME}api_endpoint = "127.0.0.1"\n', "source.api_endpoint"),
        ('[secrets]\nrecipient = "ssh-rsa"\n', "secrets.recipient"),
        ("[cutover]\npoll_seconds = 0\n", "cutover.poll_seconds"),
        ("[plan]\npins = {a = -1}\n", "plan.pins.a"),
        ('[plan]\nforbids = [{dags = ["a"]}]\n', "give either dags and waves, or apart"),
        ('[plan]\nforbids = [{apart = ["a"]}]\n', "give either dags and waves, or apart"),
        (
            '[plan]\nforbids = [{apart = ["a", "b"], dags = ["a"], waves = [1]}]\n',
            "give either dags and waves, or apart",
        ),
        ('[plan]\nforbids = [{dag = ["a"]}]\n', "did you mean 'dags'?"),
        ('[plan.windows.w]\ntimezone = "Paris"\nopen = ["daily 1:00-2:00"]\n', "IANA name"),
        ('[plan.windows.w]\ntimezone = "UTC"\nopen = ["1:00-2:00"]\n', "should look like"),
        ('[plan.windows.w]\ntimezone = "UTC"\nopen = []\n', "plan.windows.w.open"),
        ('[plan.windows.w]\ntimezon = "UTC"\nopen = ["daily 1:00-2:00"]\n', "did you mean 'timezone'?"),
        ("[plan]\nwave_running = 0\n", "plan.wave_running"),
        ("[plan]\ncritical = {a = 101}\n", "plan.critical.a"),
    ],
)
def test_a_mistake_is_named(config, text, why):
    with pytest.raises(WorkspaceError, match="is not valid") as caught:
        config(text)
    assert why in caught.value.why
    assert caught.value.exit_code == 2


def test_broken_toml_names_the_line(config):
    with pytest.raises(WorkspaceError, match="not valid TOML") as caught:
        config("schema_version = 1\n[source\n")
    assert "line 2" in caught.value.why


def test_a_newer_version_is_refused_and_both_are_named(config):
    with pytest.raises(WorkspaceError, match="newer version") as caught:
        config("schema_version = 7\nsomething_new = true\n")
    assert caught.value.why == "its schema_version is 7, this program reads up to 1"
