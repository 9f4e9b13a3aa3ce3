"""What the readiness of each DAG says against what really loads in the target, for each estate of a folder.

``python -m tests.bench.readiness ESTATES TARGET_PYTHON [--only NAME ...] [--wrong]``

ESTATES holds a folder for each estate, as a repository has it; TARGET_PYTHON has the target's Airflow and providers.
The providers that it has stand in ``[target.packages]``. What no rewrite can bring (variables, connections,
credentials, modules of others) is stubbed while a file is loaded. A DAG loads when its file does: untouched, after
``rewrite``, or after ``rewrite --unsafe --compat``; one that fails even with an Airflow that takes anything fails by
itself, and is in no rate. Two rates are printed: how many of the DAGs called ready or automatic do not load, and how
many of those that load untouched or after the rewrite are called so. ``--wrong`` names each DAG on which they differ.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.model.readiness import Readiness
from migrator.model.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LOADER = Path(__file__).parent / "stubbed_load.py"
ITSELF = "itself"
WAYS: Mapping[str, tuple[str, ...]] = {
    "untouched": (),
    "rewrite": ("rewrite",),
    "all": ("rewrite", "--unsafe", "--compat"),
}
LOADS = ("untouched", "rewrite", "all", "not", ITSELF)
HEADS = ("readiness", "DAGs", "untouched", "rewrite", "--unsafe --compat", "not", "fails by itself")
PROVIDERS = (
    "import importlib.metadata as m; print(*{d.name for d in m.distributions() if '-providers-' in (d.name or '')})"
)


@dataclass(frozen=True, slots=True)
class Dag:
    """A DAG: what is said of it, the first way in which it ``loads``, and why it does not after the rewrite."""

    estate: str
    dag_id: str
    file: str
    said: Readiness
    why: tuple[str, ...]
    loads: str
    error: str

    @property
    def promised(self) -> bool:
        """Whether it is called ready or automatic."""
        return self.said.moves

    @property
    def moves(self) -> bool:
        """Whether it loads untouched or after the rewrite."""
        return self.loads in {"untouched", "rewrite"}


def bucket_of(estate: Path) -> Path:
    """The folder that is laid out as a bucket: the one nearest to the top that holds ``dags``, else the estate."""
    homes = sorted((path.parent for path in estate.rglob("dags") if path.is_dir()), key=lambda path: len(path.parts))
    return homes[0] if homes else estate


def migrate(workspace: Path, *arguments: str) -> str:
    """What a command prints; findings are no failure."""
    line = [sys.executable, "-m", "migrator.cli", "-q", "-w", str(workspace), *arguments]
    done = subprocess.run(line, capture_output=True, check=False, text=True)
    assert done.returncode in {0, 1, 3}, done.stderr
    return done.stdout


def assessed(workspace: Path, bucket: Path, packages: Iterable[str]) -> list[dict[str, object]]:
    """The rows of the DAGs of an estate whose target will have these packages."""
    workspace.mkdir(parents=True, exist_ok=True)
    table = "".join(f'{name} = ""\n' for name in sorted(packages))
    (workspace / "migrate.toml").write_text(f"schema_version = 1\n[target.packages]\n{table}")
    migrate(workspace, "inventory", "--from-folder", str(bucket))
    return json.loads(migrate(workspace, "assess", "--format", "json", "--resolve-seconds", "0"))["dags"]


def loaded(root: Path, bucket: Path, files: Iterable[str], python: str, *more: str) -> dict[str, str]:
    """Each file of the bucket, which lies somewhere below the root, with why it does not load, empty where it does."""
    home = {"AIRFLOW_HOME": str(root.parent / "airflow-home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    paths = [str(bucket / "dags"), str(bucket / "plugins"), str(bucket), "."]
    done = subprocess.run(
        [python, str(LOADER), *more, str(root), *paths],
        input="".join(f"{bucket / file}\n" for file in files),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        env=os.environ | home,
    )
    rows = map(json.loads, done.stdout.splitlines())
    return {Path(row["file"]).relative_to(bucket).as_posix(): row["error"] for row in rows}


def measured(estate: Path, work: Path, python: str) -> list[Dag]:
    """The DAGs of an estate, each with what is said of it and whether it loads."""
    bucket = bucket_of(estate)
    workspace, place = work / "workspace", bucket.relative_to(estate)
    providers = subprocess.run([python, "-c", PROVIDERS], capture_output=True, text=True, check=True).stdout.split()
    rows = assessed(workspace, bucket, providers)
    files = sorted({str(row["file"]) for row in rows})
    errors: dict[str, dict[str, str]] = {}
    for way, command in WAYS.items():
        if command:
            migrate(workspace, *command)
        laid_out(estate, place, workspace, "target" if command else "source", work / way)
        errors[way] = loaded(work / way, place, files, python)
    errors[ITSELF] = loaded(work / "untouched", place, files, python, "--any-airflow")
    return [_dag(estate.name, row, errors) for row in rows]


def laid_out(estate: Path, place: Path, workspace: Path, version: str, root: Path) -> None:
    """A copy of the estate with the DAGs and plugins of a version in their place, which is below ``place``."""
    if (estate / place / "dags").is_dir():
        shutil.copytree(estate, root)
    for name in ("dags", "plugins"):
        if (workspace / name / version).is_dir():
            shutil.rmtree(root / place / name, ignore_errors=True)
            shutil.copytree(workspace / name / version, root / place / name)


def _dag(estate: str, row: dict, errors: Mapping[str, Mapping[str, str]]) -> Dag:
    file = row["file"]
    loads = next((way for way in WAYS if not errors[way].get(file, "no such file")), "not")
    loads = ITSELF if loads == "not" and errors[ITSELF].get(file) else loads
    return Dag(
        estate,
        row["dag_id"],
        file,
        Readiness(row["readiness"]),
        tuple(row["why"]),
        loads,
        errors["rewrite"].get(file, ""),
    )


def rates(dags: list[Dag]) -> str:
    """Both rates of some DAGs, each with what it is of."""
    promised = [dag for dag in dags if dag.promised and dag.loads != ITSELF]
    moving = [dag for dag in dags if dag.moves]
    broken = sum(not dag.moves for dag in promised)
    called = sum(dag.promised for dag in moving)
    return (
        f"{broken} of {len(promised)} called ready or automatic do not load; "
        f"{called} of {len(moving)} that load are called so"
    )


def rows(dags: list[Dag]) -> Iterable[tuple[object, ...]]:
    """A row for each readiness that was said."""
    for readiness in Readiness:
        of = Counter(dag.loads for dag in dags if dag.said is readiness)
        if of:
            yield readiness.value, of.total(), *(of[way] for way in LOADS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("estates", type=Path)
    parser.add_argument("python")
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    all_dags: list[Dag] = []
    for estate in sorted(path for path in given.estates.iterdir() if path.is_dir()):
        if given.only and estate.name not in given.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            dags = measured(estate, Path(folder), given.python)
        all_dags += dags
        print(table(list(rows(dags)), headers=HEADS), flush=True)
        print(f"{estate.name}: {rates(dags)}", flush=True)
        for dag in dags if given.wrong else ():
            if dag.promised != dag.moves and dag.loads != ITSELF:
                print(
                    f"  {dag.said.value}, loads {dag.loads}: {dag.dag_id} ({dag.file}) {dag.error}\n    "
                    + "\n    ".join(dag.why)
                )
    print(f"all: {rates(all_dags)}")


if __name__ == "__main__":
    main()
