"""CM142: what Python 2 had built in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix, NewImport
from codemods.engine.rule import Example, Rule
from codemods.support.versions import below_version_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_NAMES = {
    "basestring": "str",
    "unicode": "str",
    "long": "int",
    "xrange": "range",
    "raw_input": "input",
    "unichr": "chr",
}
_METHODS = {"iteritems": "items", "iterkeys": "keys", "itervalues": "values"}
_ELSEWHERE = {"reduce": ("functools", "reduce"), "reload": ("importlib", "reload")}
_WORDS = (*_NAMES, *_METHODS, *_ELSEWHERE)


class PythonBuiltins(Rule):
    """Write the built-in names of Python 3 for those of Python 2, and ``items()`` for ``iteritems()``.

    ``basestring``, ``unicode``, ``long``, ``xrange``, ``raw_input``, ``unichr``; ``reduce`` and ``reload`` are
    imported.
    A name that the file binds itself, and one below a test of Python's version, is left alone; so is a method that
    a class of the file defines. Helpers that do not name Airflow are looked at too.
    """

    code = "CM142"
    name = "python-builtins"
    url = "https://docs.python.org/3/howto/pyporting.html"
    anywhere = True
    needles = tuple(word.encode() for word in _WORDS)
    watches = (cst.Name, cst.Call)
    examples = (
        Example("text of any kind", "x = isinstance(y, basestring)\n", "x = isinstance(y, str)\n"),
        Example("numbers", "x = [long(y) for y in xrange(3)]\n", "x = [int(y) for y in range(3)]\n"),
        Example(
            "pairs", "for k, v in a.b.iteritems():\n    print(k, v)\n", "for k, v in a.b.items():\n    print(k, v)\n"
        ),
        Example("one that moved", "x = reduce(f, y)\n", "from functools import reduce\nx = reduce(f, y)\n"),
        Example("a name of the file", "unicode = str\nx = unicode(y)\n"),
        Example("an imported name", "from six.moves import reduce, xrange\nx = reduce(f, xrange(3))\n"),
        Example("an argument", "f(long=1)\n\n\ndef g(long):\n    return long\n"),
        Example("an attribute", "x = y.unicode(z.long)\n"),
        Example("a method of ours", "class A:\n    def iteritems(self):\n        return self.x.iteritems()\n"),
        Example("a test of the version", "x = unicode(y) if sys.version_info[0] == 2 else str(y)\n"),
        Example("a name that another takes", "def f(str):\n    return unicode(str)\n"),
        Example("what six asks", "six.iteritems(x)\n"),
        Example("a try", "try:\n    x = unicode(y)\nexcept NameError:\n    x = str(y)\n"),
    )

    def check(self, node: cst.Name | cst.Call, file: File) -> Iterator[Fix]:
        """Look at names that nothing binds, and at calls without arguments."""
        if isinstance(node, cst.Call):
            yield from _method(node, file)
        elif node.value in _NAMES or node.value in _ELSEWHERE:
            yield from _name(node, file)


def _name(node: cst.Name, file: File) -> Iterator[Fix]:
    name = node.value
    use = file.bindings.use(node)
    if use is None or use[1] or use[0].scope.owner(name) is not None or name in file.bindings.bound:
        return
    if below_version_test(node, file) or _is_tried(node, file) or file.bindings.stars:
        return
    if name in _ELSEWHERE:
        module, there = _ELSEWHERE[name]
        yield Fix(node, f"{name} is {module}.{there}", (), (NewImport(module, there),))
    elif _NAMES[name] not in file.bindings.bound:
        new = _NAMES[name]
        yield Fix(node, f"{name} is {new}", (Edit(node, lambda updated: updated.with_changes(value=new)),))


def _is_tried(node: cst.Name, file: File) -> bool:
    """Whether a try around it catches what a missing name raises."""
    tries = (one for one in file.ancestors(node) if isinstance(one, cst.Try))
    caught = (handler.type for one in tries for handler in one.handlers)
    names = [cst.Module([]).code_for_node(kind) if kind is not None else "NameError" for kind in caught]
    return any(re.search(r"\bNameError\b", name) for name in names)


def _method(call: cst.Call, file: File) -> Iterator[Fix]:
    if call.args or not isinstance(call.func, cst.Attribute) or call.func.attr.value not in _METHODS:
        return
    old = call.func.attr.value
    if file.functions(old) or below_version_test(call, file):
        return
    new = _METHODS[old]
    edit = Edit(call.func, lambda updated: updated.with_changes(attr=cst.Name(new)))
    yield Fix(call.func, f"{old} is {new}", (edit,))
