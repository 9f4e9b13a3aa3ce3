"""CM720: what comes from the package of adapters, and the work that remains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from codemods.compat.adapters import origins
from codemods.compat.package import imported as imported_by
from codemods.engine.report import Flag, Safety
from codemods.engine.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codemods.compat.adapters import Adapter
    from codemods.engine.file import File
    from codemods.engine.scopes import Import
    from codemods.profiles import Profile

_ADAPTER = "airflow1_compat.bigquery_operator"


class CompatImports(Rule):
    """Name each class that a file takes from ``airflow1_compat``, and how to be rid of it.

    ``migrate rewrite --compat`` writes that package into the DAGs folder: classes of 1.10 without a successor, on top
    of the target's own providers. The file loads and does what it did; this note is the work that remains.
    """

    code = "CM720"
    name = "compat-imports"
    safety = Safety.FLAG
    watches = (cst.Module,)
    examples = (
        Example("an adapter", f"from {_ADAPTER} import BigQueryOperator\n\nBigQueryOperator(sql=x)\n", flagged=True),
        Example(
            "an adapter under another name",
            f"from {_ADAPTER} import BigQueryOperator as Query\n\nQuery(sql=x)\n",
            flagged=True,
        ),
        Example(
            "a base class", f"import {_ADAPTER} as bq\n\n\nclass X(bq.BigQueryOperator):\n    pass\n", flagged=True
        ),
        Example("the successor", "from airflow.providers.google.cloud.operators.bigquery import X\n"),
        Example("a package of ours", "import airflow\nfrom airflow1_ours.bigquery_operator import BigQueryOperator\n"),
    )

    def check(self, node: cst.Module, file: File) -> Iterator[Flag]:  # noqa: ARG002
        """Look at every import, those that this rewrite will make among them."""
        for imported in file.bindings.imports:
            if not file.emptied(imported):
                for adapter in _adapters(imported, file):
                    text = f"{adapter.name} comes from {adapter.target}: {adapter.remains}"
                    yield Flag(imported.alias, text + _to_install(adapter, file.target))


def _to_install(adapter: Adapter, target: Profile) -> str:
    """What to add to the environment, so that the class can be imported there."""
    needed = sorted({target.distribution(module) for module in imported_by(adapter.module)})
    lacking = [one for one in needed if target.package(one) is None]
    return f". Until then it needs {' and '.join(lacking)}, which {target.name} lacks" if lacking else ""


def _adapters(imported: Import, file: File) -> list[Adapter]:
    """The adapters that an import brings in, itself or below a module, each once."""
    names = [imported.target] if imported.dotted is None else []
    for use in file.uses(imported):
        names += [".".join([imported.target, *use.parts[1:depth]]) for depth in range(2, len(use.parts) + 1)]
    targets = dict.fromkeys(file.names.moves.get(name, name) for name in names)
    return [origins()[target] for target in targets if target in origins()]
