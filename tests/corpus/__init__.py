"""Real 1.10-style code from public wheels, loaded by a real Airflow 2 before and after the codemods."""
