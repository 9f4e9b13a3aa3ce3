"""Profiles: built by reading alone, they say what a real Airflow then does."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codemods.profiles import Profile, load, names, nearest
from codemods.profiles.index import index
from codemods.profiles.methods import Method
from codemods.profiles.shipped import decode, encode
from migrator.lab import installs

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATOR = "airflow.models.baseoperator.BaseOperator"
REFUSED = re.compile(
    r"missing \d+ required|missing keyword argument|unexpected keyword|Invalid arguments|multiple values"
)
EVERYDAY = (
    "airflow.operators.",
    "airflow.sensors.",
    "airflow.providers.google.cloud.operators.bigquery",
    "airflow.providers.cncf.",
    "airflow.providers.google.cloud.operators.dataproc",
)
OWN = {
    "airflow/__init__.py": '__lazy_imports = {"DAG": (".models.dag", "DAG", False)}\n',
    "airflow/models/__init__.py": '__lazy_imports = {"DAG": "airflow.models.dag"}\n',
    "airflow/models/dag.py": "class DAG:\n    def __init__(self, dag_id, description=None, *, tags=()): ...\n",
    "airflow/models/baseoperator.py": (
        "class BaseOperator:\n    def __init__(self, task_id, retries=0, **kwargs):\n"
        "        kwargs.pop('quiet', None)\n        if kwargs:\n            raise ValueError(kwargs)\n"
    ),
    "airflow/operators/__init__.py": (
        "__deprecated_classes = {'bash_operator': {'BashOperator': 'airflow.operators.bash.BashOperator'}}\n"
    ),
    "airflow/operators/bash.py": (
        "from airflow.models.baseoperator import BaseOperator\n\n\nclass BashOperator(BaseOperator):\n"
        "    def __init__(self, *, bash_command, **kwargs):\n        super().__init__(retries=3, **kwargs)\n\n\n"
        "class Louder(BashOperator):\n    level = 1\n\n\n"
        "class Client: ...\n\n\n"
        "class Hook:\n    def __init__(self, conn, **kwargs):\n"
        "        if kwargs.get('delegate_to'):\n            raise RuntimeError\n        self.p = kwargs.get('port')\n"
    ),
    "airflow/hooks/files.py": (
        "from airflow.operators.bash import Client\nfrom airflow.operators.bash import Hook\n\n\n"
        "class Files(Hook):\n    kind = 'files'\n\n    def __init__(self):\n        self.place = '/'\n\n"
        "    @staticmethod\n    def make(place): ...\n\n    @property\n    def client(self) -> 'Client | None': ...\n\n"
        "    @Hook.fallback_to_default_project_id\n    def send(self, topic, project_id, *, quick=False): ...\n\n"
        "    def conn(self):\n        def inner():\n            return 1\n        return Client()\n\n"
        "    async def take(self, *names, **more): ...\n\n\nclass More(Files): ...\n"
    ),
    "google/cloud/secretmanager/__init__.py": (
        "from google.cloud.secretmanager_v1 import SecretClient\n"
        "from google.cloud.secretmanager_v1.types import Secret\n"
    ),
    "google/cloud/secretmanager_v1/__init__.py": (
        "from .services.secrets import SecretClient\nfrom .types import Secret\n"
    ),
    "google/cloud/secretmanager_v1/types.py": "class Secret: ...\n",
    "google/cloud/secretmanager_v1/services/secrets/__init__.py": "from .client import SecretClient\n",
    "google/cloud/secretmanager_v1/services/secrets/client.py": (
        "class SecretClient:\n    def get(self, request=None, *, name=None, timeout=1): ...\n\n\n"
        "class SecretMeta: ...\n"
    ),
    "google/cloud/aiplatform/client.py": "class Client: ...\n",
    "airflow/utils/both.py": (
        "from airflow.operators.bash import *\nfrom .kinds import Kind as K\n\ntry:\n    import fast\n"
        "except ImportError:\n    fast = None\n"
    ),
    "airflow/utils/kinds.py": "import enum\nfrom airflow.gone import Lost\n\n\nclass Kind(Lost, enum.Enum): ...\n",
    "airflow/www/views.py": "class View: ...\n",
}


@pytest.fixture(params=["folder", "wheel"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Profile:
    """A tiny Airflow, as a site-packages folder and as a wheel."""
    if request.param == "wheel":
        place = tmp_path / "apache_airflow-2.10.5-py3-none-any.whl"
        with zipfile.ZipFile(place, "w") as wheel:
            for name, text in OWN.items():
                wheel.writestr(name, text)
    else:
        place = tmp_path / "site-packages"
        (place / "apache_airflow-2.10.5.dist-info").mkdir(parents=True)
        for name, text in OWN.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    return index("own", [place])


def test_names_are_followed_to_where_they_are_defined(own: Profile) -> None:
    bash = "airflow.operators.bash.BashOperator"
    assert own.where("airflow.DAG") == own.where("airflow.models.DAG") == "airflow.models.dag.DAG"
    assert own.where("airflow.operators.bash_operator.BashOperator") == bash
    assert own.where("airflow.utils.both.BashOperator") == bash
    assert own.where("airflow.utils.both.K.A") == "airflow.utils.kinds.Kind.A"
    assert own.has("airflow.utils.both.fast")
    assert own.has("airflow.operators")


@pytest.mark.parametrize(
    "name", ["airflow.Dag", "airflow.operators.python", "airflow.www.views.View", "airflow.utils.x"]
)
def test_what_is_not_there(own: Profile, name: str) -> None:
    assert not own.has(name)
    assert own.signature(name) is None


def test_arguments_go_through_the_bases(own: Profile) -> None:
    signature = own.signature("airflow.operators.bash.Louder")
    assert signature is not None
    assert signature.required == {"bash_command", "task_id"}
    assert signature.named == {"bash_command", "task_id", "quiet"}, "retries is given already"
    assert not signature.accepts("loud")
    assert own.is_a("airflow.operators.bash.Louder", OPERATOR)


def test_what_takes_anything_is_open(own: Profile) -> None:
    hook, kind = own.signature("airflow.operators.bash.Hook"), own.signature("airflow.utils.kinds.Kind")
    assert hook is not None
    assert kind is not None
    assert hook.open
    assert "port" in hook.named
    assert "delegate_to" not in hook.named, "it is looked up to raise"
    assert kind.open, "a base is not in the profile"


def test_methods_go_through_the_bases(own: Profile) -> None:
    more = "airflow.hooks.files.More"
    assert own.method(more, "make") == Method(("place",), required=("place",))
    assert own.method(more, "client") == Method(property=True, returns="airflow.operators.bash.Client")
    assert own.method(more, "send") == Method(("topic", "project_id"), ("quick",), ("topic",), named=True)
    assert own.method(more, "conn") == Method(returns="airflow.operators.bash.Client")
    assert own.method(more, "take") == Method(rest=True, more=True)
    assert own.method(more, "gone") is None
    assert own.method("airflow.gone.Files", "make") is None


def test_clients_of_google_are_held_without_their_messages(own: Profile) -> None:
    client = "google.cloud.secretmanager_v1.services.secrets.client.SecretClient"
    assert own.where("google.cloud.secretmanager.SecretClient") == client
    assert own.method("google.cloud.secretmanager.SecretClient", "get") == Method(("request",), ("name", "timeout"))
    assert [name for name in own.classes if name.startswith("google.")] == [client]
    assert own.where("google.cloud.secretmanager.Secret") is None


def test_what_a_class_lacks(own: Profile) -> None:
    files = "airflow.hooks.files.Files"
    assert own.lacks(files, "gone")
    assert not any(own.lacks(files, name) for name in ("kind", "place", "client", "make"))
    assert not own.lacks("airflow.utils.kinds.Kind", "gone"), "a base is not in the profile"


def test_a_file_holds_all_of_it(own: Profile) -> None:
    again = decode(encode(own))
    assert encode(again) == encode(own)
    assert again.members == own.members
    assert again.packages == {"apache-airflow": "2.10.5"}


@pytest.mark.parametrize("data", [b"", b"not a profile", encode(load())[:500]])
def test_what_is_no_profile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a profile"):
        decode(data)


@pytest.mark.parametrize("name", names())
def test_every_shipped_profile_knows_the_everyday_names(name: str) -> None:
    profile = load(name)
    assert profile.has("airflow.DAG")
    assert profile.has("airflow.models.Variable")
    assert profile.has("airflow.utils.trigger_rule.TriggerRule.ALL_DONE")
    signature = profile.signature("airflow.models.baseoperator.BaseOperator")
    assert signature is not None
    assert signature.open == name.startswith("airflow-1.10"), "1.10 only warns"


@pytest.mark.parametrize(
    ("image", "profile"),
    [
        ("composer-2.15.3-airflow-2.10.5", "composer-2.15.3-airflow-2.10.5"),
        ("composer-2.9.0-airflow-2.9.3", "composer-2.10.0-airflow-2.10.2"),
        ("composer-2.16.1-airflow-2.10.5", "composer-2.15.3-airflow-2.10.5"),
        ("composer-2.99.0-airflow-2.11.9", "composer-2.17.0-airflow-2.11.1"),
    ],
)
def test_the_nearest_profile(image: str, profile: str) -> None:
    assert nearest(image) == profile


@pytest.fixture(scope="module")
def installed() -> Path:
    return installs.ensure(installs.TARGET, print)


def _asked(profile: Profile, prefixes: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for name in profile.classes:
        signature = profile.signature(name)
        if name.startswith(prefixes) and profile.is_a(name, OPERATOR) and signature is not None:
            assert not signature.open, name
            yield name, sorted(signature.required)


@pytest.mark.airflow
@pytest.mark.parametrize(
    ("prefixes", "at_least"), [(EVERYDAY, 60), pytest.param(("airflow.",), 550, marks=pytest.mark.soak)]
)
def test_a_real_airflow_takes_what_is_required_and_refuses_the_rest(
    installed: Path, tmp_path: Path, prefixes: tuple[str, ...], at_least: int
) -> None:
    profile = index("installed", list(installed.glob("lib/python*/site-packages")))
    request = json.dumps(dict(_asked(profile, prefixes)))
    script = Path(__file__).with_name("constructing.py")
    command = [str(installed / "bin" / "python"), str(script)]
    env = {"AIRFLOW_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, input=request, capture_output=True, text=True, env=env, check=True)
    answers = json.loads(done.stdout.partition("ANSWERS")[2])
    assert not {name: plain for name, (plain, _) in answers.items() if REFUSED.search(plain)}
    constructed = {name: odd for name, (plain, odd) in answers.items() if plain == "ok"}
    assert not {name: odd for name, odd in constructed.items() if "bogus_argument" not in odd}
    print(f"{len(constructed)} of {len(answers)} operators constructed")
    assert len(constructed) >= at_least
