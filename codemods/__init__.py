"""Rewrite Airflow 1.10 DAG code for Airflow 2: self-contained, knows nothing of the migrator."""
