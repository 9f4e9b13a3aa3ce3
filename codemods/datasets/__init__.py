"""Which waits and triggers between DAGs could be datasets: an analysis over a whole tree, with its reasons."""

from codemods.datasets.edges import Edge, Verdict, edges
from codemods.datasets.facts import DagFacts, read

__all__ = ["DagFacts", "Edge", "Verdict", "edges", "read"]
