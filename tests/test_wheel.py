"""The built wheel works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from uv import find_uv_bin

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
DAG = 'from airflow.operators.bash_operator import BashOperator\nt = BashOperator(task_id="t", bash_command="true")\n'


def run(*command: str | Path, cwd: Path, code: int = 0, more: Mapping[str, str] = MappingProxyType({})) -> str:
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}} | dict(more)
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_is_installed_as_the_readme_says_shows_help_and_rewrites(tmp_path: Path) -> None:
    uv = find_uv_bin()
    run(uv, "build", "--wheel", "--out-dir", tmp_path / "dist", ROOT, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("composer_migrator-*.whl")
    assert f"uv tool install dist/{wheel.name}" in (ROOT / "README.md").read_text("utf-8")
    places = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run(uv, "tool", "install", "--python", sys.executable, wheel, cwd=tmp_path, more=places)
    migrate = tmp_path / "bin" / "migrate"
    assert "cutover" in run(migrate, "--help", cwd=tmp_path)
    assert run(migrate, "--version", cwd=tmp_path).strip() == "0.1.0"
    dag = tmp_path / "dag.py"
    dag.write_text(DAG)
    assert "+from airflow.operators.bash import BashOperator" in run(migrate, "rewrite", "--dry-run", dag, cwd=tmp_path)
    report = tmp_path / "report.md"
    run(migrate, "rewrite", dag, "--format", "markdown", "-o", report, cwd=tmp_path)
    assert "airflow.operators.bash import" in dag.read_text()
    assert "CM1" in report.read_text(), "the templates came with the wheel"
