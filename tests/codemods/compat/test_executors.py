"""The executor that the configuration names, from the function of 1.10."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codemods.compat import Place, package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.airflows import Airflow

_ASK = """
import importlib, sys
sys.path.insert(0, values["folder"])
importlib.invalidate_caches()
from airflow.configuration import conf
module = importlib.import_module(values["name"])
result = [type(module.get_default_executor()).__name__, conf.get("core", "executor")]
"""


@pytest.mark.airflow
def test_it_is_the_one_of_the_configuration(v1: Airflow, v2: Airflow, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name, text in package([Place("airflow1_compat.executors.get_default_executor", "x.py", 1)]).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for airflow, name in ((v1, "airflow.executors"), (v2, "airflow1_compat.executors")):
        given, configured = airflow.python(_ASK, name=name, folder=str(tmp_path))
        assert given == configured
