"""Work shared by processes: in order, and without the one that ended its process."""

from __future__ import annotations

import os

from migrator.rewrite import workers
from migrator.rewrite.workers import spread


def double(item: int) -> int:
    if item % 7 == 3:
        os._exit(9)
    return item * 2


def died(item: int) -> int:
    return -item


def test_results_keep_the_order_of_the_items() -> None:
    items = [n for n in range(40) if n % 7 != 3]
    assert spread(double, items, died, jobs=3, size=2) == [n * 2 for n in items]


def test_an_item_that_ends_its_process_costs_no_other() -> None:
    items = list(range(12))
    assert spread(double, items, died, jobs=2, size=4) == [-n if n % 7 == 3 else n * 2 for n in items]


def test_more_processes_than_work_and_large_shares() -> None:
    items = [b"x" * 3_000_000, b"y" * 3_000_000]
    assert spread(bytes.upper, items, bytes, jobs=8, size=1) == [one.upper() for one in items]


def test_no_work_starts_nothing() -> None:
    assert spread(double, [], died, jobs=2, size=4) == []


def test_a_worker_that_is_not_needed_any_more_ends_without_a_word() -> None:
    ours, theirs = workers._SPAWN.Pipe()
    process = workers._SPAWN.Process(target=workers._serve, args=(str, theirs))
    process.start()
    theirs.close()
    ours.close()
    process.join()
    assert process.exitcode == 0
