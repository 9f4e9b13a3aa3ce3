"""CP209: parts of plugins that Airflow 2 does not take, or takes in another way."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from migrator.assess.check import Example, of_file
from migrator.assess.model import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.source import SourceFile

PARTS = {
    "admin_views": "views of Flask-Admin are gone with Airflow 2: make them Flask-AppBuilder views",
    "menu_links": "links of Flask-Admin are gone with Airflow 2: use appbuilder_menu_items",
    "appbuilder_views": "a Flask-AppBuilder view needs a permission for each method under RBAC: try it in the target",
    "macros": "templates that use its macros are shown by the web server too: deploy the plugin before the DAGs",
    "executors": "Composer 2 takes no executor of your own",
}


def _plugin(body: str) -> dict[str, str]:
    top = "from airflow.plugins_manager import AirflowPlugin\n\n\nclass Own(AirflowPlugin):\n    name = 'own'\n"
    return {"plugins/own.py": f"{top}    {body}\n"}


@of_file(
    "CP209",
    Severity.WARNING,
    fix="Change the plugin as the message says, and look at the web server of the target with it.",
    link="https://airflow.apache.org/docs/apache-airflow/2.10.5/authoring-and-scheduling/plugins.html",
    runs=True,
    minutes=60,
    examples=(
        Example("A view of Flask-Admin", 1, _plugin("admin_views = [View()]")),
        Example("A Flask-AppBuilder view", 1, _plugin("appbuilder_views = [{'name': 'a'}]")),
        Example("A macro", 1, _plugin("macros = [week_of]")),
        Example("An empty list", files=_plugin("admin_views = []")),
        Example("A blueprint works as before", files=_plugin("flask_blueprints = [blueprint]")),
        Example("A list of that name, and no plugin", files={"plugins/own.py": "class Other:\n    macros = [1]\n"}),
    ),
)
def plugin_part(file: SourceFile) -> Iterator[Problem]:
    """Tell which parts of plugins need a person.

    Airflow 2 has one web server, with Flask-AppBuilder and permissions; what was made for the old one is ignored, or
    is hidden from everybody.
    """
    for node in file.nodes:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("AirflowPlugin") for base in node.bases):
            for name, value in _fields(node):
                if name in PARTS and not (isinstance(value, ast.List | ast.Tuple) and not value.elts):
                    yield Problem(f"{name}: {PARTS[name]}", value.lineno)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
