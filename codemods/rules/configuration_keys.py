"""CM106: settings of Airflow that are read by a section or a name which they had in 1.10."""

# ruff: noqa: E501 - an example is read in one line

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.file import argument, short_name
from codemods.engine.nodes import literal, requoted
from codemods.engine.quoting import quoted
from codemods.engine.report import Edit, Fix, Flag, Safety
from codemods.engine.rule import Example, Rule
from codemods.support.dictionaries import assigned
from codemods.support.rebuild import with_keyword
from codemods.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_OWNERS = frozenset({"airflow.configuration.conf", "airflow.configuration", "airflow.conf", "airflow.settings.conf"})
_READS = frozenset({"get", "getboolean", "getint", "getfloat"})
_ASKS = frozenset({*_READS, "has_option", "set", "remove_option"})
_ENVIRON = frozenset({"os.environ", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "os.getenv"})
_PAIR = 2
_LAST = frozenset(name.rpartition(".")[2] for name in _ENVIRON)
_HEAD = "from airflow.configuration import conf\n\n"
_BOTH = _HEAD + "try:\n    x = conf.get('core', 'base_log_folder')\nexcept Exception:\n    x = {}\n"


class ConfigurationKeys(Rule):
    """Read Airflow's settings by the sections and names that the target has.

    ``core/sql_alchemy_conn`` is ``database/sql_alchemy_conn``, ``core/base_log_folder`` is in ``logging``: the old name
    still answers on 2.x, with a warning, and no more on 3. ``webserver/rbac`` and the likes are gone: ``conf.get``
    raises, and ``has_option`` says no. Where Airflow 2 can do only one thing, its value becomes the ``fallback``, as an
    unsafe fix. Variables such as ``AIRFLOW__CORE__SQL_ALCHEMY_CONN`` are told, since an environment sets the new one.
    """

    code = "CM106"
    name = "configuration-keys"
    url = "https://airflow.apache.org/docs/apache-airflow/2.10.5/configurations-ref.html"
    needles = (b"conf", b"AIRFLOW__")
    watches = (cst.Call, cst.Subscript)
    examples = (
        Example("another section", _HEAD + "x = conf.get('core', 'sql_alchemy_conn')\n",
                _HEAD + "x = conf.get('database', 'sql_alchemy_conn')\n"),
        Example("in capitals", _HEAD + 'x = conf.get("core", "BASE_LOG_FOLDER")  # ours\n',
                _HEAD + 'x = conf.get("logging", "BASE_LOG_FOLDER")  # ours\n'),
        Example("another name", _HEAD + "x = conf.getint(section='core', key='dag_concurrency')\n",
                _HEAD + "x = conf.getint(section='core', key='max_active_tasks_per_dag')\n"),
        Example("that moved twice", _HEAD + "conf.has_option('scheduler', 'statsd_allow_list')\n",
                _HEAD + "conf.has_option('metrics', 'metrics_allow_list')\n"),
        Example("what is always so", _HEAD + "x = conf.getboolean('webserver', 'rbac')\n",
                _HEAD + "x = conf.getboolean('webserver', 'rbac', fallback=True)\n", unsafe=True),
        Example("without --unsafe", _HEAD + "x = conf.getboolean('webserver', 'rbac')\n", flagged=True),
        Example("one that is gone", _HEAD + "x = conf.get('core', 'airflow_home')\n", flagged=True),
        Example("gone, with a fallback", _HEAD + "x = conf.get('ldap', 'uri', fallback='')\n", flagged=True),
        Example("asked for", "from airflow import configuration\n\nconfiguration.conf.has_option('webserver', 'rbac')\n",
                flagged=True),
        Example("a variable of the environment", "import os\nimport airflow\n\n"
                "x = os.environ['AIRFLOW__CORE__SQL_ALCHEMY_CONN']\n", flagged=True),
        Example("with a default", "import os\nimport airflow\n\nx = os.environ.get('AIRFLOW__WEBSERVER__RBAC', '')\n",
                flagged=True),
        Example("gone, with the fallback that is right", _HEAD + "x = conf.get('webserver', 'rbac', fallback='True')\n"),
        Example("by a constant", _HEAD + "KEY = 'base_log_folder'\n\nx = conf.get('core', KEY)\n",
                _HEAD + "KEY = 'base_log_folder'\n\nx = conf.get('logging', KEY)\n"),
        Example("the same on both", _HEAD + "x = conf.get('core', 'dags_folder')\n"),
        Example("both tried", _BOTH.format("conf.get('logging', 'base_log_folder')")),
        Example("the other name tried for another setting", _BOTH.format("conf.get('core', 'dags_folder')"),
                _BOTH.replace("'core'", "'logging'").format("conf.get('core', 'dags_folder')")),
        Example("a key that is computed", _HEAD + "def f(key):\n    return conf.get('core', key)\n"),
        Example("the configuration of a run", _HEAD + "def f(dag_run):\n    return dag_run.conf.get('core', 'sql_alchemy_conn')\n"),
        Example("a configuration of ours", "import airflow\nfrom ours import conf\n\nx = conf.get('webserver', 'rbac')\n"),
        Example("another variable", "import os\nimport airflow\n\nx = os.environ['AIRFLOW__CORE__DAGS_FOLDER']\n"),
    )  # fmt: skip

    def check(self, node: cst.Call | cst.Subscript, file: File) -> Iterator[Fix | Flag]:
        """Look at what is asked of the configuration, and of the environment for it."""
        if isinstance(node, cst.Call) and (found := _asked(node, file)) is not None:
            section, key = found
            row = _keys().get((_text(section), _text(key)))
            if row is not None and not _tried(node, row, file):
                yield from _answer(node, section, key, row, file)
        elif (variable := _variable(node, file)) in _variables():
            row = _variables()[variable]
            new = f"AIRFLOW__{row['new_section']}__{row['new_key']}".upper()
            now = f"its setting is [{row['new_section']}] {row['new_key']} now: read {new}, or ask conf for it"
            yield Flag(node, f"{variable} is not set on the target: {now if row['new_key'] else row['instead']}")


def _answer(
    node: cst.Call, section: cst.SimpleString, key: cst.SimpleString, row: dict[str, str], file: File
) -> Iterator[Fix | Flag]:
    old = f"[{row['section']}] {row['key']}"
    if not row["new_key"]:
        yield from _gone(node, old, row, file)
        return
    edits = [Edit(section, lambda updated: requoted(updated, row["new_section"]))]
    if row["new_key"] != row["key"]:
        edits.append(Edit(key, lambda updated: requoted(updated, row["new_key"])))
    yield Fix(node, f"{old} is [{row['new_section']}] {row['new_key']} in Airflow 2", tuple(edits))


def _gone(node: cst.Call, old: str, row: dict[str, str], file: File) -> Iterator[Fix | Flag]:
    method, given = _method(node), argument(node, "fallback")
    value = quoted(row["value"], file) if method == "get" else cst.parse_expression(row["value"] or "None")
    if given is not None and row["value"] and file.module.code_for_node(given.value).strip("'\"") == row["value"]:
        return
    if method not in _READS:
        yield Flag(node, f"{old} is gone, no environment of Airflow 2 has it: {row['instead']}")
    elif given is not None:
        yield Flag(node, f"{old} is gone, this is always the fallback: {row['instead']}")
    elif not row["value"]:
        yield Flag(node, f"{old} is gone, conf.{method} raises AirflowConfigException: {row['instead']}")
    else:
        edit = Edit(node, lambda updated: with_keyword(updated, "fallback", value))
        yield Fix(node, f"{old} is gone: {row['instead']}", (edit,), safety=Safety.UNSAFE)


def _asked(node: cst.Call, file: File) -> tuple[cst.SimpleString, cst.SimpleString] | None:
    """The literals of section and key, where a call asks Airflow's configuration for one setting."""
    if _method(node) not in _ASKS or not any(_is_conf(name) for name in file.written(node.func)):
        return None
    placed = [arg for arg in node.args if arg.keyword is None and not arg.star]
    section = argument(node, "section") or (placed[0] if placed else None)
    key = argument(node, "key", "option") or (placed[1] if len(placed) > 1 else None)
    texts = [_literal(arg.value, file) for arg in (section, key) if arg is not None]
    return (texts[0], texts[1]) if len(texts) == _PAIR and texts[0] and texts[1] else None


def _literal(node: cst.BaseExpression, file: File) -> cst.SimpleString | None:
    """A plain text, or the one that a name stands for which is read nowhere else."""
    if isinstance(node, cst.Name):
        value = assigned(node.value, file)
        node = value if value is not None and len(file.bindings.bare(node.value)) == 1 else node
    return node if isinstance(node, cst.SimpleString) else None


def _is_conf(name: str) -> bool:
    return name.rpartition(".")[0] in _OWNERS


def _method(node: cst.Call) -> str:
    return node.func.attr.value if isinstance(node.func, cst.Attribute) else ""


def _tried(node: cst.Call, row: dict[str, str], file: File) -> bool:
    """Whether a handler around it, or the body that it handles, reads the setting by its other name."""
    other = (row["new_section"], row["new_key"])
    around = [one for one in file.ancestors(node) if isinstance(one, cst.Try | cst.ExceptHandler)]
    calls = [call for call in file.bindings.nodes[cst.Call] if call is not node and isinstance(call, cst.Call)]
    for call in calls if around else ():
        found = _asked(call, file)
        shared = any(one in around for one in file.ancestors(call) if isinstance(one, cst.Try))
        if found is not None and (_text(found[0]), _text(found[1])) == other and shared:
            return True
    return False


def _variable(node: cst.Call | cst.Subscript, file: File) -> str:
    """The variable of the environment that an expression is about; empty when it is none."""
    asked = node.func if isinstance(node, cst.Call) else node.value
    if short_name(asked) not in _LAST or file.written(asked).isdisjoint(_ENVIRON):
        return ""
    if isinstance(node, cst.Call):
        return literal(node.args[0].value) or "" if node.args else ""
    index = node.slice[0].slice
    return literal(index.value) or "" if isinstance(index, cst.Index) else ""


def _text(node: cst.SimpleString) -> str:
    return (literal(node) or "").lower()


@cache
def _keys() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["section"], row["key"]): row for row in rows("configuration_keys")}


@cache
def _variables() -> dict[str, dict[str, str]]:
    return {f"AIRFLOW__{section}__{key}".upper(): row for (section, key), row in _keys().items()}
