"""Edges between DAGs, groups, waves."""
