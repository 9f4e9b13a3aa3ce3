"""How Airflow 1.10 read the name of a BigQuery table."""

from __future__ import annotations


def table_parts(name: str, default: str) -> tuple[str, str, str]:
    """Project, dataset and table of ``project:dataset.table``, ``project.dataset.table`` or ``dataset.table``."""
    project, _, rest = name.rpartition(":")
    if project and rest.count(".") == 2:  # a project of the form domain.com:name
        project, rest = "", name
    parts = rest.split(".")
    if len(parts) == 3 and not project:
        project, *parts = parts
    if len(parts) != 2:
        raise ValueError(f"Expect format of (<project>.|<project>:)<dataset>.<table>, got {name}")
    return project or default, parts[0], parts[1]
