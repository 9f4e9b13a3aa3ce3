"""Mutated real DAG files through the reader that runs nothing: what it says of them, and the time and memory it takes.

``python -m tests.bench.static_fuzz [--count N] [--seed N] [--only INDEX]``

The files are the example DAGs of tests/corpus. Each mutant is read beside a right file; a mutant that stops the
reader, or makes more than the limits, ends the run with its seed and index.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import sys
import time
import warnings
from collections import Counter
from random import Random

from migrator.inventory.static.describe import Defaults
from migrator.inventory.static.gate import MOST_ITEMS, MOST_MADE, MOST_TEXT
from migrator.inventory.static.read import Found, read_dags
from tests.corpus.corpus import sources
from tests.inventory.static.mutants import mutant

GOOD = b"from airflow import DAG\ngood = DAG('good', schedule_interval='@daily')\n"
LONGEST_SAYING = 1_000


def peak() -> float:
    """The most memory that this process had, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def read(content: bytes) -> Found:
    """What is found in the mutant and in the right file beside it; AssertionError for what is past the limits."""
    files = {"dags/bad.py": content, "dags/good.py": GOOD}
    found = read_dags(files, files.__getitem__, Defaults())
    assert any(dag.file == "good.py" and dag.dag_id == "good" for dag in found.dags), "the right file is not listed"
    bad = [dag for dag in found.dags if dag.file == "bad.py"]
    texts = [text for dag in bad for text in _texts(dataclasses.astuple(dag))]
    assert max(map(len, texts), default=0) <= MOST_TEXT, "a text is too long"
    assert sum(map(len, texts)) <= MOST_MADE, "all texts together are too long"
    assert all(len(dag.tags) <= MOST_ITEMS for dag in bad), "there are too many tags"
    assert all(text.encode() is not None for text in texts)
    said = [*found.warnings, *map(str, found.broken), *map(str, found.unlisted)]
    assert all(len(one) < LONGEST_SAYING for one in said), "a finding is too long"
    return found


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for one in value for text in _texts(one)] if isinstance(value, tuple) else []


def outcome(found: Found) -> str:
    """What became of the mutant, in a word."""
    if found.broken:
        return "no Python"
    if any(one.why.startswith("its code ") and one.line == 0 for one in found.unlisted):
        return "not followed"
    if any(one.why == "its code does more than is followed" for one in found.unlisted):
        return "does too much"
    assert not any(one.why.startswith("its code cannot be followed") for one in found.unlisted), found.unlisted
    return "read, with refusals" if any("what comes of it" in one for one in found.warnings) else "read"


def main() -> int:
    """Print the counts, the longest time and the memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    files = [source.content for source in sources()]
    for content in files:
        read(content)
    start, outcomes, slowest, largest = peak(), Counter[str](), (0.0, 0), (0.0, 0)
    for index in range(args.count) if args.only is None else [args.only]:
        content = mutant(files, Random(f"{args.seed} {index}"))
        before, begun = peak(), time.perf_counter()
        try:
            outcomes[outcome(read(content))] += 1
        except BaseException:
            print(f"seed {args.seed}, index {index} (again: --seed {args.seed} --only {index})", flush=True)
            raise
        slowest = max(slowest, (time.perf_counter() - begun, index))
        largest = max(largest, (peak() - before, index))
    count = sum(outcomes.values())
    print(f"seed              {args.seed}: {count} mutants of {len(files)} files, none stopped the reader")
    print("outcomes          " + ", ".join(f"{name} {count}" for name, count in outcomes.most_common()))
    print(f"longest           {slowest[0]:.2f} s (index {slowest[1]})")
    print(f"memory            {peak() - start:.0f} MiB more at its peak than the files themselves took", end="")
    print(f"; the most for one file {largest[0]:.0f} MiB (index {largest[1]})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
