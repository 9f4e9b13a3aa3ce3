"""Codemods run over a tree of DAG files."""
