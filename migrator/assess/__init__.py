"""Say what is wrong with an estate, what each DAG needs before it moves, and in which order to fix it."""
