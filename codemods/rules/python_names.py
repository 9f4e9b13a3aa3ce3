"""CM140: names of Python's own library that the target's Python has elsewhere."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.names import Names
from codemods.engine.report import Edit, Fix, Flag, ImportEdit, NewImport
from codemods.engine.rule import Example, Rule
from codemods.support.moving import Mover, settled
from codemods.support.versions import below_version_test
from codemods.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File
    from codemods.engine.scopes import Import, Use


_LEFT = frozenset({"collections", "fractions", "asyncio", "urllib"})
"""Modules that are still there, for other names."""


class PythonNames(Rule):
    """Import what Python 3.11 keeps elsewhere, or by another name, from where it is.

    Modules that Python 3 renamed (``urlparse``, ``urllib2``, ``ConfigParser``, ``StringIO``), what ``future`` offered
    (``past.builtins``), and what later versions took away (``collections.Mapping``, ``inspect.getargspec``). Helpers that
    do not name Airflow are looked at too: a DAG is as good as what it imports. The pairs are in
    ``codemods/tables/python_names.csv``. Imports below a test of Python's version are left alone.
    """

    code = "CM140"
    name = "python-names"
    stops = True
    url = "https://docs.python.org/3/howto/pyporting.html"
    anywhere = True
    watches = (cst.Module,)
    examples = (
        Example("a module with a new name", "from urlparse import urlparse\n", "from urllib.parse import urlparse\n"),
        Example(
            "a module that was parted",
            "import urllib2\n\ntry:\n    urllib2.urlopen(x)\nexcept urllib2.URLError:\n    pass\n",
            "import urllib.request\nimport urllib.error\n\ntry:\n    urllib.request.urlopen(x)\n"
            "except urllib.error.URLError:\n    pass\n",
        ),
        Example(
            "a name that a module lost",
            "import collections\n\nx = isinstance(y, collections.Mapping)\nz = collections.OrderedDict()\n",
            "import collections\nimport collections.abc\n\nx = isinstance(y, collections.abc.Mapping)\n"
            "z = collections.OrderedDict()\n",
        ),
        Example(
            "another name in the same module",
            "import inspect\nfrom itertools import izip_longest\n\nx = inspect.getargspec(f), izip_longest(a, b)\n",
            "import inspect\nfrom itertools import zip_longest\n\nx = inspect.getfullargspec(f), zip_longest(a, b)\n",
        ),
        Example(
            "what is built in",
            "from past.builtins import basestring, xrange\nimport itertools\n\n"
            "x = isinstance(y, basestring), xrange(3), itertools.izip(a, b)\n",
            "import itertools\n\nx = isinstance(y, str), range(3), zip(a, b)\n",
        ),
        Example(
            "what is built in, where the name is taken",
            "from itertools import izip\n\nzip = izip(a, b)\n",
            "from builtins import zip as izip\n\nzip = izip(a, b)\n",
        ),
        Example("a name that no table needs", "import httplib\n\nx = httplib.OK\n", "import http.client\n\nx = http.client.OK\n"),
        Example("a name of a parted module that no table knows", "import urllib2\n\nurllib2.urlopen(urllib2.odd)\n", flagged=True),
        Example("a module that is handed on", "import Queue\n\nf(Queue)\n", flagged=True),
        Example(
            "a try that knows both",
            "try:\n    from urllib.parse import quote\nexcept ImportError:\n    from urllib import quote\n",
        ),
        Example(
            "a try that knows both modules",
            "try:\n    import Queue\nexcept ImportError:\n    import queue as Queue\n\nQueue.Queue()\n",
        ),
        Example(
            "a test of the version",
            "import sys\n\nif sys.version_info[0] == 2:\n    import urllib2\nelse:\n    import urllib.request as urllib2\n",
        ),
        Example("the names of today", "import urllib.parse\nfrom collections.abc import Mapping\nimport queue\n"),
        Example("one of ours", "from .urlparse import urlparse\nfrom ours.collections import Mapping\n"),
        Example("what a module still has", "import collections\nimport os\n\ncollections.Counter(os.getcwd())\n"),
        Example("a variable of that name", "def f(urllib2):\n    return urllib2.urlopen(x)\n"),
    )  # fmt: skip
    needles = (
        *(b"urlparse", b"urllib", b"ConfigParser", b"Queue", b"StringIO", b"cPickle", b"httplib", b"HTMLParser"),
        *(b"Cookie", b"cookielib", b"HTTPServer", b"SocketServer", b"xmlrpclib", b"commands", b"thread"),
        *(b"robotparser", b"UserDict", b"UserList", b"email.", b"past.builtins", b"collections", b"fractions"),
        *(b"asyncio", b"getargspec", b"clock", b"codestring", b"cElementTree", b"ifilter", b"imap", b"izip"),
        *(b"letters", b"lowercase", b"uppercase", b"maxint", b"getcwdu", b"Type"),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Fix | Flag]:  # noqa: ARG002
        """Move the imports one by one."""
        names = _names_for(file)
        guarded = {one.alias for one in file.bindings.imports if _is_guarded(one, names, file)}
        left = {one.alias: one for one in file.bindings.imports if _is_left(one, names)}
        for imported in file.bindings.imports:
            if imported.alias not in guarded:
                yield from _direct(imported, file)
        same = {one.alias for one in file.bindings.imports if one.dotted is None and _same_module(one.target)}
        moved = [*Mover(file, names).fixes()]
        renamed = [fix for fix in Mover(file, _names(direct=True)).fixes() if fix.anchor in same]
        yield from (fix for fix in [*moved, *renamed] if fix.anchor not in guarded | left.keys())
        yield from (_flag(one, names) for one in left.values() if one.alias not in guarded)


def _same_module(old: str) -> bool:
    return old.rpartition(".")[0] == _table().get(old, "").rpartition(".")[0]


@cache
def _table() -> dict[str, str]:
    return {row["old"]: row["new"] for row in rows("python_names")}


def _is_direct(old: str, new: str) -> bool:
    """Whether a use needs no other import: what is built in, or in the same module."""
    return new.startswith("builtins.") or _same_module(old)


@cache
def _names(*, direct: bool) -> Names:
    """What the table says, as the mover of imports reads it; a module that has lost some names stays.

    ``direct``: the names alone that need no other module, where they are imported themselves.
    """
    chosen = {old: new for old, new in _table().items() if _is_direct(old, new) is direct}
    modules: dict[str, dict[str, str]] = defaultdict(dict)
    for old, new in chosen.items() if not direct else ():
        module, _, name = old.rpartition(".")
        modules[module][name] = new
    packages, stay = frozenset({"email", "xml", "xml.etree", "past"}), _LEFT
    return Names(chosen, {}, dict(modules), packages, stay)


def _names_for(file: File) -> Names:
    """The table, with what else this file takes from a module of which all went to one other."""
    names = _names(direct=False)
    more = dict(names.moves)
    for imported in file.bindings.imports:
        module = _module_of(imported, names)
        places = {new.rpartition(".")[0] for new in names.modules.get(module, {}).values()}
        if len(places) == 1 and module not in names.stay:
            for old in {*_used(imported, module)} - {module}:
                more.setdefault(old, f"{next(iter(places))}.{old.rpartition('.')[2]}")
    return replace(names, moves=more)


def _module_of(imported: Import, names: Names) -> str:
    """The module of the table that an import names, or takes something from; empty when there is none."""
    known = (imported.dotted or "", imported.target, imported.target.rpartition(".")[0])
    return next((name for name in known if name in names.modules), "")


def _used(imported: Import, module: str) -> list[str]:
    """What of a module an import and its uses name; the module itself where it is handed on."""
    if imported.dotted is None and imported.target != module:
        return [imported.target]
    depth = module.count(".") + 1 if imported.dotted is not None and not imported.renamed else 1
    return [".".join([module, *use.parts[depth : depth + 1]]) for use in imported.uses]


def _is_guarded(imported: Import, names: Names, file: File) -> bool:
    """Whether only one version of Python runs it, or a try around it knows both."""
    below = below_version_test(imported.alias, file)
    return below or settled(imported, file, names) or settled(imported, file, _names(direct=True))


def _is_left(imported: Import, names: Names) -> bool:
    """Whether something is taken from a parted module that no table knows, or the module itself is handed on."""
    module = _module_of(imported, names)
    return (
        bool(module) and module not in names.stay and any(name not in names.moves for name in _used(imported, module))
    )


def _flag(imported: Import, names: Names) -> Flag:
    module = _module_of(imported, names)
    places = sorted({new.rpartition(".")[0] for new in names.modules[module].values()})
    return Flag(imported.alias, f"Python 3 has no module {module}: what it had is in {' and '.join(places)}")


def _direct(imported: Import, file: File) -> Iterator[Fix]:
    """What is built in now, where it is imported, and every use through its module of that and of a new name there."""
    new = _table().get(imported.target, "")
    if imported.dotted is None and new.startswith("builtins."):
        yield _built_in(imported, new, file)
    for use in imported.uses:
        old = ".".join([imported.target, *use.parts[1:2]])
        new = _table().get(old, "")
        plain = not new.startswith("builtins.") or new.rpartition(".")[2] not in file.bindings.bound
        if len(use.parts) > 1 and new and _is_direct(old, new) and plain:
            yield Fix(use.nodes[1], f"{old} is now {new}", (_respelled(use, new),))


def _built_in(imported: Import, new: str, file: File) -> Fix:
    """The import goes; where the name is taken, or others import it from here, it stays for what is built in."""
    name = new.rpartition(".")[2]
    taken = name in file.bindings.bound - {imported.local} or file.exports(imported.local)
    if taken or imported.scope.rebinds(imported.local):
        kept = NewImport("builtins", name, imported.local if imported.local != name else None)
        return Fix(imported.alias, f"{imported.target} is now {new}", (ImportEdit(imported, (kept,)),))
    edits = [Edit(use.nodes[0], lambda updated: updated.with_changes(value=name)) for use in imported.uses]
    return Fix(imported.alias, f"{imported.target} is built in, as {name}", (ImportEdit(imported, ()), *edits))


def _respelled(use: Use, new: str) -> Edit:
    module, _, name = new.rpartition(".")
    if module == "builtins":
        return Edit(use.nodes[1], lambda _: cst.Name(name))
    return Edit(use.nodes[1], lambda updated: updated.with_changes(attr=cst.Name(name)))
