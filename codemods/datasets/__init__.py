"""Which waits and triggers between DAGs could be datasets, with its reasons, and the rewrite of those that may."""

from codemods.datasets.edges import Edge, edges
from codemods.datasets.facts import DagFacts, read
from codemods.datasets.introduce import Introduced, introduce
from codemods.datasets.module import NotOursError
from codemods.datasets.verdict import Verdict

__all__ = ["DagFacts", "Edge", "Introduced", "NotOursError", "Verdict", "edges", "introduce", "read"]
