"""How long a rewrite takes: the floor, this tool, a stock rename command and ruff, in one run on one processor.

``python -m tests.bench.rewrite_speed [--rounds N]``
"""

from __future__ import annotations

import argparse
import io
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.commands.rename import RenameCommand

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from codemods.tables import moves
from migrator.rewrite.tree import rewrite_tree
from tests.corpus import corpus

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE, RENAMES, MANY = 6, 3, 10_000


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def parse_and_print(sources: list[bytes]) -> None:
    for source in sources:
        _ = cst.parse_module(source).bytes


def all_rules(sources: list[bytes]) -> None:
    for source in sources:
        rewrite(source, Options(unsafe=True))


def stock_renames(sources: list[bytes]) -> None:
    """Some of the moves, one stock command each, as its users chain them."""
    for source in sources:
        module = cst.parse_module(source)
        for old, new in list(moves().items())[:: len(moves()) // RENAMES][:RENAMES]:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                module = RenameCommand(CodemodContext(), old_name=old, new_name=new).transform_module(module)


def ruff(sources: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        for number, source in enumerate(sources):
            Path(folder, f"f{number}.py").write_bytes(source)
        command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "AIR", "--quiet"]
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, folder], capture_output=True, check=False)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime


def per_file(sources: list[bytes], rounds: int) -> None:
    """The medians, and what they are of the floor."""
    rewrite(sources[0], Options(unsafe=True))
    floor = statistics.median(seconds(lambda: parse_and_print(sources)) for _ in range(rounds))
    ours = statistics.median(seconds(lambda: all_rules(sources)) for _ in range(rounds))
    other = statistics.median(ruff(sources) for _ in range(rounds))
    sample = sources[:: len(sources) // SAMPLE][:SAMPLE]
    few = seconds(lambda: stock_renames(sample))
    stock = few / RENAMES * len(moves()) / len(sample)
    count = len(sources)
    print(f"{count} files, {sum(map(len, sources)) / count / 1024:.1f} KiB each, medians of {rounds} rounds")
    print(f"{'':<44}{'ms a file':>10}{'x floor':>10}")
    _line("LibCST parse and print, the floor", floor / count, floor / count)
    _line("all rules with their gates", ours / count, floor / count)
    _line("ruff check --select AIR", other / count, floor / count)
    _line(f"stock RenameCommand, {len(moves())} moves *", stock, floor / count)
    print(f"stock commands take {stock / (ours / count):.0f} x as long as all rules")
    print(f"* measured: {RENAMES} moves on {len(sample)} files took {few:.2f} s; the rest is multiplied")


def _line(name: str, one: float, floor: float) -> None:
    print(f"{name:<44}{1000 * one:>10.1f}{one / floor:>10.2f}")


def whole_trees(sources: list[bytes]) -> None:
    """Ten thousand files with all processors: cold, and again with a warm cache."""
    folder = Path(tempfile.mkdtemp(prefix="rewrite-speed-"))
    try:
        (folder / "source").mkdir()
        for number in range(MANY):
            content = sources[number % len(sources)] + b"# %d\n" % number
            (folder / "source" / f"f{number:05}.py").write_bytes(content)
        for name in ("cold", "warm"):
            begun = time.perf_counter()
            rewrite_tree(folder / "source", folder / "target", cache=folder / "cache", dry_run=True)
            print(f"{MANY} files, {name}: {time.perf_counter() - begun:.1f} s")
    finally:
        shutil.rmtree(folder)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"memory at most: {own:.0f} MiB here, {worker:.0f} MiB in a worker")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    sources = [one.content for one in corpus.sources() if one.content.strip()]
    per_file(sources, parser.parse_args().rounds)
    whole_trees(sources)


if __name__ == "__main__":
    main()
