"""What DAG files say of their DAGs when nothing runs them: literal code is followed, the rest is not known."""
