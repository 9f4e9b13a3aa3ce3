"""Do work that recurses deeper than Python allows by itself, such as walking the tree of a very long chain."""

from __future__ import annotations

import ast
import sys
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

STACK = 512 * 1024 * 1024
"""Bytes of stack; only what is used of it is ever in memory."""
LIMIT = 200_000
LEVELS = 6_000
"""How deep code may be nested: a chain of so many operators takes seconds, one of ten times as many an hour."""
_NESTS = b"+-*/%@&|^<>.([{=:"
_ONE_AT_A_TIME = threading.Lock()


def deep(work: Callable[[], T]) -> T:
    """What ``work`` gives; where it recurses too deep, it is done again with room. It must bear being done twice.

    RecursionError when that is too deep as well.
    """
    try:
        return work()
    except RecursionError:
        with _ONE_AT_A_TIME:
            return _with_room(work)


def too_deep(source: bytes) -> bool:
    """Whether code that Python can parse is nested deeper than is read; it is walked only where it may be."""
    if sum(map(source.count, (_NESTS[at : at + 1] for at in range(len(_NESTS))))) <= LEVELS:
        return False
    level: list[ast.AST] = [ast.parse(source)]
    for _ in range(LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _with_room(work: Callable[[], T]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that asked
            errors.append(error)

    limit, stack = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(max(limit, LIMIT))
    try:
        thread = threading.Thread(target=run, name="deep", daemon=True)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(stack)
    if errors:
        raise errors[0]
    return results[0]
