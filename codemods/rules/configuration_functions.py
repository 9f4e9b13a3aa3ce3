"""CM105: settings read through the module ``airflow.configuration``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.engine.report import Edit, Fix
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.engine.file import File

_FUNCTIONS = frozenset({"get", "getboolean", "getint", "getfloat", "getsection", "has_option", "as_dict", "set"})


class ConfigurationFunctions(Rule):
    """Read settings from ``airflow.configuration.conf``, not from functions of the module."""

    code = "CM105"
    name = "configuration-functions"
    needles = (b"configuration",)
    watches = (cst.Attribute,)
    examples = (
        Example(
            "the module",
            "from airflow import configuration\n\nx = configuration.get('core', 'dags_folder')\n",
            "from airflow import configuration\n\nx = configuration.conf.get('core', 'dags_folder')\n",
        ),
        Example(
            "dotted",
            "import airflow.configuration\n\nx = airflow.configuration.getboolean('core', 'x')\n",
            "import airflow.configuration\n\nx = airflow.configuration.conf.getboolean('core', 'x')\n",
        ),
        Example("conf itself", "from airflow.configuration import conf\n\nx = conf.get('core', 'dags_folder')\n"),
        Example("through the module", "from airflow import configuration\n\nx = configuration.conf.get('a', 'b')\n"),
        Example("another configuration", "import airflow\n\nconfiguration = {}\nx = configuration.get('a')\n"),
    )

    def check(self, node: cst.Attribute, file: File) -> Iterator[Fix]:
        """Put ``conf`` between the module and the function."""
        if node.attr.value in _FUNCTIONS and file.written(node) == {f"airflow.configuration.{node.attr.value}"}:
            edit = Edit(node, lambda u: u.with_changes(value=cst.Attribute(u.value, cst.Name("conf"))))
            yield Fix(node, "the functions of airflow.configuration are methods of its conf", (edit,))
