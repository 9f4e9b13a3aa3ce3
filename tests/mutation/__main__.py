"""Plant small mistakes, one at a time, and say which of them no test sees.

``python -m tests.mutation --seed 12 --count 30 [PATH...]`` draws that many of all mistakes that could be planted in the
cutover and in the agent's functions that write runs, and runs the tests that answer for each file, in a copy of the
tree. A survivor is printed with its line; those that change nothing that anybody could see stand in EQUIVALENT, with
the reason. ``--list`` only says what would be planted. Exit code 1 when one survived.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.operators import Mutant, mutants
from tests.mutation.targets import AGENT, WRITES_RUNS, files, tests_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
COPIED = (
    "migrator",
    "codemods",
    "templates",
    "tests",
    "pyproject.toml",
    "README.md",
    "MIGRATION.md",
    "CHANGELOG.md",
    "docs",
)
LONGEST = 900
"""Seconds after which a run of tests counts as red: a mistake may wait for ever."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake and its file, relative to the tree; ``shown``: its line as it was when it was drawn."""

    file: str
    mutant: Mutant
    shown: str


def drawn(paths: Sequence[str], seed: int, count: int) -> list[Planted]:
    """So many of all mistakes, the same for the same seed and code."""
    every = [
        Planted(file, mutant, mutant.shown(source))
        for file in paths or files(ROOT)
        for source in [(ROOT / file).read_text("utf-8")]
        for mutant in mutants(source, WRITES_RUNS if file == AGENT else ())
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def survives(tree: Path, planted: Planted, seed: int) -> bool:
    """Whether all tests that answer for the file pass with the mistake in it."""
    path = tree / planted.file
    source = path.read_text("utf-8")
    path.write_text(planted.mutant.applied(source), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--randomly-seed={seed}"]
    try:
        return all(
            subprocess.run(
                [*command, *tests], cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=LONGEST, check=False,
            ).returncode == 0
            for tests in tests_of(planted.file)
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(source, "utf-8")


def main() -> int:
    """Draw, plant, run, and print one line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("paths", nargs="*")
    given = parser.parse_args()
    chosen, survivors = drawn(given.paths, given.seed, given.count), 0
    with tempfile.TemporaryDirectory() as folder:
        for name in () if given.list else COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        for planted in chosen:
            shown = planted.shown
            if given.list:
                word = "planted"
            elif why := EQUIVALENT.get((planted.file, shown)):
                word = f"equivalent, {why}:"
            else:
                word = "SURVIVED" if survives(Path(folder), planted, given.seed) else "killed"
            survivors += word == "SURVIVED"
            print(f"{word} {planted.file}:{planted.mutant.line} {shown}", flush=True)
    print(f"{len(chosen)} mistakes, {survivors} of which no test saw (seed {given.seed})")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
