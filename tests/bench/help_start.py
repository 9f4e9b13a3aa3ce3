"""How long ``migrate --help`` takes, beside the bare interpreter: medians of one run, printed together."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "migrate --help": [sys.executable, "-m", "migrator.cli", "--help"],
}


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    for name, values in taken.items():
        print(f"{name:<16} median {statistics.median(values) * 1000:4.0f} ms  best {min(values) * 1000:4.0f} ms")


if __name__ == "__main__":
    main()
