"""The table of settings, held against a real 1.10.15 and a real 2.10.5: which raise, and which answer by two names."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from codemods.tables import rows
from migrator.lab import installs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.airflow
ROWS = rows("configuration_keys")
MOVED = [row for row in ROWS if row["new_key"]]
SET_BY_EACH_ENVIRONMENT = {"celery/result_backend"}
NOT_IN_ITS_DEFAULTS = {"core/airflow_home"}

_ASK = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from airflow.configuration import conf
getattr(conf, "load_providers_configuration", int)()
os.environ.update(json.loads(sys.argv[2]))
asked = json.loads(sys.argv[1]) or [[s, k] for s in conf.airflow_defaults.sections() for k in conf.airflow_defaults[s]]
found = {}
for section, key in asked:
    try:
        found[section + "/" + key] = conf.get(section, key)
    except Exception as error:
        found[section + "/" + key] = None
print("found:" + json.dumps(found))
"""


def ask(release: installs.Release, home: Path, keys: list[tuple[str, str]], **env: str) -> dict[str, Any]:
    """What ``conf.get`` gives for each setting, None where it raises; no keys: all those of its defaults.

    ``env``: what the environment sets once Airflow is imported.
    """
    python = installs.ensure(release, print) / "bin" / "python"
    around = {**os.environ, "AIRFLOW_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    command = [python, "-c", _ASK, json.dumps(keys), json.dumps(env)]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.rpartition("found:")[2])
    return found


def test_the_settings_that_are_gone_are_those_that_raise(tmp_path: Path) -> None:
    before = ask(installs.SOURCE, tmp_path / "one", [])
    pairs = [(section, key) for section, _, key in (name.partition("/") for name in before)]
    after = ask(installs.TARGET, tmp_path / "two", pairs)
    raising = {name for name in before if after[name] is None} - SET_BY_EACH_ENVIRONMENT
    moved = {f"{row['section']}/{row['key']}" for row in MOVED}
    gone = {f"{row['section']}/{row['key']}" for row in ROWS if not row["new_key"]}
    assert raising - moved == gone - NOT_IN_ITS_DEFAULTS


def test_a_setting_that_moved_is_read_by_its_new_name(tmp_path: Path) -> None:
    env = {f"AIRFLOW__{row['new_section']}__{row['new_key']}".upper(): "here" for row in MOVED}
    new = [(row["new_section"], row["new_key"]) for row in MOVED]
    found = ask(installs.TARGET, tmp_path, [*new, *((row["section"], row["key"]) for row in MOVED)], **env)
    assert {found["/".join(pair)] for pair in new} == {"here"}
    assert {name for name, value in found.items() if value != "here"} <= {"scheduler/statsd_allow_list"}
