"""A rewritten task gives what it gave under 1.10, or a finding says that it will not; it is never worse than untouched.

Every program is run as tasks of a real 1.10.15 before the rewrite, and of a real 2.10.5 after it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from codemods.engine.report import Options
from codemods.engine.rewrite import rewrite
from tests.codemods.never_worse.kinds import KINDS
from tests.codemods.never_worse.programs import Program, programs
from tests.codemods.never_worse.running import results

if TYPE_CHECKING:
    from codemods.engine.report import Result
    from tests.airflows import Airflow

pytestmark = pytest.mark.airflow
SAFE, UNSAFE = Options(), Options(unsafe=True)
AROUND = ("python_callable", "context", "kwargs", "def ", "lambda")


def told(program: Program, result: Result) -> bool:
    """Whether a finding about the context stands on a line that has to do with it."""
    lines = program.source.splitlines()
    key = program.about[1]
    on = [lines[f.line - 1] for f in result.findings if f.code.startswith(("CM3", "CM4")) and key in f.message]
    return any(key in line or any(word in line for word in AROUND) for line in on)


def compared(v1: Airflow, v2: Airflow, chosen: list[Program]) -> Counter[str]:
    """How the programs came out; fails with those that are worse, or differ without a word."""
    rewritten = {o: [rewrite(p.source.encode(), o, path="dags/p.py") for p in chosen] for o in (SAFE, UNSAFE)}
    before = results(v1, [p.source for p in chosen])
    untouched = results(v2, [p.source for p in chosen])
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for options, found in rewritten.items():
        after = results(v2, [r.source.decode() for r in found])
        for program, result, was, plain, now in zip(chosen, found, before, untouched, after, strict=True):
            verdict = judged(program, result, was, plain, now)
            counts[f"{'unsafe' if options.unsafe else 'safe'}: {verdict}"] += 1
            if verdict in {"worse", "silent"}:
                wrong.append(
                    f"{verdict} {program.about} unsafe={options.unsafe}\n{was}\n{plain}\n{now}\n{result.findings}"
                )
    assert not wrong, f"{len(wrong)} of {len(chosen)}\n" + "\n".join(wrong[:12])
    return counts


def judged(program: Program, result: Result, was: list[Any], untouched: list[Any], now: list[Any]) -> str:
    """``equal``, ``told`` by a finding, ``silent`` or ``worse``; ``no program`` when 1.10 itself failed."""
    if any(isinstance(one, str) for one in was):
        return "no program"
    if now == was:
        return "equal, was not" if untouched != was else "equal"
    if untouched == was:
        return "worse"
    return "told" if told(program, result) else "silent"


def test_a_slice(v1: Airflow, v2: Airflow) -> None:
    counts = compared(v1, v2, programs(40, 80))
    assert counts["safe: equal"] > 60
    assert counts["safe: equal, was not"]
    assert counts["safe: told"]


def test_a_kind_that_is_mended_gives_what_it_gave(v1: Airflow, v2: Airflow) -> None:
    sources = list(KINDS.values())
    mended = [rewrite(source.encode(), UNSAFE, path="dags/p.py").source.decode() for source in sources]
    before, untouched, after = results(v1, sources), results(v2, sources), results(v2, mended)
    assert dict(zip(KINDS, after, strict=True)) == dict(zip(KINDS, before, strict=True))
    assert all(isinstance(one["is"], str | bool | int | list) for found in before for one in found)
    assert [name for name, was, now in zip(KINDS, before, untouched, strict=True) if was == now] == []


@pytest.mark.soak
def test_two_thousand(v1: Airflow, v2: Airflow) -> None:
    counts: Counter[str] = Counter()
    chosen = programs(800, 1800)
    for at in range(0, len(chosen), 100):
        counts += compared(v1, v2, chosen[at : at + 100])
    ran = len(chosen) - counts["safe: no program"]
    print(f"{ran} programs ran under 1.10.15; after the rewrite, under 2.10.5: {dict(sorted(counts.items()))}")
    assert ran >= 2000
