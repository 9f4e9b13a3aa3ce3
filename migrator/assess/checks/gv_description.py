"""GV105: a DAG says what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.assess.check import DAGS, Example, of_dag
from migrator.assess.examples import changed
from migrator.assess.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrator.assess.view import DagView

_LINE = '    description="Load the orders of a day",\n'


@of_dag(
    "GV105",
    Severity.NOTE,
    fix='Give description="...", or doc_md=__doc__ where the file says it at its top.',
    link=DAGS,
    examples=(
        Example("Neither description nor docs", 1, changed(_LINE, ""), {"description": None}),
        Example("An empty description", 1, changed(_LINE, '    description="",\n'), {"description": ""}),
        Example("A description"),
        Example("Docs in place of it", files=changed(_LINE, "    doc_md=__doc__,\n"), dag={"description": None}),
        Example(
            "Docs set later",
            files=changed(") as dag:\n", ") as dag:\n    dag.doc_md = __doc__\n"),
            dag={"description": None},
        ),
    ),
)
def description_missing(dag: DagView) -> Iterator[str]:
    """Tell which DAGs do not say what they are for.

    The person on call at night sees the description and the docs in the web server, and not the file's comments.
    """
    documented = dag.file is not None and ("doc_md" in dag.file.text or "doc_rst" in dag.file.text)
    if not dag.dag.description and not documented:
        yield "it has neither a description nor docs"
