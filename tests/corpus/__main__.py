"""``python -m tests.corpus``: what loads on the target, before and after, and what does not."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from tests.corpus import corpus, measure


def main() -> None:
    begun = time.monotonic()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    sources = [one for one in corpus.sources() if wanted in one.path]
    measured = measure.measure(sources)
    print(f"{datetime.now(UTC):%H:%M} UTC, {len(sources)} files in {time.monotonic() - begun:.0f} s\n")
    print(measure.table(measured))
    sections = {
        "LOADS UNTOUCHED, BUT NOT AFTER": measure.regressions(measured),
        "DOES NOT LOAD AFTER --unsafe": measure.failures(measured, "unsafe"),
        "DOES NOT LOAD AFTER SAFE FIXES (*: --unsafe would do it)": measure.failures(measured, "safe"),
        "APART": measure.set_apart(measured),
    }
    for title, lines in sections.items():
        print(f"\n== {title}")
        print("\n".join(lines))


if __name__ == "__main__":
    main()
