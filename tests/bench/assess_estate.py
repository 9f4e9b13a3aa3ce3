"""How long ``migrate assess`` takes over the estate of 220 DAGs with its planted faults, whole and in parts.

``python -m tests.bench.assess_estate [--rounds N] [--resolve-seconds N]``
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from codemods.profiles import load
from migrator.assess.estate import Estate
from migrator.assess.model import Severity
from migrator.assess.registry import all_checks
from migrator.assess.run import Settings, assess
from migrator.inventory import store
from migrator.model.readiness import Readiness
from tests.assess.planted import ENVIRONMENT, FAULTS, FILES, TODAY, inventory, packages, section, sources


def command(root: Path, resolve: float) -> tuple[float, float]:
    """Wall time and processor time of one run of the command."""
    before, begun = os.times(), time.perf_counter()
    line = [sys.executable, "-m", "migrator.cli", "-q", "-w", str(root), "assess", "--format", "json"]
    done = subprocess.run(
        [*line, "--resolve-seconds", str(resolve)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begun, used


def fill(root: Path) -> None:
    for name, text in sources().items():
        top, _, rest = name.partition("/")
        path = root / top / "source" / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store.save(inventory(), root / "inventory.json")
    (root / "migrate.toml").write_text("schema_version = 1\n")


def checks() -> None:
    """The checks alone, in this process, and what they find."""
    estate = Estate(inventory(), sources(), load(), packages())
    begun = time.process_time()
    made = assess(estate, all_checks(), Settings(TODAY, section()))
    seconds = time.process_time() - begun
    planted = len(FAULTS) + sum(bool(code) for code, _ in FILES.values()) + len(ENVIRONMENT)
    print(f"checks alone      {seconds:6.2f} s processor: {len(made.dags)} DAGs, {len(estate.sources)} files")
    print(f"planted           {planted} faults, {len(ENVIRONMENT)} of them in settings")
    print("found             " + ", ".join(f"{made.severe(one)} {one.value}s" for one in Severity))
    clean = Counter(dag_id for one in made.findings for dag_id in one.dags if dag_id.startswith("clean_"))
    notes = {one.code for one in made.findings if any(dag_id.startswith("clean_") for dag_id in one.dags)}
    print(f"on 50 clean DAGs  {len(clean)} with a finding, of {', '.join(sorted(notes)) or 'no check'}")
    print("readiness         " + ", ".join(f"{made.of(one)} {one.value}" for one in Readiness))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--resolve-seconds", type=float, default=60)
    given = parser.parse_args()
    checks()
    for name, resolve in (("without packages", 0), ("with packages", given.resolve_seconds)):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder))
            first = command(Path(folder), resolve)
            again = [command(Path(folder), resolve) for _ in range(given.rounds)]
        wall, used = (statistics.median(one[part] for one in again) for part in (0, 1))
        print(
            f"{name:<17} {first[0]:6.2f} s first ({first[1]:.2f} processor), {wall:.2f} s again ({used:.2f} processor)"
        )


if __name__ == "__main__":
    main()
