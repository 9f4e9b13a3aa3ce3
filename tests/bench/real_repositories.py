"""How many files of real repositories load on the target: untouched, after ruff, and after each rewrite.

``python -m tests.bench.real_repositories HOME``; HOME has ``corpora/REPOSITORY/...``, files of 1.10 days;
``files.txt``, the paths below ``corpora`` that count; and ``target``, a virtual environment of the target with
pyflakes. It is slow.

A file counts unless it needs a provider or a module that is not there, or fails under 1.10.15 as it is for the same
reason: a folder, a program or an account that only its owners have. Each file that counts and does not load must have a
finding on a line of the traceback that names what fails there, in the file or in one that it imports.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.corpus import source

PROCESSES = 2
LOADER = Path(__file__).with_name("real_loading.py")
TARGET = "composer-2.15.3-airflow-2.10.5"
VARIANTS: dict[str, tuple[str, ...] | None] = {
    "untouched": None,
    "ruff": None,
    "safe": (),
    "unsafe": ("--unsafe",),
    "compat": ("--compat",),
    "both": ("--unsafe", "--compat"),
}
_ELSEWHERE = re.compile(r"No module named 'airflow\.providers\.\w+(\.\w+)?'$")
"""A provider that is not installed: no rewrite can bring it, and the finding says which it is."""

_QUOTED, _NAME = re.compile(r"'([^']*)'"), re.compile(r"[A-Za-z_][\w.]{2,}")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one file: ``ok`` or the kind of error, its message, and the estate's lines in its traceback."""

    file: str
    kind: str
    message: str = ""
    frames: tuple[tuple[str, int], ...] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether it needs what no rewrite can bring."""
        if self.kind not in {"ModuleNotFoundError", "ImportError"}:
            return False
        return bool(_ELSEWHERE.match(self.message)) or "airflow" not in self.message


@dataclass(frozen=True, slots=True)
class Outcome:
    """One variant: its rows by file, names that pyflakes misses, files a second pass changes, and its findings."""

    rows: dict[str, Row]
    undefined: int
    unstable: int
    findings: dict[str, list[dict[str, Any]]]


def rewritten(root: Path, variant: str, report: Path) -> None:
    """Rewrite a copy of the repositories where it is."""
    if variant == "ruff":
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "AIR", "--preview"]
        subprocess.run([*command, "--fix", "--unsafe-fixes", "--quiet", str(root)], capture_output=True, check=False)
    options = VARIANTS[variant]
    if options is not None:
        command = [str(Path(sys.executable).with_name("migrate")), "rewrite", str(root), "--target", TARGET, *options]
        done = subprocess.run([*command, "--format", "json", "-o", str(report)], capture_output=True, check=False)
        assert done.returncode in {0, 1, 3}, done.stderr.decode()


def outcome(home: Path, work: Path, files: list[str], variant: str) -> Outcome:
    root, report = work / "corpora", work / "report.json"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(home / "corpora", root)
    rewritten(root, variant, report)
    once = {file: (root / file).read_bytes() for file in files}
    rows = loaded(root, work, files, [str(home / "target/bin/python")], {"AIRFLOW_HOME": str(work / "home")})
    names = undefined(home, root, files)
    rewritten(root, variant, report)  # again: the findings are on the lines of the files as they are loaded
    unstable = sum(once[file] != (root / file).read_bytes() for file in files)
    found = findings(report, root) if VARIANTS[variant] is not None else {}
    return Outcome({row.file: row for row in rows}, names, unstable, found)


def loaded(root: Path, work: Path, files: list[str], python: list[str], variables: dict[str, str]) -> list[Row]:
    """What loading gives, each repository in a process of its own."""
    by_repository: dict[str, list[str]] = defaultdict(list)
    for file in files:
        by_repository[file.split("/")[0]].append(file)

    def load(repository: str) -> list[Row]:
        place, own = root / repository, by_repository[repository]
        listing, out = work / f"{repository}.txt", work / f"{repository}.json"
        listing.write_text("\n".join(str(root / file) for file in own))
        out.unlink(missing_ok=True)
        command = [*python, str(LOADER), str(listing), str(out), str(place), *paths(place)]
        subprocess.run(command, cwd=place, env={**os.environ, **variables}, capture_output=True, check=False)
        told = json.loads(out.read_text()) if out.exists() else [{"path": str(root / f), "kind": "crash"} for f in own]
        return [row(one, root) for one in told]

    with ThreadPoolExecutor(PROCESSES) as pool:
        return [one for rows in pool.map(load, by_repository) for one in rows]


def paths(place: Path) -> list[str]:
    """What is on the path: the repository, and each folder of DAGs or plugins with the one around it."""
    found = {str(place)}
    for folder, _, _ in os.walk(place):
        if Path(folder).name in {"dags", "plugins"}:
            found |= {folder, str(Path(folder).parent)}
    return sorted(found)


def row(told: dict[str, Any], root: Path) -> Row:
    frames = [(str(Path(file).relative_to(root)), line) for file, line in told.get("frames", []) if _in(file, root)]
    message = told.get("message", "").replace(str(root), "")
    return Row(str(Path(told["path"]).relative_to(root)), told["kind"], message, tuple(frames))


def _in(file: str | None, root: Path) -> bool:
    return bool(file) and Path(str(file)).is_relative_to(root)


def undefined(home: Path, root: Path, files: list[str]) -> int:
    command = [str(home / "target/bin/python"), "-m", "pyflakes", *[str(root / file) for file in files]]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.count("undefined name")


def findings(report: Path, root: Path) -> dict[str, list[dict[str, Any]]]:
    told = json.loads(report.read_text())["files"]
    return {str(Path(one["path"]).relative_to(root)): one["findings"] for one in told if _in(one["path"], root)}


def under_1_10(home: Path, work: Path, files: list[str]) -> dict[str, Row]:
    """What 1.10.15 makes of the files as they are."""
    python, extras = source.ensure()
    shutil.copytree(home / "corpora", work / "old" / "corpora")
    shutil.copytree(extras / "home", work / "old" / "home", ignore=shutil.ignore_patterns("logs"))
    variables = source.environment(python.parent, extras, work / "old" / "home")
    rows = loaded(work / "old" / "corpora", work, files, [str(python)], variables)
    return {one.file: one for one in rows}


def same(before: Row, after: Row) -> bool:
    """Whether a file fails for the reason for which it failed under 1.10.15."""
    return after.kind != "ok" and (before.kind, before.message) == (after.kind, after.message)


def explained(row_: Row, outcome_: Outcome, root: Path) -> bool:
    """Whether a finding on a line that the error came through names what fails."""
    names = words(" ".join(_QUOTED.findall(row_.message)) or row_.message)
    for file, line in reversed(row_.frames):
        first, last = statement(root / file, line)
        for one in outcome_.findings.get(file, []):
            if first <= one["line"] <= last and names & words(one["message"]):
                return True
    return False


def words(text: str) -> set[str]:
    """The names in a message: of modules and classes the last part alone."""
    return {name.rpartition(".")[2] for name in _NAME.findall(text)}


@cache
def statement(file: Path, line: int) -> tuple[int, int]:
    """The first and last line of the smallest statement that a line belongs to."""
    try:
        tree = ast.parse(file.read_bytes())
    except SyntaxError:
        return line, line
    spans = [
        (_first(node), node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and _first(node) <= line <= (node.end_lineno or node.lineno)
    ]
    return min(spans, key=lambda span: span[1] - span[0], default=(line, line))


def _first(node: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    home = parser.parse_args().home.resolve()
    files = (home / "files.txt").read_text().split()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run(
            [str(home / "target/bin/airflow"), "db", "migrate"],
            env={**os.environ, "AIRFLOW_HOME": str(work / "home")},
            capture_output=True,
            check=True,
        )
        before = under_1_10(home, work, files)
        outcomes = {variant: outcome(home, work, files, variant) for variant in VARIANTS}
        tell(files, before, outcomes, work / "corpora")


def tell(files: list[str], before: dict[str, Row], outcomes: dict[str, Outcome], root: Path) -> None:
    """Print the figures, and each file that does not load; ``root`` has the files of the last variant."""
    last = outcomes["both"]
    counted = [f for f in files if not last.rows[f].elsewhere and not same(before[f], last.rows[f])]
    by_repository = Counter(file.split("/")[0] for file in files)
    lines = []
    for name in [*sorted(by_repository), "all"]:
        own = [file for file in counted if name in (file.split("/")[0], "all")]
        loads = [sum(outcomes[v].rows[file].kind == "ok" for file in own) for v in VARIANTS]
        lines.append([name, str(by_repository.get(name, len(files))), str(len(own)), *[str(one) for one in loads]])
    print("\n".join(" | ".join(line) for line in [["repository", "files", "count", *VARIANTS], *lines]))
    for variant, one in outcomes.items():
        loads = sum(one.rows[file].kind == "ok" for file in counted)
        print(f"{variant}: {loads / len(counted):.1%}; undefined {one.undefined}; second pass changes {one.unstable}")
    print(f"elsewhere: {sum(r.elsewhere for r in last.rows.values())}; "
          f"as under 1.10.15: {sum(same(before[f], last.rows[f]) for f in files)}")  # fmt: skip
    for file in files:
        if last.rows[file].kind != "ok":
            one = last.rows[file]
            note = "as 1.10.15" if same(before[file], one) else "elsewhere" if one.elsewhere else "FAILS"
            told = "explained" if explained(one, last, root) else "NO FINDING"
            print(f"{note}; {told}: {file}: {one.kind}: {one.message[:160]!r} at {one.frames[-1:]}")


if __name__ == "__main__":
    main()
