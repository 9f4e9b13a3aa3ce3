"""Import rewritten files under a real interpreter of the target."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from codemods.engine.lines import lines_before
from codemods.engine.report import IMPORT_FAILED, Finding
from migrator.errors import UsageError
from migrator.interrupt import run
from migrator.reading import read_json
from migrator.rewrite.estate import PLUGINS
from migrator.rewrite.result import TreeResult
from migrator.scrub.text import scrub

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from migrator.rewrite.result import FileResult

SECONDS_A_FILE = 60
_SECONDS_TO_START = 180


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file; ``error`` is empty when it loaded, ``line`` is where in the file it failed."""

    path: str
    error: str = ""
    line: int | None = None

    @property
    def loaded(self) -> bool:
        """Whether the file could be imported."""
        return not self.error


def verify_import(
    python: Path, sources: Mapping[str, bytes], seconds: int = SECONDS_A_FILE, beside: Mapping[str, bytes] | None = None
) -> list[Imported]:
    """Load these files (path -> content; those that end in ``.py``) with ``python``, each in a process of its own.

    What the scheduler would look at is loaded and serialized as it does that; other files are imported.
    Plugins are put where that Airflow finds plugins; ``beside``: files that only lie there. All are written to a
    temporary folder first, with an AIRFLOW_HOME and an empty database beside it: nothing of yours is touched. Raises
    UsageError when the interpreter or its Airflow does not start.
    """
    every = {**(beside or {}), **sources}
    inside = _inside(every)
    names = sorted(name for name in sources if name.endswith(".py"))
    with tempfile.TemporaryDirectory(prefix="migrate-verify-") as folder:
        for name, content in every.items():
            copy = Path(folder, "dags", inside[name])
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        done = _probe(python, Path(folder), [inside[name] for name in names], seconds)
    return _answers(done, names, python)


def _inside(names: Collection[str]) -> dict[str, str]:
    """Each path, absolute ones and those that lead upwards too, as one below a common folder; plugins beside it."""
    plugins = {name: f"../plugins/{name.removeprefix(PLUGINS)}" for name in names if name.startswith(PLUGINS)}
    absolute = {name: os.path.abspath(name) for name in names if name not in plugins}  # noqa: PTH100 - links stay
    common = os.path.commonpath([os.path.dirname(path) for path in absolute.values()] or ["/"])  # noqa: PTH120
    return plugins | {name: os.path.relpath(path, common) for name, path in absolute.items()}


def with_imports(result: TreeResult, python: Path, others: Mapping[str, bytes]) -> TreeResult:
    """The result with a finding for each file that ``python`` could not import; ``others`` lie beside them."""
    sources = {file.path: file.after.encode() for file in result.files}
    failed = {one.path: one for one in verify_import(python, sources, beside=others) if not one.loaded}
    return TreeResult(tuple(_with(file, failed.get(file.path)) for file in result.files))


def failures(loaded: TreeResult, result: TreeResult) -> TreeResult:
    """``result`` with the findings that an interpreter brought to ``loaded``, the same files, or some, as deployed."""
    said = {one.path: tuple(f for f in one.findings if f.code == IMPORT_FAILED) for one in loaded.files}
    return TreeResult(tuple(replace(one, findings=(*one.findings, *said.get(one.path, ()))) for one in result.files))


def _with(file: FileResult, failed: Imported | None) -> FileResult:
    if failed is None:
        return file
    line = lines_before(file.before, file.after)(failed.line or 1)
    return replace(file, findings=(*file.findings, Finding(line, IMPORT_FAILED, failed.error, stops=True)))


def _probe(python: Path, folder: Path, names: Sequence[str], seconds: int) -> subprocess.CompletedProcess[str]:
    request = json.dumps({"root": str(folder / "dags"), "files": list(names), "seconds": seconds})
    limit = _SECONDS_TO_START + seconds * len(names)
    with as_file(files("migrator.rewrite") / "import_probe.py") as probe:
        command = [str(python), str(probe)]
        try:
            return run(command, text=request, env=_env(folder, seconds), timeout=limit)
        except OSError as error:
            raise UsageError(f"{python} cannot be run.", why=f"{error}.", fix=_FIX) from error
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"{python} did not end in {limit} s.", why="It may hang.", fix=_FIX) from error


_FIX = "name the interpreter of an environment with the target's Airflow, such as .venv-airflow/bin/python"


def _env(folder: Path, seconds: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON", "VIRTUAL"))}
    return kept | {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": str(seconds),
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACKS": "True",
        "AIRFLOW__CORE__DAGBAG_IMPORT_ERROR_TRACEBACK_DEPTH": "1000",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
    }


def _answers(done: subprocess.CompletedProcess[str], names: Sequence[str], python: Path) -> list[Imported]:
    answers = [read_json(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(answers) < len(names):
        said = scrub(done.stderr).strip().splitlines()
        raise UsageError(f"{python} could not import Airflow.", why=said[-1] if said else "It said nothing.", fix=_FIX)
    found = zip(names, answers, strict=True)
    return [Imported(name, "" if a["ok"] else scrub(a["error"]), a.get("line")) for name, a in found]
