"""Real DAG files with things broken in them: in their bytes, their words, or what their code says."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_BYTES = (b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc3", b"# coding: latin-1\n", b"# coding: zlib\n", b"\r", b"\x0c", b"\\")
_TEXTS = (
    "",
    "''",
    "{0.__class__}",
    "%999999999d",
    "%s%s",
    "{:>99999999}",
    "\\ud800",
    "America",
    "../..",
    "@once",
    "9" * 400,
)
_CODE = (
    *("(" * 150, "[" * 90, "-" * 500, "not " * 200, "lambda: " * 60, "x." * 300, "10 ** 10 ** 10", "1 << 10 ** 10"),
    *(
        "0x" + "f" * 3000,
        "9" * 5000,
        "1e999",
        "10 ** 9",
        "'x' * 10 ** 10",
        "list(range(10 ** 12))",
        "...",
        "1j",
        "None",
    ),
)
_GROWTH = (
    *("{0} = {0} + {0}", "{0} += {0}", "{0} = [{0}, {0}]", "{0} = [*{0}, *{0}]", "{0} = ({0}, {0})", "{0}.extend({0})"),
    *(
        "{0} = '%s%s' % ({0}, {0})",
        "{0} = '{{}}{{}}'.format({0}, {0})",
        "{0} = {0}.join([{0}, {0}])",
        "{0} = {{**{0}}}",
    ),
    *(
        "{0} = {0}.replace('', {0})",
        "{0} = f'{{{0}}}{{{0}}}'",
        "{0} = {0} * {0}",
        "{0}.append({0})",
        "{0} = {0}.split({0})",
    ),
    *(
        "{0} = dict(zip({0}, {0}))",
        "{0} = [{0} for _ in {0}]",
        "{0} = sorted({0}) + list(enumerate({0}))",
        "{0} >> {0}",
    ),
    *(
        "{0} = {0}.replace(month=2)",
        "{0} = {0} - {0} * 10 ** 9",
        "{0} = lambda: {0}",
        "{0}[{0}] = {0}",
        "{0} = {0}({0})",
    ),
)
_STARTS = ("'abc'", "['a', 'b']", "('a',)", "{'a': 1}", "12345", "datetime(2020, 1, 31)", "1.5", "[[1], [2]]")


def mutant(files: list[bytes], random: Random) -> bytes:
    """One of the files with one to six things changed; most are Python still."""
    data = random.choice(files)
    kinds = random.choice(((_of_bytes,), (_of_words,), (_of_code,), (_growing,), (_of_code, _growing)))
    for _ in range(random.randint(1, 6)):
        data = random.choice(kinds)(data, files, random)
    return data


def _of_bytes(data: bytes, _: list[bytes], random: Random) -> bytes:
    place, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    match random.randrange(5):
        case 0:
            return data[:place] + random.choice(_BYTES) + data[place:]
        case 1:
            return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]
        case 2:
            return data[:place] + data[min(end, place + 200) :]
        case 3:
            return data[:end] + data[place : min(end, place + 2_000)] * random.randint(1, 20) + data[end:]
        case _:
            return data[:end]


def _of_words(data: bytes, files: list[bytes], random: Random) -> bytes:
    words = _WORDS.findall(data.decode("utf-8", "replace")) or [""]
    place = random.randrange(len(words))
    match random.randrange(6):
        case 0:
            del words[place]
        case 1:
            words[place] *= random.choice((2, 10, 1_000))
        case 2:
            other = random.randrange(len(words))
            words[place], words[other] = words[other], words[place]
        case 3:
            words[place] = random.choice(_WORDS.findall(random.choice(files).decode("utf-8", "replace")) or [""])
        case 4:
            words.insert(place, random.choice(_CODE))
        case _:
            words[place] = random.choice(_TEXTS)
    return "".join(words).encode("utf-8", "replace")


class _Change(ast.NodeTransformer):
    """Puts another expression in the place of one."""

    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _of_code(data: bytes, files: list[bytes], random: Random) -> bytes:
    """An expression becomes another one: of the same file or another, or with itself twice in it."""
    try:
        tree, others = ast.parse(data), ast.parse(random.choice(files))
        old = random.choice(_expressions(tree))
        new = random.choice(
            [
                random.choice(_expressions(others) or [old]),
                random.choice(_expressions(tree)),
                ast.BinOp(old, random.choice((ast.Add(), ast.Mult(), ast.Mod(), ast.RShift(), ast.Div())), old),
                ast.List([ast.Starred(old, ast.Load()), old], ast.Load()),
                ast.Call(old, [old], []),
                ast.Subscript(old, old, ast.Load()),
                ast.Constant(random.choice((*_TEXTS, 10**9, -1, 1e308, None, b"x", True))),
            ]
        )
        return ast.unparse(ast.fix_missing_locations(_Change(old, new).visit(tree))).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError, AttributeError, TypeError, KeyError):
        return _of_words(data, files, random)  # no code any more


def _expressions(tree: ast.AST) -> list[ast.expr]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.expr) and not hasattr(node, "ctx")]


def _growing(data: bytes, _: list[bytes], random: Random) -> bytes:
    """A line that makes a value larger, often, or in loops."""
    text = data.decode("utf-8", "replace")
    names = re.findall(r"^(\w+) = ", text, re.MULTILINE)
    name = random.choice([*names, "grown", "grown"])
    line = random.choice(_GROWTH).format(name)
    lines = text.splitlines()
    starts = [at for at, one in enumerate(lines) if re.match(r"\w+ = |with |from |import ", one)] or [len(lines)]
    place = random.choice(starts)
    if name == "grown":
        lines.insert(place, f"grown = {random.choice(_STARTS)}")
        place += 1
    match random.randrange(3):
        case 0:
            lines[place:place] = [line] * random.choice((1, 40, 400))
        case 1:
            lines[place:place] = ["for _ in range(2000):", f"    {line}"]
        case _:
            lines[place:place] = ["for _ in range(100):", "    for _ in range(100):", f"        {line}"]
    return "\n".join(lines).encode("utf-8", "replace")
