"""Where each DAG and each file stands in the pages of the site, so that they lead to each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.assess.model import Assessment
    from migrator.model.dag import Dag
    from migrator.report.rewrite.model import Report


@dataclass(frozen=True, slots=True)
class Links:
    """Anchors: of a DAG by its id, of a file with changes by its path, and which DAGs a file makes.

    ``home`` and ``changes`` are the pages to which they belong; a page that stands alone has neither.
    """

    dags: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    of_file: Mapping[str, Sequence[str]] = field(default_factory=dict)
    home: str = ""
    changes: str = ""


def links_alone(assessment: Assessment) -> Links:
    """Of an assessment that stands alone."""
    return Links({dag.dag_id: f"dag-{number}" for number, dag in enumerate(assessment.dags, 1)})


def links_of(dags: Sequence[Dag], rewrite: Report) -> Links:
    """Of the whole site."""
    of_file = defaultdict(list)
    for dag in dags:
        of_file[within(dag.file)].append(dag.dag_id)
    return Links(
        {dag.dag_id: f"dag-{number}" for number, dag in enumerate(dags, 1)},
        {file.result.path: f"f{file.number}" for file in rewrite.shown},
        of_file,
        "index.html",
        "changes.html",
    )


def codes_of(assessment: Assessment) -> Mapping[str, Sequence[str]]:
    """The codes of what was found of each DAG and in its file, each once."""
    by_dag, by_file = defaultdict(set), defaultdict(set)
    for finding in assessment.findings:
        for dag_id in finding.dags:
            by_dag[dag_id].add(finding.code)
        if not finding.dags:
            by_file[within(finding.file)].add(finding.code)
    return {dag.dag_id: sorted(by_dag[dag.dag_id] | by_file[within(dag.file)]) for dag in assessment.dags}


def within(file: str | None) -> str:
    """The path of a file within the DAGs folder."""
    return (file or "").removeprefix("dags/")
